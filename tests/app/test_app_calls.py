"""Calls: the sheet that a person gets, and what each outcome does to ledger, ladder and debtor."""

import re
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from dispatcher import app
from dispatcher.cli.commands import app as commands
from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.people import work
from dispatcher.people.sheets import sheet
from dispatcher.wiring import opened_house
from tests.day.situation_town import TUESDAY, Mail, Town, founded, proved, row


CALL = (
    "{contact: call, template: soft, tone: courteous, due_in: 2 business days, "
    "follow_up: call-note, offer: payment-plan-3}"
)

WHO = {"Téléphone": "04 72 10 10 10"}

FIRST, SECOND = row("F-1", late=12) | WHO, row("F-2", late=10) | WHO
YOUNG = row("F-3", late=-5) | WHO
DAY_AFTER = TUESDAY + timedelta(days=1)
PROMISED = date(2026, 12, 4)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A home whose first step is a call, and C1 is to be called."""
    town = founded(tmp_path_factory.mktemp("before") / "home")
    policy = town.home.rules / "b2b-standard.yaml"
    text = policy.read_text("utf-8")
    soft = "{contact: email else call, template: soft, tone: courteous, due_in: 2 business days}"
    assert soft in text
    policy.write_text(text.replace(soft, CALL), "utf-8")
    base = town.home.rules / "base.yaml"  # only what follows a call is sent, no answers
    base.write_text(re.sub(r"\nanswers:.*(\n  .*)*\n", "\n", base.read_text("utf-8")), "utf-8")
    assert town.run(TUESDAY, FIRST, SECOND, YOUNG).mails == []
    return town


@pytest.fixture
def town(before: Town, tmp_path: Path) -> Town:
    town = Town(home=Home(folder=Path(copytree(before.home.folder, tmp_path / "home"))))
    town.new_mails()
    return town


def enters(town: Town, outcome: str, **said: Any) -> str:  # noqa: ANN401 - options of the command
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        (call,) = work.todo(house)
        given = {"person": "Anne", "note": "", **said}
        return work.finish(house, call.number, outcome=outcome, **given)


def sends(town: Town, day: date = TUESDAY) -> list[Mail]:
    with opened_house(town.home, day=str(day), writes=True) as house:
        app.send(house)
    assert proved(town)
    return town.new_mails()


def answers(town: Town, day: date = DAY_AFTER) -> dict[str, tuple[str, str]]:
    with opened_house(town.home, day=str(day), writes=False) as house:
        rows = app.decide(house).answers
    return {
        number: (action, reason)
        for number, action, reason in rows.select("number", "action", "reason").iter_rows()
    }


def events(town: Town) -> list[tuple[Any, ...]]:
    with opened_house(town.home, day=str(TUESDAY), writes=False) as house:
        found = house.book.frames()["events"]
    return found.select("kind", "invoice_id", "until", "amount").rows()


def test_a_promise_stands_in_the_ledger_and_is_confirmed_in_writing_once(town: Town) -> None:
    done = enters(town, "promise", until=PROMISED, amount="1500", note="he is rude", told="Dit.")
    assert done == "sent"
    assert events(town) == [
        ("promise_made", 1, PROMISED, 120_000),
        ("promise_made", 2, PROMISED, 30_000),
        ("spoken", None, None, None),
    ]
    assert {name: said[0] for name, said in answers(town).items() if name != "F-3"} == {
        "F-1": "hold",
        "F-2": "hold",
    }
    (mail,) = sends(town)
    words = mail.text.replace("\u202f", " ").replace("\xa0", " ")
    assert mail.subject.startswith("Suite à notre échange téléphonique")
    assert all(said in words for said in ("1 500,00", "4 décembre 2026", "Dit.", "F-1", "F-2"))
    assert "rude" not in words
    assert sends(town) == []
    assert sends(town, DAY_AFTER) == []


def test_a_follow_up_is_no_contact_of_its_own(town: Town) -> None:
    enters(town, "reached")
    assert len(sends(town)) == 1
    with opened_house(town.home, day=str(DAY_AFTER), writes=False) as house:
        facts = app.decide(house).facts
    assert facts["contacts_30d"].to_list() == [1, 1, 1]


EFFECTS = {
    "dispute": ({}, ("hold", "dispute")),
    "paid": ({}, ("hold", "pause")),
    "refuses": ({}, ("nothing yet", "")),
    "reached": ({}, ("nothing yet", "")),
    "no_answer": ({}, ("under way", "call")),
    "callback": ({"until": PROMISED}, ("under way", "call")),
}


@pytest.mark.parametrize(("outcome", "said", "then"), [(k, *v) for k, v in EFFECTS.items()])
def test_each_outcome_has_its_effect(
    town: Town, outcome: str, said: dict[str, Any], then: tuple[str, str]
) -> None:
    enters(town, outcome, **said)
    assert answers(town)["F-1"] == then
    reached = outcome not in {"no_answer", "callback"}
    assert len(sends(town)) == int(reached)


def test_who_says_that_he_has_paid_is_left_alone_for_three_business_days(town: Town) -> None:
    enters(town, "paid")
    assert ("paused", 1, date(2026, 11, 27), None) in events(town)


def test_a_call_back_moves_the_day_and_uses_up_no_attempt(town: Town) -> None:
    enters(town, "callback", until=PROMISED)
    with opened_house(town.home, day=str(TUESDAY), writes=False) as house:
        (call,) = work.todo(house)
        found = sheet(house, call.number)
    assert (call.due_on, found.tries, found.attempts) == (PROMISED, 0, 3)


def test_a_wrong_number_closes_the_channel(town: Town) -> None:
    assert enters(town, "wrong_number") == "failed"
    assert answers(town)["F-1"] == ("task", "no-channel")


WRONG = {
    "no-day": ("promise", {}, "event/missing"),
    "past": ("callback", {"until": date(2026, 11, 2)}, "event/until"),
    "meaningless": ("refuses", {"amount": "12"}, "event/no-meaning"),
    "amount": ("promise", {"until": PROMISED, "amount": "a lot"}, "event/amount"),
    "unknown": ("sleeps", {}, "run/outcome"),
    "nobody": ("reached", {"person": " "}, "event/person"),
    "reason": ("reached", {"reason": "bad_fiath"}, "event/reason"),
    "which": ("dispute", {"amount": "12"}, "event/no-meaning"),
}


@pytest.mark.parametrize(("outcome", "said", "code"), WRONG.values(), ids=WRONG)
def test_what_cannot_be_changes_nothing(
    town: Town, outcome: str, said: dict[str, Any], code: str
) -> None:
    with pytest.raises(BadInput) as refused:
        enters(town, outcome, **said)
    assert [problem.code for problem in refused.value.problems] == [code]
    assert events(town) == []


def shown(town: Town, lang: str) -> str:
    options = ["--home", str(town.home.folder), "--date", str(TUESDAY), "--lang", lang]
    return CliRunner().invoke(commands, ["task", "show", "C1", *options]).output


def test_the_sheet_has_script_account_offers_and_the_past(town: Town) -> None:
    town.happens(TUESDAY, "F-2", "reply_received", note="wants the invoice again")
    text = shown(town, "en")
    script, _, rest = text.partition("What may be offered")
    assert "Appel à Menuiserie Éluard" in script
    assert "in at most 3 instalments" in rest
    account = [line.split() for line in rest.splitlines() if line.startswith("F-")]
    assert [(line[0], line[-2:]) for line in account] == [
        ("F-1", ["claimed", "here"]),
        ("F-2", ["claimed", "here"]),
        ("F-3", ["not", "claimed"]),
    ]
    assert "wants the invoice again" in rest
    assert "relance task done C1" in rest
    assert "Paiement en trois fois" in shown(town, "fr")


def test_no_sheet_without_a_call(town: Town) -> None:
    with (
        opened_house(town.home, day=str(TUESDAY), writes=False) as house,
        pytest.raises(BadInput) as refused,
    ):
        sheet(house, "C9")
    assert [problem.code for problem in refused.value.problems] == ["run/no-task"]
