"""Our channels pass what we ask of everybody's, and the suite sees what it is there to see."""

import asyncio
import io
import logging
import re
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager, redirect_stdout
from dataclasses import replace
from itertools import repeat

import pytest

from channels.call import open_channel as open_call
from channels.console import open_channel as open_console
from channels.email import EmailChannel
from channels.email_settings import EmailSettings
from dispatcher.ports import (
    Accepted,
    ChannelSettings,
    DeliveryClass,
    Going,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
)
from dispatcher.testing import (
    ASKED,
    Check,
    Drop,
    Fault,
    Hang,
    HttpReply,
    Reply,
    Reset,
    Stage,
    conformance,
    http_server,
    smtp_server,
)
from tests.channels import sms_provider as sms


# -- SMS ------------------------------------------------------------------------------------------

SMS_FAULTS: Mapping[str, Mapping[str, Iterable[sms.HttpFault | None]]] = {
    "": {},
    "silent": {"connect": repeat(Hang())},
    "lost": {"answer": [Hang(take=True)]},
    "cut": {"answer": [Reset(take=True)]},
    "throttled": {"answer": [sms.refusal(429, 20429, "x", Retry_After=str(ASKED))]},
    "rejected": {"answer": [sms.refusal(400, 21211, "x")]},
    "broken": {"answer": [HttpReply(status=503, body=sms.SECRET, take=True)]},
    "garbage": {"answer": [HttpReply(status=201, body="<html>")]},
    "slammed": {"connect": [Reset()]},
    "midway": {"head": [Reset()]},
    "crawling": {"answer": [HttpReply(status=201, body="x" * 500, pause=0.1, take=True)]},
    "huge": {"answer": [HttpReply(status=201, body="x" * 10_000_000)]},
    "slow": {
        "answer": [
            HttpReply(status=201, body=f'{{"sid": "{sms.SID}", "status": "queued"}}', after=0.2)
        ]
    },
}


@asynccontextmanager
async def sms_stage(fault: str) -> AsyncIterator[Stage]:
    async with http_server(sms.provider) as other:
        away = HttpReply(status=307, headers={"Location": f"{other.url}/x"}, take=False)
        faults = {**SMS_FAULTS, "redirected": {"answer": [away]}}.get(fault, {})
        async with http_server(sms.provider, faults) as server:
            url = server.url if fault != "refused" else "http://127.0.0.1:1"
            yield Stage(
                channel=sms.opened(url),
                taken=lambda: sms.tokens(server),
                elsewhere=lambda: other.connections,
            )


# -- e-mail ---------------------------------------------------------------------------------------

EMAIL_FAULTS: Mapping[str, Mapping[str, Iterable[Fault | None]]] = {
    "": {},
    "silent": {"mail": repeat(Hang())},
    "lost": {"dot": [Hang(take=True)]},
    "cut": {"dot": [Drop(take=True)]},
    "throttled": {"dot": [Reply(text=f"451 4.3.2 try again in {ASKED} seconds")]},
    "rejected": {"rcpt": [Reply(text="550 5.1.1 no such user")]},
    "broken": {"dot": [Reply(text="451 4.3.0 canary-smtp disk")]},
    "garbage": {"dot": [Reply(text="2?? what")]},
    "slammed": {"banner": [Drop(hard=True)]},
    "midway": {"data": [Drop(hard=True)]},
    "crawling": {"dot": [Reply(text="250 2.0.0 ok: queued as 1", pause=0.3)]},
    "huge": {"dot": [Reply(text=f"250 2.0.0 {'x' * 10_000_000}")]},
    "redirected": {"rcpt": [Reply(text="551 5.1.6 try <debtor@elsewhere.test>")]},
    "slow": {"dot": [Reply(text="250 2.0.0 ok: queued as 1", after=0.2)]},
}


@asynccontextmanager
async def email_stage(fault: str) -> AsyncIterator[Stage]:
    async with smtp_server(EMAIL_FAULTS.get(fault, {})) as server:
        settings = EmailSettings(
            host="127.0.0.1",
            port=server.port if fault != "refused" else 1,
            tls="none",
            sender="billing@creditor.test",
            password="canary-password",
            timeout=1,
            final_timeout=1,
        )
        yield Stage(
            channel=EmailChannel("email", settings),
            taken=lambda: [
                re.findall(rb"Message-ID: <(.*?)@", each.content)[0].decode()
                for each in server.received
            ],
        )


def email(number: int) -> Message:
    mime = f"Message-ID: <token-{number}@creditor.test>\r\nSubject: x\r\n\r\nBonjour\r\n"
    return Message(
        id=number,
        token=f"token-{number}",
        channel="email",
        to="debtor@example.test",
        parts={"text": "Bonjour"},
        mime=mime.encode(),
    )


