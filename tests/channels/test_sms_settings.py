from dataclasses import replace
from pathlib import Path

import pytest

from channels.sms_settings import SmsSettings, read_settings
from dispatcher.model.problem import Place
from dispatcher.ports import BadInput, ChannelSettings, Problem
from tests.channels.sms_provider import ACCOUNT, SECRET, settings


PLACE = Place(file=str(Path("config.yaml")), line=7, column=3)
GOOD = replace(settings("https://api.creditor.test"), place=PLACE)


def told(**options: str | int | bool) -> ChannelSettings:
    return replace(GOOD, options={**GOOD.options, **options})


def problems(settings: ChannelSettings) -> list[Problem]:
    try:
        read_settings(settings)
    except BadInput as refused:
        return list(refused.problems)
    return []


def test_settings_are_read() -> None:
    read = read_settings(told(edge="dublin", region="ie1", validity=600, pool=2))
    assert read == SmsSettings(
        account_sid=ACCOUNT,
        sender="Credit SA",
        user=ACCOUNT,
        password=SECRET,
        auth_token=SECRET,
        public_url="https://relance.creditor.test/sms",
        edge="dublin",
        region="ie1",
        base_url="https://api.creditor.test",
        validity=600,
        pool=2,
    )
    assert SECRET not in repr(read)


def test_a_key_of_the_account_stands_for_its_token() -> None:
    keyed = replace(GOOD, secrets={"api_key": "SK1", "secret": SECRET})
    read = read_settings(keyed)
    assert (read.user, read.password, read.account_sid) == ("SK1", SECRET, ACCOUNT)


SENDERS = {
    "a name": ("Credit SA", True),
    "one letter": ("C", True),
    "eleven": ("CREDIT2 SA1", True),
    "letters last": ("3B", True),
    "a short code": ("36180", True),
    "twelve": ("CREDIT2 SA12", False),
    "a mobile": ("+33612345678", False),
    "another mobile": ("+33712345678", False),
    "a mobile at home": ("0612345678", False),
    "a long number": ("+33123456789", False),
    "another country": ("+12025550123", False),
    "only digits": ("12345678901", False),
    "four digits": ("3618", False),
    "an accent": ("Crédit", False),
    "a sign": ("Credit-SA", False),
    "a line feed": ("Credit\n", False),
    "a space before": (" Credit", False),
    "nothing": ("", False),
}


@pytest.mark.parametrize(("sender", "right"), SENDERS.values(), ids=SENDERS)
def test_a_sender_is_one_that_french_operators_let_through(sender: str, right: bool) -> None:
    found = problems(told(sender=sender))
    assert [each.code for each in found] == ([] if right else ["deliver/sms-sender"])
    assert all(each.place == PLACE and each.fields["value"] == sender for each in found)


WRONG: dict[str, tuple[ChannelSettings, list[tuple[str, str]]]] = {
    "nothing at all": (
        ChannelSettings(name="sms", adapter="twilio"),
        [
            ("deliver/option-missing", "account_sid"),
            ("deliver/option-missing", "sender"),
            ("deliver/option-missing", "auth_token"),
        ],
    ),
    "half a key": (
        replace(GOOD, secrets={"api_key": "SK1"}),
        [("deliver/option-missing", "secret")],
    ),
    "another's setting": (told(host="x"), [("deliver/option-unknown", "host")]),
    "another's secret": (
        replace(GOOD, secrets={**GOOD.secrets, "password": "x"}),
        [("deliver/option-unknown", "password")],
    ),
    "an account that is none": (told(account_sid="AC1"), [("deliver/option-value", "account_sid")]),
    "reports in clear text": (
        told(public_url="http://creditor.test/sms"),
        [("deliver/option-value", "public_url")],
    ),
    "reports with a query": (
        told(public_url="https://creditor.test/sms?a=b"),
        [("deliver/option-value", "public_url")],
    ),
    "a validity too short": (told(validity=5), [("deliver/option-value", "validity")]),
    "a validity too long": (told(validity=36_001), [("deliver/option-value", "validity")]),
    "a validity that is none": (told(validity=True), [("deliver/option-value", "validity")]),
    "an edge that is a host": (told(edge="evil.test/"), [("deliver/option-value", "edge")]),
    "clear text": (told(base_url="http://api.creditor.test"), [("deliver/clear-web", "")]),
    "clear text to a twin": (told(base_url="http://localhost.test"), [("deliver/clear-web", "")]),
    "a password in the address": (
        told(base_url="https://a:b@api.test"),
        [("deliver/option-value", "base_url")],
    ),
}


@pytest.mark.parametrize(("wrong", "expected"), WRONG.values(), ids=WRONG)
def test_every_mistake_is_found_at_once_and_has_its_place(
    wrong: ChannelSettings, expected: list[tuple[str, str]]
) -> None:
    found = problems(wrong)
    assert [(each.code, each.fields.get("option", "")) for each in found] == expected
    assert all(each.place == wrong.place for each in found)


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://localhost", "http://[::1]:1"])
def test_clear_text_stays_on_this_machine_and_wants_no_password(url: str) -> None:
    assert problems(replace(told(base_url=url), secrets={})) == []
