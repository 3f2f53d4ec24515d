"""What comes back by e-mail, from the mailbox to the plan of the next run, and back again."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from dispatcher.errors import BadInput
from dispatcher.mailroom import read_mail
from dispatcher.returns.maildir import Maildir
from dispatcher.wiring import looking, opened_house
from tests.day.mail_day import arrives, reading, token_of, waiting
from tests.day.situation_town import TUESDAY, Town, proved, row
from tests.returns.mails import dsn, human


WHO = "compta@eluard.example"
ANOTHER = "factures@eluard.example"
NEXT = TUESDAY + timedelta(days=7)


@pytest.fixture
def town(tmp_path: Path) -> Town:
    return reading(tmp_path / "home")


def begun(town: Town) -> str:
    """A reminder has left; its public name."""
    assert town.run(TUESDAY, today()).mail.to == WHO
    return token_of(town)


def today(on: date = TUESDAY, **changes: str) -> dict[str, str]:
    return row("FA1", late=10 + (on - TUESDAY).days, today=on, **changes)


def test_a_reply_holds_the_debtor_until_a_person_has_read_it(town: Town) -> None:
    token = begun(town)
    arrives(town, human("Je paie vendredi.", sender=WHO, answers=token))
    held = town.run(NEXT, today(NEXT))
    assert held.report.delivered.mail.counts == {"placed": 1}
    assert (held.says("FA1"), held.mails, waiting(town)) == (("hold", "reply"), [], 0)
    assert held.answer("FA1")["task"] == "read-reply"
    assert "Je paie vendredi." in (town.home.var / "mail/cur").joinpath("170.mx:2,S").read_text()
    town.happens(NEXT, "FA1", "reply_read")
    again = town.run(NEXT + timedelta(days=1), today(NEXT + timedelta(days=1)))
    assert again.says("FA1")[0] == "nothing yet"  # the pause of the ladder, held no more
    assert proved(town)


def test_a_bounce_takes_the_step_back_and_closes_that_address_only(town: Town) -> None:
    token = begun(town)
    arrives(town, dsn(to=WHO, token=token))
    after = town.run(NEXT, today(NEXT))
    assert after.mails == []
    assert after.answer("FA1")["channel"] != "email"
    assert "Channel out: e-mail, since 2026-11-24: a message came back (R1 5.1.1" in after.explains(
        "FA1"
    )
    corrected = today(NEXT, **{"E-mail": ANOTHER})
    found = town.plan(NEXT + timedelta(days=1), corrected).answers.to_dicts()[0]
    assert proved(town)
    assert found["step"] or found["action"]


def test_an_address_that_bounced_is_good_again_when_the_export_brings_another(town: Town) -> None:
    arrives(town, dsn(to=WHO, token=begun(town)))
    with opened_house(town.home, day=str(NEXT), writes=True) as house:
        assert read_mail(house).counts == {"placed": 1}
    bounced = town.plan(NEXT, today(NEXT)).answers.to_dicts()[0]
    assert bounced["channel"] != "email"
    mended = town.plan(NEXT, today(NEXT, **{"E-mail": ANOTHER})).answers.to_dicts()[0]
    assert (mended["channel"], mended["step"]) == ("email", "reminder")


def test_a_bounce_that_nobody_vouches_for_changes_nothing(town: Town) -> None:
    token = begun(town)
    before = town.plan(NEXT, today(NEXT)).answers.to_dicts()[0]
    arrives(town, dsn(to=WHO, token="x" * 8))
    arrives(town, dsn(to=WHO, token="2" * 32))
    arrives(town, dsn(to="chef@eluard.example", token=token))
    after = town.run(NEXT, today(NEXT))
    assert after.report.delivered.mail.counts == {"kept": 3}
    assert after.answer("FA1")["step"] == before["step"] == "second-reminder"
    assert after.answer("FA1")["channel"] == "email"


def test_robots_colleagues_and_our_own_mail_hold_nobody(town: Town) -> None:
    token = begun(town)
    arrives(
        town, human("Absent.", sender=WHO, answers=token, more="Auto-Submitted: auto-replied\n")
    )
    arrives(town, human("Vu.", sender="comptabilite@example.test", answers=token))
    after = town.run(NEXT, today(NEXT))
    assert after.report.delivered.mail.counts == {"ignored": 2}
    assert after.answer("FA1")["action"] == "contact"


def test_stop_closes_e_mail_and_nothing_else(town: Town) -> None:
    arrives(town, human("STOP", sender=WHO, answers=begun(town)))
    after = town.run(NEXT, today(NEXT))
    assert (after.mails, after.answer("FA1")["action"]) == ([], "contact")
    assert after.answer("FA1")["channel"] != "email"


def test_a_reply_from_another_address_is_found_by_the_invoice_that_it_names(town: Town) -> None:
    begun(town)
    arrives(town, human("?", sender="x@free.example", answers="", subject="Facture FA26-1"))
    arrives(town, human("?", sender="x@free.example", answers="", subject="Facture FA26-2"))
    rows = [row("FA26-1", late=17, today=NEXT, Compte="C9", **{"Raison sociale": "Roux"})]
    town.comes_in(NEXT, today(NEXT), *rows)
    after = town.run(NEXT, today(NEXT), *rows)
    assert after.report.delivered.mail.counts == {"placed": 1, "kept": 1}
    assert after.says("FA26-1") == ("hold", "reply")


def test_a_crash_before_the_mailbox_is_marked_reads_again_and_changes_nothing(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrives(town, human("Je paie.", sender=WHO, answers=begun(town)))

    def dies(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(Maildir, "done", dies)
        with pytest.raises(KeyboardInterrupt):
            town.run(NEXT, today(NEXT))
    assert waiting(town) == 1
    after = town.run(NEXT, today(NEXT))
    assert after.report.delivered.mail.counts == {"ignored": 1}
    assert (after.says("FA1"), waiting(town)) == (("hold", "reply"), 0)


def test_a_mailbox_that_cannot_be_read_stops_nothing(town: Town) -> None:
    (town.home.var / "mail" / "new").rmdir()
    morning = town.run(TUESDAY, today())
    (told,) = morning.report.delivered.mail.problems
    assert (told.code, told.fields["name"], len(morning.mails)) == ("mailbox/folder", "retours", 1)


def test_in_the_sandbox_no_mailbox_outside_the_home_is_read(town: Town, tmp_path: Path) -> None:
    (tmp_path / "x" / "new").mkdir(parents=True)
    config = town.home.config
    config.write_text(config.read_text("utf-8").replace("path: var/mail", f"path: {tmp_path}/x"))
    with looking(town.home, day=str(TUESDAY)) as house:
        assert list(house.mailboxes()) == []


def test_a_person_closes_and_releases_a_channel(town: Town) -> None:
    town.comes_in(TUESDAY, today())
    town.happens(TUESDAY, "FA1", "channel_closed", channel="email", note="asked by telephone")
    closed = town.plan(TUESDAY, today()).answers.to_dicts()[0]
    town.happens(TUESDAY, "FA1", "channel_released", channel="email")
    released = town.plan(TUESDAY, today()).answers.to_dicts()[0]
    assert (closed["channel"] == "email", released["channel"]) == (False, "email")


WRONG = {
    "no-reason": ({"kind": "channel_closed", "channel": "email"}, "event/missing"),
    "no-channel": ({"kind": "channel_released"}, "event/missing"),
    "no-letter": ({"kind": "returned"}, "event/no-letter"),
    "no-such-letter": ({"kind": "returned", "channel": "email"}, "event/channel"),
    "amount": ({"kind": "returned", "amount": "5"}, "event/no-meaning"),
}


def test_what_cannot_be_said_of_a_channel_is_refused(town: Town) -> None:
    town.comes_in(TUESDAY, today())
    for told, code in WRONG.values():
        with pytest.raises(BadInput) as refused:
            town.happens(TUESDAY, "FA1", **told)
        assert [each.code for each in refused.value.problems] == [code]


def test_a_returned_letter_takes_its_step_back_and_closes_that_address(town: Town) -> None:
    for path in town.home.rules.glob("*.yaml"):
        text = path.read_text("utf-8").replace(
            "contact: email else call", "contact: letter else email"
        )
        path.write_text(text, "utf-8")
    assert town.run(TUESDAY, today()).answer("FA1")["channel"] == "letter"
    town.happens(NEXT, "FA1", "returned", note="NPAI", on=TUESDAY.isoformat())
    with opened_house(town.home, day=str(NEXT), writes=False) as house:
        (report,) = house.book.reports(every=True)
    assert report.said_at.date() == TUESDAY
    back = town.plan(NEXT, today(NEXT)).answers.to_dicts()[0]
    moved = town.plan(NEXT, today(NEXT, Adresse="3 rue Neuve")).answers.to_dicts()[0]
    assert back["channel"] == "email"
    assert (moved["channel"], moved["step"]) == ("letter", "reminder")
    assert proved(town)
