"""The tests of a home: which are asked for, and what came of each."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from dispatcher.policy.interpret import Case
from dispatcher.policy.promises import Invariant, Promises
from dispatcher.prove.exact.properties import Proof, Refuted, prove_all
from dispatcher.prove.trials.result import Outcome, Ran, Sort, result_of, together
from dispatcher.prove.trials.singles import run_singles
from dispatcher.prove.trials.timelines import run_timelines
from dispatcher.prove.trials.world import World


def chosen(promises: Sequence[Promises], pattern: str) -> tuple[Promises, ...]:
    """The files with only what is called so: a part of the name, or a pattern with `*`."""

    def wanted(name: str) -> bool:
        folded, asked = name.casefold(), pattern.casefold()
        return asked in folded or fnmatchcase(folded, asked)

    return tuple(
        replace(
            each,
            tests=tuple(one for one in each.tests if wanted(one.name)),
            timelines=tuple(one for one in each.timelines if wanted(one.name)),
            invariants=tuple(one for one in each.invariants if wanted(one.name)),
        )
        for each in promises
    )


def run(promises: Sequence[Promises], world: World) -> Ran:
    """What came of every test, in the order of the files."""
    found = [run_singles(each, each.tests, world) for each in promises]
    found.append(run_timelines(promises, world))
    found += [_proved(each, world) for each in promises]
    whole = together(found)
    files = [each.file for each in promises]
    ordered = sorted(whole.outcomes, key=lambda one: files.index(one.file))  # stable within
    return replace(whole, outcomes=tuple(ordered))


def _proved(promises: Promises, world: World) -> Ran:
    return Ran(outcomes=tuple(_proofs(promises, world)))


def _proofs(promises: Promises, world: World) -> Iterator[Outcome]:
    policy = world.rulebook.policies[promises.policy]
    proofs = prove_all(promises.invariants, policy, world.rulebook, legal=world.legal)
    for invariant, proof in zip(promises.invariants, proofs, strict=True):
        yield _proof(promises, invariant, proof, world)


def _proof(promises: Promises, invariant: Invariant, proof: Proof, world: World) -> Outcome:
    if isinstance(proof, Refuted):
        proof = _to_paste(proof, promises, world)
    result = result_of(kept=not isinstance(proof, Refuted), todo=invariant.todo)
    return Outcome(
        file=promises.file,
        policy=promises.policy,
        name=invariant.name,
        sort=Sort.INVARIANT,
        result=result,
        place=invariant.place,
        proof=proof,
    )


def _to_paste(proof: Refuted, promises: Promises, world: World) -> Refuted:
    """The same, with what the shared case of the file says otherwise named too.

    What a witness leaves out has its default; put into the file, it would have the file's own.
    """
    leader = proof.leader
    return replace(
        proof,
        case=_beside(proof.case, promises.case, world),
        leader=None if leader is None else _beside(leader, promises.case, world),
    )


def _beside(case: Case, shared: Case, world: World) -> Case:
    facts = world.rulebook.facts
    meant = {name: facts[name].default if facts[name].has_default else None for name in shared}
    more = {name: value for name, value in meant.items() if value != shared[name]}
    return {**more, **case}