# -- people and paper -----------------------------------------------------------------------------


@asynccontextmanager
async def call_stage(_fault: str) -> AsyncIterator[Stage]:
    yield Stage(channel=open_call(ChannelSettings(name="call", adapter="call")))


@asynccontextmanager
async def console_stage(_fault: str) -> AsyncIterator[Stage]:
    printed = io.StringIO()
    with redirect_stdout(printed):
        yield Stage(
            channel=open_console(ChannelSettings(name="console", adapter="console")),
            taken=lambda: re.findall(r"token-\d+", printed.getvalue()),
        )


def spoken(number: int) -> Message:
    return replace(email(number), channel="call", parts={"script": f"Bonjour token-{number}"})


CHANNELS: Mapping[str, tuple[Check, ...]] = {
    "sms": conformance(sms_stage, sms.message, delivery_class="lookup", secrets=[sms.SECRET]),
    "email": conformance(email_stage, email, secrets=["canary-password"]),
    "call": conformance(call_stage, spoken, delivery_class="idempotent", faults=()),
    "console": conformance(console_stage, spoken, faults=()),
    # letter, registered_letter: their folder is the provider; see the tests of letters
}


@pytest.mark.parametrize(
    "check",
    [check for checks in CHANNELS.values() for check in checks],
    ids=[f"{name} - {check}" for name, checks in CHANNELS.items() for check in checks],
)
def test_our_channels_conform(check: Check) -> None:
    check.run()


# -- the suite itself -----------------------------------------------------------------------------

Answer = Callable[["Wrong", Message, Going], Outcome]


class Wrong:
    """A channel that does what it is told, and the provider in one."""

    delivery_class: DeliveryClass = "none"
    batch = 1

    def __init__(self, answer: Answer) -> None:
        self.name = "wrong"
        self.answer = answer
        self.took: list[str] = []

    async def send(self, message: Message, going: Going) -> Outcome:
        return self.answer(self, message, going)

    async def close(self) -> None:
        pass


def right(wrong: Wrong, message: Message, going: Going) -> Outcome:
    going()
    wrong.took.append(message.token)
    return Accepted()


def no_going(wrong: Wrong, message: Message, _going: Going) -> Outcome:
    wrong.took.append(message.token)
    return Accepted()


def late_going(wrong: Wrong, message: Message, going: Going) -> Outcome:
    wrong.took.append(message.token)
    going()
    return Accepted()


def going_twice(wrong: Wrong, message: Message, going: Going) -> Outcome:
    going()
    return right(wrong, message, going)


def swallows(wrong: Wrong, message: Message, going: Going) -> Outcome:
    try:
        return right(wrong, message, going)
    except Exception:  # noqa: BLE001 - what it is wrong for
        return NotAccepted(code="x", evidence="x")


def retries(wrong: Wrong, message: Message, going: Going) -> Outcome:
    wrong.took.append(message.token)
    return right(wrong, message, going)


def boasts(_wrong: Wrong, _message: Message, going: Going) -> Outcome:
    going()
    return Accepted()


def denies(wrong: Wrong, message: Message, going: Going) -> Outcome:
    right(wrong, message, going)
    return NotAccepted(code="x", evidence="x")


def unsure(_wrong: Wrong, _message: Message, _going: Going) -> Outcome:
    return Unknown(stage="x", evidence="x")


def tells(wrong: Wrong, message: Message, going: Going) -> Outcome:
    right(wrong, message, going)
    logging.getLogger("provider").debug("login as %s", "canary")
    return Accepted()


WRONG: Mapping[str, Answer] = {
    answer.__name__: answer
    for answer in (
        no_going,
        late_going,
        going_twice,
        swallows,
        retries,
        boasts,
        denies,
        unsure,
        tells,
    )
}


def verdict(answer: Answer, *, faults: Iterable[str] = ()) -> list[str]:
    """The names of the checks that a channel fails."""

    @asynccontextmanager
    async def stage(_fault: str) -> AsyncIterator[Stage]:
        channel = Wrong(answer)
        yield Stage(channel=channel, taken=lambda: channel.took)

    failed = []
    for check in conformance(stage, spoken, faults=tuple(faults), secrets=["canary"]):
        try:
            check.run()
        except AssertionError:
            failed.append(str(check))
    return failed


def test_a_channel_that_is_right_passes() -> None:
    assert verdict(right) == []


@pytest.mark.parametrize("answer", WRONG.values(), ids=WRONG)
def test_a_channel_that_is_wrong_is_seen(answer: Answer) -> None:
    assert verdict(answer)


