"""Channels that can be asked and that hear: ours pass, and careless ones are seen."""

from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from itertools import repeat

import pytest

from channels.sms import SmsChannel
from channels.sms_settings import read_settings
from dispatcher.ports import (
    Accepted,
    Answered,
    Heard,
    Hears,
    LooksUp,
    News,
    NewsKind,
    NotAccepted,
    Outcome,
    Sought,
)
from dispatcher.testing import (
    Check,
    Hang,
    HttpReply,
    Kept,
    Reset,
    hearing,
    http_server,
    looking_up,
)
from tests.channels import sms_provider as sms
from tests.channels import sms_signed as signed


# -- asked ----------------------------------------------------------------------------------------

SOUGHT = Sought(
    token="t",
    to="+33612345678",
    parts={"sms": sms.TEXT},
    since=datetime(2026, 11, 24, 9, 0, tzinfo=UTC),
)

FAULTS: Mapping[str, Mapping[str, Iterable[sms.HttpFault | None]]] = {
    "silent": {"answer": repeat(Hang())},
    "cut": {"answer": repeat(Reset())},
    "broken": {"answer": repeat(HttpReply(status=500, body="<html>"))},
    "garbage": {"answer": repeat(HttpReply(body="<html>"))},
    "denied": {"answer": repeat(sms.refusal(401, 20003, "Authenticate"))},
}


@asynccontextmanager
async def asked(fault: str) -> AsyncIterator[Kept]:
    ours = sms.kept(1)
    keeps = [ours] if fault == "kept" else []
    async with http_server(sms.shelf(*keeps), FAULTS.get(fault, {})) as server:
        channel = sms.opened(server.url if fault != "refused" else "http://127.0.0.1:1")
        yield Kept(channel=channel, ids=frozenset({str(ours["sid"])}))
        await channel.close()


LOOKING = looking_up(asked, SOUGHT)


@pytest.mark.parametrize("check", LOOKING, ids=str)
def test_the_sms_channel_can_be_asked(check: Check) -> None:
    check.run()


class Asked:
    """Answers every question alike, in a provider's name."""

    settle = 60

    def __init__(self, outcome: Outcome | None) -> None:
        self.outcome = outcome

    async def look_up(self, _sought: Sought) -> Outcome | None:
        return self.outcome


def failed_looking(channel: LooksUp) -> set[str]:
    @asynccontextmanager
    async def opened(_fault: str) -> AsyncIterator[Kept]:
        yield Kept(channel=channel, ids=frozenset({"id-1"}))

    return failed(looking_up(opened, SOUGHT))


def failed(checks: Iterable[Check]) -> set[str]:
    """The names of the checks that do not hold."""
    found = set()
    for check in checks:
        try:
            check.run()
        except AssertionError:
            found.add(check.name)
    return found


ALL = {check.name for check in LOOKING}
FOUND = "what the provider keeps is found under its name"
SILENCES = {name for name in ALL if ":" in name}

CARELESS: Mapping[str, tuple[Outcome | None, set[str]]] = {
    "silence is no answer": (NotAccepted(code="x", evidence=""), {FOUND, *SILENCES}),
    "always found": (Accepted(provider_id="id-1"), ALL - {FOUND}),
    "found under any name": (Accepted(provider_id="x"), ALL),
    "never asks": (None, {FOUND}),
}


@pytest.mark.parametrize(("outcome", "seen"), CARELESS.values(), ids=CARELESS)
def test_a_channel_that_answers_without_knowing_is_seen(
    outcome: Outcome | None, seen: set[str]
) -> None:
    assert failed_looking(Asked(outcome)) == seen


# -- hears ----------------------------------------------------------------------------------------

REPORTS = [
    signed.request({**signed.STATUS, "MessageStatus": word}) for word in ("sent", "delivered")
]
SIGNED_BY = "x-twilio-signature"


def our_channel() -> SmsChannel:
    url = "https://api.twilio.test"
    told = signed.SETTINGS
    settings = replace(
        read_settings(sms.settings(url)),
        account_sid=told.account_sid,
        user=told.user,
        password=told.password,
        auth_token=told.auth_token,
        public_url=told.public_url,
    )
    return SmsChannel("sms", settings)


@pytest.mark.parametrize("check", hearing(our_channel(), REPORTS, signed_by=SIGNED_BY), ids=str)
def test_the_sms_channel_hears(check: Check) -> None:
    check.run()


class Ear:
    """Hears as ours does, but for one mistake."""

    def __init__(self) -> None:
        self.inner = our_channel()
        self.count = 0

    def hear(self, heard: Heard) -> Answered:
        return self.inner.hear(heard)


class Deaf(Ear):
    def hear(self, heard: Heard) -> Answered:
        return replace(super().hear(heard), news=())


class Trusting(Ear):
    """Believes whoever speaks."""

    def hear(self, heard: Heard) -> Answered:
        fields = list(heard.fields)
        return self.inner.hear(signed.request(fields, url=heard.url))


class Numbering(Ear):
    """Gives each report a number instead of its name."""

    def hear(self, heard: Heard) -> Answered:
        answered = super().hear(heard)
        self.count += 1
        return replace(answered, news=self.numbered(answered.news))

    def numbered(self, news: Sequence[News]) -> tuple[News, ...]:
        return tuple(replace(each, reference=str(self.count)) for each in news)


class Narrow(Ear):
    """Gives all reports of a message one name: what comes second is lost."""

    def hear(self, heard: Heard) -> Answered:
        answered = super().hear(heard)
        return replace(
            answered, news=tuple(replace(each, reference="one") for each in answered.news)
        )


class Believing(Ear):
    """Refuses, and hands on what it refused."""

    def hear(self, heard: Heard) -> Answered:
        answered = super().hear(heard)
        made_up = News(source="sms", reference="x", kind=NewsKind.DELIVERED, at=heard.at)
        return answered if answered.news else replace(answered, news=(made_up,))


MISTAKES: Mapping[type[Ear], set[str]] = {
    Deaf: {"what the provider says is heard"},
    Numbering: {"what is repeated is the same news"},
    Narrow: {"in any order it ends the same"},
    Trusting: {"what nobody signed is refused", "a signature of another request is refused"},
    Believing: {"what nobody signed is refused", "an empty request is refused"},
}


@pytest.mark.parametrize(("ear", "seen"), MISTAKES.items(), ids=[ear.__name__ for ear in MISTAKES])
def test_one_that_hears_carelessly_is_seen(ear: type[Ear], seen: set[str]) -> None:
    channel: Hears = ear()
    assert seen <= failed(hearing(channel, REPORTS, signed_by=SIGNED_BY))
