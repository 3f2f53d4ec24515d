"""Whatever changes between plan and claim: the message stays, and the next plan says why.

One home whose e-mails are written and held back; then each debtor's case changes in its own way.
"""

import shutil
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from dispatcher import app, stopping
from dispatcher.home import Home, lay_down
from dispatcher.model.event import EventKind
from dispatcher.store.events import NewEvent
from dispatcher.wiring import opened_house, verified
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, row


SOON = TUESDAY + timedelta(days=20)

#: What a person enters -> why the message stays, and what its case answers then.
ENTERED: Final[Mapping[EventKind, tuple[dict[str, Any], str, str]]] = {
    EventKind.DISPUTE_OPENED: ({}, "hold: dispute", "dispute"),
    EventKind.PROMISE_MADE: ({"until": SOON}, "hold: promise", "promise"),
    EventKind.PLAN_AGREED: (
        {"until": SOON, "detail": "2026-12-14", "amount": 1200_00},
        "hold: plan",
        "plan",
    ),
    EventKind.PAUSED: ({"until": SOON}, "hold: pause", "pause"),
    EventKind.REPLY_RECEIVED: ({}, "hold: reply", "reply"),
    EventKind.HANDED_OVER: ({"detail": "lawyer"}, "hold: handed_over", "handed_over"),
}

#: What the export says -> the same; None: the case is not open any more.
COLUMNS: Final[Mapping[str, tuple[dict[str, str], str, str | None]]] = {
    "insolvency": ({"Procédure": "LJ"}, "hold: insolvency", "insolvency"),
    "deceased": ({"Interlocuteur": "décédé"}, "hold: deceased", "deceased"),
    "another-address": ({"E-mail": "neu@eluard.example"}, "new-address", ""),
    "no-address": ({"E-mail": ""}, "no-email", ""),
    "part-paid": ({"Solde": "700,00"}, "printed values changed", ""),
    "another-law": ({"Nature": "Particulier"}, "hold: contradiction", "contradiction"),
    "due-later": ({"Échéance": "01/12/2026"}, "nothing yet", ""),
}

KINDS: Final = [*(each.value for each in ENTERED), *COLUMNS, "opted-out", "paid", "same"]
NUMBERS: Final = {kind: number for number, kind in enumerate(KINDS, start=1)}


def rows(changed: bool) -> list[dict[str, str]]:
    found = []
    for kind, number in NUMBERS.items():
        columns = COLUMNS[kind][0] if changed and kind in COLUMNS else {}
        if not (changed and kind == "paid"):
            mine = row(f"F-{kind}", Compte=f"C{number}") | {"E-mail": f"c{number}@eluard.example"}
            found.append(mine | columns)
    return found


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The home, made once: every message is written and none has left."""
    home = narrowed(lay_down(tmp_path_factory.mktemp("written") / "home"))
    known = home.config.read_text("utf-8")
    mapped = 'deceased: {column: Interlocuteur, values: {"": no, décédé: yes}}\n      insolvency: '
    home.config.write_text(known.replace("insolvency: ", mapped, 1), "utf-8")
    export(home, TUESDAY, *rows(changed=False))
    stopping.stop(
        home.stop, channel="email", reason="a", person="b", now=datetime(2026, 11, 24, tzinfo=UTC)
    )
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        assert len(app.run(house).plan.contacts) == len(KINDS)
    home.stop.unlink()
    return home.folder


@pytest.fixture
def home(written: Path, tmp_path: Path) -> Home:
    return Home(folder=Path(shutil.copytree(written, tmp_path / "home")))


def messages(home: Home) -> dict[str, tuple[str, str]]:
    """State and reason of each invoice's first message."""
    with closing(sqlite3.connect(home.var / "relance.sqlite")) as store:
        found = store.execute(
            "SELECT number, state, reason FROM message JOIN line ON line.message_id = message.id"
            " JOIN invoice ON invoice.id = line.invoice_id ORDER BY message.id DESC"
        )
        return {number.removeprefix("F-"): (state, reason) for number, state, reason in found}


def sent(home: Home) -> None:
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.send(house)
    assert verified(home).first_fault is None


def enter(home: Home) -> None:
    """Everything that is entered or comes in, before anything is claimed."""
    export(home, TUESDAY, *rows(changed=True))
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.take_in(house)
        for kind in (*ENTERED, EventKind.OPTED_OUT):
            name = "opted-out" if kind is EventKind.OPTED_OUT else kind.value
            case = house.book.case_id(f"F-{name}")
            assert case is not None
            more = ENTERED[kind][0] if kind in ENTERED else {"detail": "email"}
            new = NewEvent(
                source="test",
                reference=name,
                kind=kind,
                debtor_id=house.book.case(case).debtor_id,
                invoice_id=None if kind is EventKind.OPTED_OUT else case,
                day=TUESDAY,
                **more,
            )
            house.book.record_event(new, now=house.clock.now())


def test_each_case_that_changed_stays_and_says_why(home: Home) -> None:
    enter(home)
    sent(home)
    wanted = {kind.value: why for kind, (_, why, _) in ENTERED.items()}
    wanted |= {name: why for name, (_, why, _) in COLUMNS.items()}
    wanted |= {"opted-out": "opted-out", "paid": "paid"}
    found = messages(home)
    assert found.pop("same")[0] == "sent"
    assert found == {kind: ("withdrawn", why) for kind, why in wanted.items()}


def test_the_next_plan_says_the_new_answer(home: Home) -> None:
    enter(home)
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.send(house)
        answers = app.run(house).plan.answers
    said = {
        number.removeprefix("F-"): (action, reason)
        for number, action, reason in answers.select("number", "action", "reason").iter_rows()
    }
    assert "paid" not in said
    assert said["opted-out"][0] == "contact"
    held = {kind.value: reason for kind, (_, _, reason) in ENTERED.items()}
    held |= {name: reason for name, (_, _, reason) in COLUMNS.items() if reason}
    assert {kind: said[kind] for kind in held} == {k: ("hold", why) for k, why in held.items()}
    again = ("another-address", "no-address", "part-paid")
    assert {said[kind][0] for kind in again} == {"contact"}
    assert said["due-later"][0] == "nothing yet"
    assert {said[kind][0] for kind in ("due-later", "same")} == {"nothing yet"}


def in_config(before: str, after: str) -> Callable[[Home], None]:
    return lambda home: _edit(home.config, before, after)


def _edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def policy_starts_later(home: Home) -> None:
    _edit(home.rules / "b2b-standard.yaml", "days_late: 4+", "days_late: 90+")


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        pytest.param(
            in_config("FR76 3000 6000 0112 3456 7890 189", "FR14 2004 1010 0505 0001 3M02 606"),
            "printed values changed",
            id="where-to-pay",
        ),
        pytest.param(policy_starts_later, "nothing yet", id="the-policy"),
    ],
)
def test_what_changes_for_all_keeps_all(
    home: Home, change: Callable[[Home], None], reason: str
) -> None:
    change(home)
    sent(home)
    assert set(messages(home).values()) == {("withdrawn", reason)}


def test_what_was_written_goes_as_it_was_written_though_its_template_was_edited(
    home: Home,
) -> None:
    """What a person approved or looked at are these bytes; `stop` is for a wrong template."""
    _edit(home.templates / "fr/courteous-reminder/body.md.j2", "Sauf erreur", "Sauf oubli")
    sent(home)
    assert {state for state, _ in messages(home).values()} == {"sent"}
    assert not [path for path in home.sinks.rglob("*.eml") if b"Sauf oubli" in path.read_bytes()]
