"""Single tests and rows of tables: one case each, decided alone and compared."""

from collections.abc import Iterator
from datetime import date

from dispatcher.decide.explain import comparisons, weighed
from dispatcher.model.problem import Problem
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import truth
from dispatcher.policy.promises import Expectation, Promises, SingleTest
from dispatcher.policy.terms import Condition, Policy, Rule, Rulebook
from dispatcher.prove.exact.later import leaves
from dispatcher.prove.exact.says import named
from dispatcher.prove.trials.alone import Answered, Case, answer, contradictions, on_ladder, whole
from dispatcher.prove.trials.expected import Mismatch, mismatches
from dispatcher.prove.trials.result import Outcome, Ran, Shortfall, Sort, Why, result_of
from dispatcher.prove.trials.spoken import Speech, asks_words, unsaid
from dispatcher.prove.trials.world import World


def run_singles(promises: Promises, tests: tuple[SingleTest, ...], world: World) -> Ran:
    """What came of these tests of a file; one whose case cannot exist is a problem."""
    rulebook = world.rulebook
    policy = rulebook.policies[promises.policy]
    decide = compile_policy(policy, rulebook.facts)
    outcomes, problems = list[Outcome](), list[Problem]()
    for test in tests:
        case = whole({**promises.case, **test.case}, rulebook.facts)
        wrong = [*_impossible(test, case, rulebook), *_undated(test, promises.today)]
        if wrong:
            problems += wrong
            continue
        answered = answer(case, policy, decide, rulebook.facts)
        unspoken, problem = _unsaid(promises, test, case, answered, world)
        if problem is not None:
            problems.append(problem)
            continue
        outcomes.append(_outcome(promises, test, case, answered, unspoken=unspoken, policy=policy))
    return Ran(outcomes=tuple(outcomes), problems=tuple(problems))


def _unsaid(
    promises: Promises, test: SingleTest, case: Case, answered: Answered, world: World
) -> tuple[tuple[Mismatch, ...], Problem | None]:
    """What the words of its message lack, where the test asks for words."""
    if promises.today is None:
        return (), None
    speech = Speech(answered=answered, case=case, today=promises.today)
    return unsaid(test.expect, speech, world.speak)


def _outcome(
    promises: Promises,
    test: SingleTest,
    case: Case,
    answered: Answered,
    *,
    unspoken: tuple[Mismatch, ...],
    policy: Policy,
) -> Outcome:
    wrong = mismatches(test.expect, answered, day_0=promises.today)
    found = (*wrong, *unspoken)
    why = why_not(test.expect, answered, case, policy) if wrong else None
    short = Shortfall(mismatches=found, answered=answered, place=test.place, why=why)
    return Outcome(
        file=promises.file,
        policy=policy.name,
        name=test.name,
        sort=Sort.TEST,
        result=result_of(kept=not found, todo=test.todo),
        place=test.place,
        shortfalls=(short,) if found else (),
        cases=(case,),
        answers=(answered,),
    )


def _impossible(test: SingleTest, case: Case, rulebook: Rulebook) -> Iterator[Problem]:
    """A case that breaks an invariant of the vocabulary."""
    for broken in contradictions(case, rulebook):
        facts = ", ".join(_written(name, case) for name in _facts(broken))
        fields = {"name": test.name, "facts": facts}
        yield Problem(code="test/contradiction", place=test.place, fields=fields)


def _undated(test: SingleTest, today: date | None) -> Iterator[Problem]:
    """An expected date, or words that may print dates, where nobody knows which day it is."""
    expects = (test.expect, *([test.expect.but] if test.expect.but else []))
    dated = any(isinstance(expect.until, date) for expect in expects)
    if today is None and (dated or asks_words(test.expect)):
        yield Problem(code="test/no-today", place=test.place, fields={"name": test.name})


def _facts(condition: Condition) -> tuple[str, ...]:
    return tuple(dict.fromkeys(leaf.fact for leaf in leaves(condition)))


def _written(name: str, case: Case) -> str:
    value = case.get(name)
    words = {None: "unknown", True: "yes", False: "no"}
    text = words[value] if value is None or isinstance(value, bool) else str(value)
    return f"{name}: {text}"


# -- why ----------------------------------------------------------------------------------------


def why_not(expect: Expectation, answered: Answered, case: Case, policy: Policy) -> Why | None:
    """Why an answer is not the expected one: what its rule lacked, or what the other read."""
    case, _ = on_ladder(case, policy)
    rules = {rule.id: rule for rule in (*policy.stops, *policy.hand_over, *policy.choices)}
    wanted = [rule for rule in rules.values() if named(rule.id, expect.rules)]
    if wanted and not named(answered.rule, expect.rules):
        return _missed(wanted, answered, case)
    fired = rules.get(answered.rule)
    if fired is None:
        return None
    return Why(rule=fired.id, read=comparisons(weighed(fired.when, case)))


def _missed(wanted: list[Rule], answered: Answered, case: Case) -> Why:
    """Of the expected rules the one that came nearest to answering."""
    nearest = min(wanted, key=lambda rule: _lacking(rule, case))
    if truth(nearest.when, case) is True:
        return Why(rule=nearest.id, before=answered.rule)
    failed = (part for part in comparisons(weighed(nearest.when, case)) if not part.truth)
    return Why(rule=nearest.id, missed=next(failed, None))


def _lacking(rule: Rule, case: Case) -> int:
    if truth(rule.when, case) is True:
        return 0
    return sum(not part.truth for part in comparisons(weighed(rule.when, case)))
