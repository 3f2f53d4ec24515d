"""Handing over: proposed to a person, decided by those whose role it is, and then silence."""

from datetime import timedelta
from pathlib import Path
from shutil import copytree

import pytest

from dispatcher import app
from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.people import work
from dispatcher.wiring import opened_house
from tests.day.situation_town import TUESDAY, Town, founded, proved, row


PEOPLE = """\
  head: {name: Anne Chef, stand_in: deputy}
  deputy: {name: Paul Second}
"""

FIRST = row("F-1", late=40)
DAY_AFTER = TUESDAY + timedelta(days=1)


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Town:
    """A home where head and legal, whom the example names, decide, with one proposal."""
    town = founded(tmp_path_factory.mktemp("before") / "home")
    policy = town.home.rules / "b2b-standard.yaml"
    text = policy.read_text("utf-8")
    when = "{last_step: formal-notice, days_since_step: 15+, debtor_overdue: 150+}"
    assert when in text
    text = text.replace(when, "{days_late: 30+}").replace(
        "{hand_over: agency}", "{hand_over: agency, needs_approval: [head, legal]}"
    )
    policy.write_text(text, "utf-8")
    config = town.home.config
    lines = config.read_text("utf-8").splitlines(keepends=True)
    start = next(at for at, line in enumerate(lines) if line.startswith("people:"))
    config.write_text("".join([*lines[: start + 1], PEOPLE, *lines[start + 1 :]]), "utf-8")
    assert town.run(TUESDAY, FIRST).says("F-1") == ("hand_over", "agency")
    return town


@pytest.fixture
def town(before: Town, tmp_path: Path) -> Town:
    return Town(home=Home(folder=Path(copytree(before.home.folder, tmp_path / "home"))))


def says(town: Town, outcome: str, person: str) -> str:
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        state = work.finish(house, "T1", outcome=outcome, person=person, note="")
    assert proved(town)
    return state


def refused(town: Town, outcome: str, person: str) -> str:
    with pytest.raises(BadInput) as error:
        says(town, outcome, person)
    (problem,) = error.value.problems
    return problem.code


def answer(town: Town) -> tuple[str, str]:
    with opened_house(town.home, day=str(DAY_AFTER), writes=False) as house:
        answers = app.decide(house).answers
    return answers["action"][0], answers["reason"][0]


def assignees(town: Town) -> list[str]:
    with opened_house(town.home, day=str(TUESDAY), writes=False) as house:
        return [each.assignee for each in work.todo(house)]


def test_every_role_has_to_say_yes_and_then_everything_is_silent(town: Town) -> None:
    assert assignees(town) == ["head, legal"]
    assert says(town, "handed_over", "anne  CHEF") == "awaiting"
    assert assignees(town) == ["legal"]
    assert answer(town)[0] == "hand_over"
    assert says(town, "handed_over", "Anne Roux") == "done"
    assert answer(town) == ("hold", "handed_over")


def test_a_stand_in_speaks_for_his_role(town: Town) -> None:
    assert says(town, "handed_over", "Paul Second") == "awaiting"
    assert assignees(town) == ["legal"]


def test_a_no_of_one_is_enough(town: Town) -> None:
    assert says(town, "refused", "Anne Roux") == "done"
    assert answer(town) == ("hold", "decided")


def test_nobody_else_decides(town: Town) -> None:
    assert refused(town, "handed_over", "Someone") == "approve/not-you"
    assert refused(town, "refused", "Someone") == "approve/not-you"
    assert answer(town)[0] == "hand_over"


def test_nobody_says_yes_twice(town: Town) -> None:
    says(town, "handed_over", "Anne Chef")
    assert refused(town, "handed_over", "Anne Chef") == "approve/twice"


def test_nothing_else_can_come_of_it(town: Town) -> None:
    assert refused(town, "perhaps", "Anne Chef") == "run/outcome"
