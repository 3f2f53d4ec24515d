"""The limits of the home hold as messages are claimed, over all runs and sends of a day."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from dispatcher import app, sending, stopping
from dispatcher.decide.costs import PARTS
from dispatcher.home import Home, lay_down
from dispatcher.house import Delivered
from dispatcher.messages.caps import Capped
from dispatcher.model.settings import ChannelSettings, Totals
from dispatcher.ports import Claim
from dispatcher.store.volumes import Handed
from dispatcher.wiring import opened_house, verified
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, row
from tests.decide.decide_world import settings
from tests.deliver.doubles import claim


NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)

PRICED = {
    "letter": ChannelSettings(name="letter", adapter="letter", price=Decimal("1.5")),
    "sms": ChannelSettings(name="sms", adapter="sms", price=Decimal("0.1"), max_segments=2),
}


def letters(count: int, **more: Any) -> list[Claim]:  # noqa: ANN401 - any field of a claim
    found = [claim(number, channel="letter") for number in range(1, count + 1)]
    return [replace(each, **more) for each in found]


def capped(
    *left: Handed,
    refuses: Mapping[int, str] | None = None,
    **limits: Any,  # noqa: ANN401 - Totals
) -> Capped:
    def guard(claims: Sequence[Claim]) -> Mapping[int, str]:
        named = {each.id for each in claims}
        return {number: why for number, why in (refuses or {}).items() if number in named}

    told = settings(totals=Totals(**limits))
    return Capped(
        guard=guard,
        settings=replace(told, channels=PRICED),
        left=lambda _day: left,
        today=lambda: TUESDAY,
    )


def handed(count: int, *, main: bool = True, legal: bool = False) -> Handed:
    return Handed(channel="letter", legal_effect=legal, main=main, count=count)


@pytest.mark.parametrize(
    ("limits", "left", "goes", "name"),
    [
        pytest.param({"per_run": 2}, [], 2, "per_run", id="contacts"),
        pytest.param({"per_run": 3}, [handed(2)], 1, "per_run", id="of-the-day-before-them"),
        pytest.param({"per_run": 3}, [handed(9, main=False)], 3, "", id="beside-is-no-contact"),
        pytest.param({"per_day": {"letter": 1}}, [], 1, "per_day: letter", id="by-channel"),
        pytest.param({"per_day": {"email": 0}}, [], 3, "", id="another-channel"),
        pytest.param({"cost_per_day": Decimal("3.10")}, [], 2, "cost_per_day", id="money"),
        pytest.param(
            {"cost_per_day": Decimal(6)}, [handed(2, main=False)], 2, "cost_per_day", id="spent"
        ),
        pytest.param({"cost_per_run": Decimal("4.50")}, [handed(9)], 3, "", id="of-this-run"),
        pytest.param({"legal_effect_per_day": 0}, [], 3, "", id="without-legal-effect"),
        pytest.param({}, [handed(99)], 3, "", id="no-limit"),
    ],
)
def test_the_first_one_over_a_limit_waits(
    limits: dict[str, Any], left: list[Handed], goes: int, name: str
) -> None:
    reasons = capped(*left, **limits)(letters(3))
    waiting = range(goes + 1, 4)
    assert reasons == dict.fromkeys(waiting, f"wait: limit: {name}")


def test_legal_effect_is_counted_by_itself() -> None:
    found = capped(handed(1, legal=True), handed(5), legal_effect_per_day=2)
    assert list(found(letters(3, legal_effect=True))) == [2, 3]


def test_an_answer_to_an_event_is_no_contact_and_costs() -> None:
    answers = letters(3, event_id=7)
    assert capped(per_run=0)(answers) == {}
    assert list(capped(cost_per_day=Decimal(3))(answers)) == [3]


def test_what_the_guard_takes_back_costs_nothing() -> None:
    found = capped(refuses={1: "paid"}, cost_per_run=Decimal(3))
    assert found(letters(1)) == {1: "paid"}
    assert found(letters(2)[1:]) == {}
    assert found.spent == {2: Decimal("1.5") * PARTS}
    assert found(letters(3)[2:]) == {}
    assert list(found(letters(4)[3:])) == [4]


def test_what_was_put_back_and_comes_again_costs_once() -> None:
    found = capped(cost_per_run=Decimal(3))
    assert found(letters(2)) == {}
    assert found(letters(2)) == {}
    assert list(found(letters(3)[2:])) == [3]


def test_an_sms_costs_what_it_may_cost() -> None:
    claims = [claim(number, channel="sms") for number in (1, 2, 3)]
    assert list(capped(cost_per_day=Decimal("0.4"))(claims)) == [3]


# -- in the house -------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Five e-mails are written and held back; since then there is a limit of two a day."""
    laid = narrowed(lay_down(tmp_path / "home"))
    export(laid, TUESDAY, *(row(f"F-{n}", Compte=f"C{n}") for n in range(1, 6)))
    stopping.stop(laid.stop, channel="email", reason="a", person="b", now=NOW)
    with opened_house(laid, day=str(TUESDAY), writes=True) as house:
        app.run(house)
    stopping.resume(laid.stop, channel="email", person="b", now=NOW)
    text = laid.config.read_text("utf-8")
    assert "  per_day: {} " in text
    laid.config.write_text(text.replace("  per_day: {} ", "  per_day: {email: 2} "), "utf-8")
    return laid


def test_what_a_command_has_spent_counts_for_all_its_rounds(home: Home) -> None:
    """After a withdrawal a run plans and sends again: it has no more money for that."""
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        first, second = sending._capped(house), sending._capped(house)  # noqa: SLF001 - two rounds
        first.spent[1] = 5
        assert second.spent == {1: 5}


def sent(home: Home, day: date) -> Delivered:
    with opened_house(home, day=str(day), writes=True) as house:
        delivered = app.send(house)
    assert verified(home).first_fault is None
    return delivered


def test_no_send_and_no_run_of_a_day_passes_a_limit(home: Home) -> None:
    first = sent(home, TUESDAY)
    assert (first.count("accepted"), dict(first.limited)) == (2, {"per_day: email": 3})
    assert first.unsent.later == 3  # they wait as they are: nothing is withdrawn
    assert sent(home, TUESDAY).count("accepted") == 0
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        assert app.run(house).delivered.count("accepted") == 0
    tomorrow = TUESDAY + timedelta(days=1)
    assert [sent(home, tomorrow).count("accepted") for _ in range(2)] == [2, 0]
    assert sent(home, tomorrow + timedelta(days=1)).count("accepted") == 1
    assert len(list(home.sinks.rglob("*.eml"))) == 5
