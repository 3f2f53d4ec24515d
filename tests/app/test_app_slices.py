"""A house that decides in slices says, writes and keeps what one does that decides at once."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from polars.testing import assert_frame_equal

from dispatcher import app
from dispatcher.decide.plan import Plan
from dispatcher.home import Home, lay_down
from dispatcher.house import House
from dispatcher.sample.portfolio import portfolio
from dispatcher.wiring import opened_house


TUESDAY = date(2026, 11, 24)
SIZE = 40  # of some hundred invoices


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    home = lay_down(tmp_path_factory.mktemp("slices") / "home")
    text = portfolio(today=TUESDAY, debtors=60)
    (home.incoming / "open-items.csv").write_text(text, encoding="utf-8")
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        app.take_in(house, accepted=[source.name for source in house.settings.sources])
    return home


def in_slices(house: House) -> House:
    return replace(house, slice_size=SIZE)


def test_a_plan_in_slices_is_the_plan(home: Home) -> None:
    with opened_house(home, day=str(TUESDAY), writes=False) as house:
        whole, made = app.decide(house), app.decide(in_slices(house))
    assert (len(whole.parts), len(made.parts) > 2) == (1, True)
    assert made.contacts == whole.contacts
    assert made.tasks == whole.tasks
    assert made.digest == whole.digest
    assert_frame_equal(made.answers.sort("case_id"), whole.answers)


def test_what_a_run_in_slices_keeps_is_all_of_it(home: Home) -> None:
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        plan = app.decide(in_slices(house))
        run_id, frozen = app.act(in_slices(house), plan)
        (run, *_) = house.book.runs(limit=1)
        answers, facts = house.read_answers(TUESDAY, run_id, run.answers)
    assert run.answers_rows == answers.height == rows(plan)
    assert frozen.written == len(plan.contacts) > 0
    assert_frame_equal(answers.drop("facts_hash"), plan.answers.drop("facts_hash"))
    assert answers["facts_hash"].null_count() == 0
    assert facts is not None
    assert facts["case_id"].equals(answers["case_id"])
    assert left_over(home) == []


def rows(plan: Plan) -> int:
    return sum(part.answers().height for part in plan.parts)


def left_over(home: Home) -> list[Path]:
    """Files of frames that were set aside."""
    return [path for path in home.var.iterdir() if path.is_file() and path.name.startswith("tmp")]
