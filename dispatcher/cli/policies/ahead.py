"""What `simulate` and `replay` share: other rules, the assumption, the world of days."""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.home import Home, bytes_of
from dispatcher.house import House
from dispatcher.model.problem import Level, Problem
from dispatcher.nodes.read import decode
from dispatcher.policy.read import read_rules
from dispatcher.policy.terms import Rulebook
from dispatcher.posting import presented
from dispatcher.problems.registry import level
from dispatcher.prove.days.assumptions import Assumption, Payments, read_assumption
from dispatcher.prove.trials.world import World
from dispatcher.revisions import called, completed, placed, rules_at
from dispatcher.writings import Unusable


FORMATS: Final = ("text", "json", "markdown", "csv")


def world_of(house: House) -> World:
    """What days are lived in: the house's rules and settings."""
    return World(
        rulebook=house.rulebook,
        settings=house.settings,
        reach=house.reach,
        legal=house.legal,
        presented=presented(house.settings),
    )


def other_rules(named: str, home: Home) -> Rulebook | None:
    """The rules of a file, a folder or a revision; None where none are named.

    Raises:
        BadInput: there are none, or they cannot be used.
    """
    if not named:
        return None
    rules = rules_at(named, home=home.folder, here=Path.cwd())
    rules = completed(rules, rules, home.folder)
    rulebook, problems = read_rules(rules.texts)
    errors = [each for each in placed(problems, rules.folder) if level(each) is Level.ERROR]
    if rulebook is None or rules.problems:
        sources = {called(name, rules.folder): text for name, text in rules.texts.items()}
        raise Unusable([*rules.problems, *errors], sources)
    return rulebook


def assumption_of(named: str, rulebook: Rulebook, *, seed: int) -> Assumption:
    """The assumption that an option names: `none`, `history`, or a file.

    Raises:
        BadInput: there is no such assumption, or something is wrong with it.
    """
    if named in set(Payments):
        return Assumption(payments=Payments(named), seed=seed)
    path = Path(named)
    if not path.is_file():
        raise BadInput(Problem(code="simulate/no-assumption", fields={"value": named}))
    text, problems = decode(bytes_of(path), file=named)
    if text is None:
        raise BadInput(problems)
    found, problems = read_assumption(text, file=named, seed=seed)
    problems = (*problems, *(_unknown(found, rulebook) if found is not None else ()))
    if found is None or problems:
        raise Unusable(problems, {named: text})
    return found


def _unknown(assumption: Assumption, rulebook: Rulebook) -> Iterator[Problem]:
    """Steps that no policy has: nothing would ever come of what is assumed of them."""
    known = sorted({step.id for policy in rulebook.active for step in policy.steps})
    for name in assumption.after:
        if name not in known:
            fields = {"name": name, "allowed": ", ".join(known)}
            yield Problem(code="simulate/no-step", fields=fields)


def works_daily(days: Sequence[date]) -> bool:
    """Whether there is a run on weekends too."""
    return any(day.isoweekday() > FRIDAY for day in days[1:])


FRIDAY: Final = 5
