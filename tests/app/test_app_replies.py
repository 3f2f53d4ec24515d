"""Answers to what happens: at once, once for ever, outside the ladder, and only while it is so."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from typer.testing import CliRunner

from dispatcher import app
from dispatcher.cli.commands import app as commands
from dispatcher.home import Home
from dispatcher.wiring import opened_house
from tests.day.situation_town import TUESDAY, Mail, Town, founded, proved, row


#: The shipped answers, and one more.
ANSWERS = """
answers:
  - {event: promise_made, contact: email, template: courteous-reminder}
"""

FIRST = row("F-1", late=10)
BOTH = (FIRST, row("F-2", late=8))


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A home that answers everything, whose debtor C1 has had a reminder today."""
    town = founded(tmp_path_factory.mktemp("before") / "home")
    base = town.home.rules / "base.yaml"
    text = base.read_text("utf-8")
    assert "\nanswers:" in text
    base.write_text(re.sub(r"\nanswers:.*\n", ANSWERS, text), "utf-8")
    assert len(town.run(TUESDAY, *BOTH).mails) == 1
    return town


@pytest.fixture
def town(before: Town, tmp_path: Path) -> Town:
    """The same home, for one test alone."""
    folder = Path(copytree(before.home.folder, tmp_path / "home"))
    town = Town(home=Home(folder=folder))
    town.new_mails()
    return town


def sends(town: Town, day: date) -> list[Mail]:
    """What `relance send` brings to the debtor."""
    with opened_house(town.home, day=str(day), writes=True) as house:
        delivered = app.send(house)
    assert not delivered.replies.unrendered
    assert proved(town)
    return town.new_mails()


def messages(town: Town) -> list[dict[str, Any]]:
    """The answers in the book, oldest first."""
    with opened_house(town.home, day=str(TUESDAY), writes=False) as house:
        rows = house.book.frames()["messages"].to_dicts()
    return [each for each in rows if each["rule"].startswith("answers/")]


def plain(text: str) -> str:
    """With simple blanks."""
    return text.replace("\u202f", " ").replace("\xa0", " ")


def after(days: int) -> date:
    return TUESDAY + timedelta(days=days)