def hopeful(_wrong: Wrong, _message: Message, going: Going) -> Outcome:
    """Takes silence after the last byte for proof: the mistake that makes duplicates."""
    going()
    return NotAccepted(code="timeout", evidence="no answer")


def blames(_wrong: Wrong, _message: Message, _going: Going) -> Outcome:
    """Takes a provider that is away for a debtor who is not there."""
    return Rejected(code="x", evidence="x")


@pytest.mark.parametrize(
    "fault", ["silent", "lost", "cut", "garbage", "crawling", "huge", "slammed", "midway"]
)
def test_taking_silence_for_proof_is_seen(fault: str) -> None:
    assert any(name.startswith(fault) for name in verdict(hopeful, faults=[fault]))


@pytest.mark.parametrize("fault", ["refused", "silent", "throttled", "broken"])
def test_blaming_the_debtor_is_seen(fault: str) -> None:
    assert any(name.startswith(fault) for name in verdict(blames, faults=[fault]))


def tries_again(wrong: Wrong, message: Message, going: Going) -> Outcome:
    """Sends once more when it hears nothing."""
    going()
    wrong.took += [message.token] * 2
    return Unknown(stage="answer", evidence="no answer, twice")


@pytest.mark.parametrize("fault", ["lost", "cut", "garbage", "crawling", "huge"])
def test_sending_again_after_silence_is_seen(fault: str) -> None:
    @asynccontextmanager
    async def stage(_fault: str) -> AsyncIterator[Stage]:
        channel = Wrong(tries_again)
        yield Stage(channel=channel, taken=lambda: channel.took)

    checks = conformance(stage, spoken, faults=[fault])
    (check,) = (each for each in checks if str(each).startswith(f"{fault}:"))
    with pytest.raises(AssertionError, match="twice in one attempt"):
        check.run()


@pytest.mark.parametrize("fault", ["refused", "throttled", "rejected", "broken", "redirected"])
def test_calling_it_accepted_whatever_the_answer_is_seen(fault: str) -> None:
    assert any(name.startswith(fault) for name in verdict(boasts, faults=[fault]))


def forgets(_wrong: Wrong, _message: Message, _going: Going) -> Outcome:
    """Does not read when to come back."""
    return NotAccepted(code="429", evidence="too many")


def quotes(_wrong: Wrong, _message: Message, _going: Going) -> Outcome:
    """Hands on all that the provider said."""
    return NotAccepted(code="500", evidence="x" * 10_000)


def gives_up(_wrong: Wrong, _message: Message, _going: Going) -> Outcome:
    """Has no patience at all."""
    return NotAccepted(code="slow", evidence="too slow")


CARELESS = {"throttled": forgets, "broken": quotes, "slow": gives_up}


@pytest.mark.parametrize(("fault", "answer"), CARELESS.items(), ids=CARELESS)
def test_a_careless_answer_is_seen(fault: str, answer: Answer) -> None:
    assert any(name.startswith(fault) for name in verdict(answer, faults=[fault]))


def test_following_a_redirect_is_seen() -> None:
    @asynccontextmanager
    async def stage(_fault: str) -> AsyncIterator[Stage]:
        yield Stage(channel=Wrong(gives_up), elsewhere=lambda: 1)

    (check,) = (
        c for c in conformance(stage, spoken, faults=["redirected"]) if "redirected" in str(c)
    )
    with pytest.raises(AssertionError, match="followed"):
        check.run()


def test_reaching_them_twice_with_one_token_is_seen() -> None:
    class Careless(Wrong):
        delivery_class = "idempotent"

    @asynccontextmanager
    async def stage(_fault: str) -> AsyncIterator[Stage]:
        channel = Careless(right)
        yield Stage(channel=channel, taken=lambda: channel.took)

    checks = conformance(stage, spoken, delivery_class="idempotent", faults=())
    (twice,) = (check for check in checks if "twice reaches" in str(check))
    with pytest.raises(AssertionError, match="reached them twice"):
        twice.run()


def test_a_check_that_hangs_is_ended() -> None:
    class Sleeper(Wrong):
        async def send(self, message: Message, going: Going) -> Outcome:
            await asyncio.Event().wait()
            return await super().send(message, going)

    @asynccontextmanager
    async def stage(_fault: str) -> AsyncIterator[Stage]:
        yield Stage(channel=Sleeper(right))

    first = next(
        c for c in conformance(stage, spoken, patience=0.1) if str(c).startswith("what goes well")
    )
    with pytest.raises(TimeoutError):
        first.run()
