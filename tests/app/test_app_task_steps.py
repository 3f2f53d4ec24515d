"""A step that is work for our own people: the outcome of its task does it, and nothing else."""

from datetime import date
from pathlib import Path

import pytest

from dispatcher.app import decide
from dispatcher.errors import BadInput
from dispatcher.home import Home, lay_down
from dispatcher.people.work import finish, todo
from dispatcher.store.tasks import TaskState
from dispatcher.wiring import opened_house, verified
from tests.app.test_app_standing import on, run
from tests.app.test_days import row


REMINDER = """  - id: reminder
    label: {fr: "Contrôle du portail"}
    from: none
    choose:
      - id: portal
        when: any
        then: {task: look-up, due_in: 3 business days}
"""


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Its first step is a task, done by a person before anybody is written to."""
    laid = lay_down(tmp_path / "home")
    rules = laid.rules / "b2b-standard.yaml"
    before, _, rest = rules.read_text(encoding="utf-8").partition("  - id: reminder\n")
    _, mark, after = rest.partition("  - id: second-reminder\n")
    rules.write_text(before + REMINDER + "\n" + mark + after, encoding="utf-8")
    return laid


def enter(home: Home, days: int, outcome: str) -> str:
    """The only thing to do, done."""
    with opened_house(home, day=str(on(days)), writes=True) as house:
        (only,) = todo(house)
        state = finish(house, only.number, outcome=outcome, person="anne", note="")
    assert verified(home).first_fault is None
    return state


def steps(home: Home) -> list[tuple[object, ...]]:
    with opened_house(home, day=str(on(30)), writes=False) as house:
        lines = house.book.frames()["lines"]
    return lines.select("invoice_id", "step", "cycle", "done_on", "channel", "live").rows()


TWO = (row("F-1"), row("F-2"))


def test_the_outcome_of_a_task_does_the_step_for_all_its_cases(home: Home) -> None:
    assert run(home, 0, *TWO) == {"F-1": "task: ", "F-2": "task: "}
    assert run(home, 1, *TWO) == {"F-1": "under way: ", "F-2": "under way: "}
    assert enter(home, 1, "done") == "done"
    done: list[tuple[object, ...]] = [(case, "reminder", 0, on(1), "task", True) for case in (1, 2)]
    assert steps(home) == done


def test_then_the_ladder_goes_on_from_the_day_of_the_outcome(home: Home) -> None:
    run(home, 0, *TWO)
    enter(home, 1, "done")
    assert run(home, 2, *TWO) == {"F-1": "nothing yet: ", "F-2": "nothing yet: "}
    said = {days: run(home, days, *TWO)["F-1"] for days in (7, 8)}
    assert said == {7: "nothing yet: ", 8: "contact: "}


def test_a_task_that_was_not_done_moves_nothing_and_is_asked_for_again(home: Home) -> None:
    run(home, 0)
    assert enter(home, 0, "not_done") == "not_done"
    assert steps(home) == []
    assert run(home, 1) == {"F-1": "task: "}
    with opened_house(home, day=str(on(1)), writes=False) as house:
        states = [each.state for each in house.book.tasks(None)]
    assert states == [TaskState.CLOSED, TaskState.OPEN]


def test_what_was_paid_meanwhile_has_no_step_done(home: Home) -> None:
    run(home, 0, *TWO)
    run(home, 1, TWO[1])
    enter(home, 1, "done")
    assert [line[0] for line in steps(home)] == [2]


def test_nothing_else_can_come_of_the_task_of_a_step(home: Home) -> None:
    run(home, 0)
    with pytest.raises(BadInput) as refused:
        enter(home, 0, "dnoe")
    (problem,) = refused.value.problems
    assert (problem.code, problem.fields["allowed"]) == ("run/outcome", "done, not_done")


def test_with_its_outcome_a_person_may_say_why_nothing_is_paid(home: Home) -> None:
    run(home, 0, *TWO)
    with opened_house(home, day=str(on(0)), writes=True) as house:
        (only,) = todo(house)
        task = only.number
        with pytest.raises(BadInput) as refused:
            finish(house, task, outcome="done", person="anne", note="", reason="bad_fiath")
        assert [problem.code for problem in refused.value.problems] == ["event/reason"]
        done = finish(house, task, outcome="done", person="anne", note="", reason="bad_faith")
        assert done == "done"
        facts = decide(house).facts
    assert facts["nonpayment_reason"].cast(str).to_list() == ["bad_faith", "bad_faith"]
    assert verified(home).first_fault is None


def test_a_step_of_our_own_people_is_no_contact(home: Home) -> None:
    """It fills no gap and no cap: nobody has heard of us."""
    run(home, 0)
    enter(home, 0, "done")
    with opened_house(home, day=str(on(1)), writes=False) as house:
        (contact_on,) = house.book.frames()["messages"]["contact_on"].to_list()
    assert contact_on is None


def test_the_step_stands_in_the_history_of_its_case(home: Home) -> None:
    run(home, 0)
    enter(home, 0, "done")
    with opened_house(home, day=str(on(1)), writes=False) as house:
        told = [(row.what, row.fields.get("done_on")) for row in house.book.history(1)]
    assert told[-2:] == [("task", None), ("sent", str(date(2026, 11, 24)))]