def test_an_event_is_answered_at_once_and_once_for_ever(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened", note="secret of ours")
    (mail,) = sends(town, TUESDAY)
    assert mail.subject.startswith("Nous avons bien reçu votre contestation")
    assert "F-1" in mail.text
    assert "F-2" not in mail.text
    assert "secret of ours" not in mail.text
    assert sends(town, TUESDAY) == []
    assert town.run(after(1), *BOTH).mails == []
    assert sends(town, after(1)) == []


def test_the_next_run_answers_it_too(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    morning = town.run(after(1), *BOTH)
    assert morning.mail.subject.startswith("Nous avons bien reçu votre contestation")
    assert morning.report.replies.written == 1
    assert morning.says("F-1") == ("hold", "dispute")
    assert proved(town)


def test_a_payment_seen_at_import_is_answered_with_what_is_left(town: Town) -> None:
    part = {**FIRST, "Solde": "700,00"}
    mail = town.run(after(1), part, BOTH[1]).mail
    assert plain(mail.subject) == "Nous avons bien reçu votre règlement de 500,00 €"
    assert "1 900,00" in plain(mail.text)
    assert town.run(after(2), part, BOTH[1]).mails == []
    less = {**FIRST, "Solde": "300,00"}
    third = town.run(after(3), less, BOTH[1]).mail
    assert plain(third.subject).endswith("règlement de 400,00 €")


def test_who_has_paid_everything_is_thanked(town: Town) -> None:
    other = row("G-1", late=-9, Compte="C2")
    mail = town.run(after(1), other).mail
    assert mail.to == "compta@eluard.example"
    assert mail.subject == "Merci : votre compte C1 est à jour"
    assert "2 400,00" in plain(mail.text)
    assert town.run(after(2), other).mails == []
    assert proved(town)


def test_nobody_is_thanked_for_what_we_never_asked_for(town: Town) -> None:
    later = row("F-9", late=-20, Compte="C9")
    town.run(after(1), *BOTH, later)
    assert town.run(after(2), *BOTH).mails == []


def test_credits_that_were_set_off_are_no_payment(town: Town) -> None:
    credit = {**row("AV-1"), "Montant TTC": "-500,00", "Solde": "-500,00"}
    town.run(after(1), *BOTH, credit)
    assert town.run(after(2), {**FIRST, "Solde": "700,00"}, BOTH[1]).mails == []


def test_a_promise_a_plan_with_its_instalments(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "plan_agreed", until="2026-12-10", amount="1200", instalments="3")
    (mail,) = sends(town, TUESDAY)
    words = plain(mail.text)
    assert mail.subject == "Votre plan de règlement, compte C1"
    assert all(said in words for said in ("10/12/2026", "10/01/2027", "10/02/2027", "400,00 €"))


def test_what_happened_long_ago_is_entered_and_not_answered(town: Town) -> None:
    """Nobody writes today about a dispute of last month that another tool already knew."""
    old = str(TUESDAY - timedelta(days=8))
    town.happens(TUESDAY, "F-1", "dispute_opened", on=old)
    assert sends(town, TUESDAY) == []
    town.happens(TUESDAY, "F-2", "dispute_opened", on=str(TUESDAY - timedelta(days=7)))
    assert len(sends(town, TUESDAY)) == 1


Change = Callable[[Town], None]


def settled(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_settled")


def handed_over(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "handed_over")


def opted_out(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "opted_out")


def nothing_left(town: Town) -> None:
    for channel in ("email", "letter"):
        town.happens(TUESDAY, "F-1", "opted_out", channel=channel)


@pytest.mark.parametrize("change", [settled, handed_over, opted_out, nothing_left])
def test_what_is_no_more_so_is_not_answered(town: Town, change: Change) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    change(town)
    assert sends(town, TUESDAY) == []
    assert messages(town) == []


def test_other_stops_do_not_matter(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "reply_received")
    town.happens(TUESDAY, "F-1", "dispute_opened")
    assert len(sends(town, TUESDAY)) == 1


def test_an_answer_is_no_contact(town: Town) -> None:
    """The ladder goes on as if nothing had been said."""
    town.happens(TUESDAY, "F-1", "dispute_opened")
    assert len(sends(town, TUESDAY)) == 1
    with opened_house(town.home, day=str(after(1)), writes=False) as house:
        facts = app.decide(house).facts
    assert facts["contacts_30d"].to_list() == [1, 1]


def test_an_old_event_is_not_answered_any_more(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    assert sends(town, after(8)) == []


def test_quiet_hours_are_waited_for(town: Town) -> None:
    base = town.home.rules / "base.yaml"
    text = base.read_text("utf-8")
    quiet = 'quiet_hours: {email: "00:00-23:59", '
    base.write_text(text.replace("quiet_hours: {", quiet), "utf-8")
    town.happens(TUESDAY, "F-1", "dispute_opened")
    assert sends(town, TUESDAY) == []
    assert [each["state"] for each in messages(town)] == ["planned"]


def test_a_crash_between_event_and_sending_loses_nothing_and_doubles_nothing(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        app.reply(house)  # and dies before anything is sent
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        assert app.reply(house).written == 0
    assert len(sends(town, TUESDAY)) == 1
    assert len(messages(town)) == 1


def test_what_changes_before_it_leaves_is_withdrawn_and_said_anew(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        app.reply(house)
    part = {**FIRST, "Solde": "1100,00"}
    mails = town.run(after(1), part, BOTH[1]).mails
    contested = [mail for mail in mails if "contestation" in mail.subject]
    assert len(contested) == 1
    assert "1 100,00" in plain(contested[0].text)
    assert sorted(each["state"] for each in messages(town)) == ["sent", "sent", "withdrawn"]
    assert proved(town)


def test_what_is_settled_before_it_leaves_is_withdrawn(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        app.reply(house)
    settled(town)
    assert sends(town, TUESDAY) == []
    assert [each["state"] for each in messages(town)] == ["withdrawn"]
    assert proved(town)


def test_it_stands_in_the_history_of_its_case_and_of_no_other(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    sends(town, TUESDAY)
    with opened_house(town.home, day=str(TUESDAY), writes=False) as house:
        told = [
            sorted(row.fields["rule"] for row in house.book.history(case) if "rule" in row.fields)
            for case in (1, 2)
        ]
    assert told == [["answers/dispute_opened", "reminder/standard"], ["reminder/standard"]]


def test_plan_shows_what_will_be_answered_and_explain_why_not(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "dispute_opened")
    town.happens(TUESDAY, "F-2", "dispute_opened")
    town.happens(TUESDAY, "F-2", "dispute_settled")
    options = ["--home", str(town.home.folder), "--date", str(TUESDAY), "--lang", "en"]
    table = CliRunner().invoke(commands, ["plan", *options]).output
    (line,) = [line for line in table.splitlines() if "answers/" in line]
    assert line.split() == ["b2b-standard", "answers/dispute_opened", "e-mail", "1"]
    assert "answered by e-mail: answers/dispute_opened" in town.explains(TUESDAY, "F-1")
    assert "Not answered (dispute opened): it is not so any more." in town.explains(TUESDAY, "F-2")
    assert messages(town) == []


def test_a_promise_told_by_hand_is_answered_while_its_day_is_not_past(town: Town) -> None:
    town.happens(TUESDAY, "F-1", "promise_made", until=str(after(2)))
    town.happens(TUESDAY, "F-2", "promise_made", until=str(TUESDAY))
    assert len(sends(town, after(1))) == 1
    assert sends(town, after(1)) == []
