"""Two rulebooks: everything that means something else, and nothing that does not.

They mean the same when every possible case is chosen for the same policy and gets the same answer
from it, and everything beside the rules is equal. Ids are names that people and the book remember:
a rule that is only called otherwise is told as a renaming. Labels, comments, the order of rules
that never meet and rules that answer nobody mean nothing; a version alone means nothing either.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from dispatcher.policy.terms import Policy, Rule, Rulebook
from dispatcher.prove.changes.answers_changed import Changed, answers_changed
from dispatcher.prove.changes.debtors_moved import Move, debtors_moved
from dispatcher.prove.changes.pairing import Pair, Paired, paired
from dispatcher.prove.changes.renaming import Names, renamed
from dispatcher.prove.changes.settings_changed import (
    Setting,
    invariants_changed,
    settings_changed,
    vocabulary_changed,
)
from dispatcher.prove.exact.conditions_written import as_policy
from dispatcher.prove.exact.diagram import MOST_WORK, OverBudget


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One policy before and after. `names` are those of policy, steps and rules that changed.

    Not `exact`: cases were tried, and what is missing here is not proved to be the same.
    """

    old: Policy
    new: Policy
    names: Names
    changes: tuple[Changed, ...] = ()
    settings: tuple[Setting, ...] = ()
    exact: bool = True

    @property
    def renamings(self) -> Mapping[str, str]:
        """Old name -> new name: policy, steps, then rules."""
        return {**self.names.policies, **self.names.steps, **self.names.rules}

    @property
    def same(self) -> bool:
        """Whether nothing was found that means something else."""
        return not (self.changes or self.settings or self.renamings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """Everything that differs between two rulebooks; `pairs` holds the policies of both.

    `old` and `new` are read over `facts` of both; the old one has the new names of policies.
    """

    paired: Paired
    pairs: tuple[Compared, ...]
    moves: tuple[Move, ...]
    vocabulary: tuple[Setting, ...]
    exact: bool

    @property
    def added(self) -> tuple[Policy, ...]:
        """Active policies that are new."""
        return self.paired.added

    @property
    def removed(self) -> tuple[Policy, ...]:
        """Active policies that are gone."""
        return self.paired.removed

    @property
    def same(self) -> bool:
        """Whether nothing was found that means something else; proved where `exact`."""
        return all(pair.same for pair in self.pairs) and not (
            self.moves or self.vocabulary or self.added or self.removed
        )


def compare(
    old: Rulebook,
    new: Rulebook,
    *,
    together: tuple[str, str] | None = None,
    most: int = MOST_WORK,
) -> Comparison:
    """What means something else; `together` are two policies that are one, whatever their names."""
    found = paired(old, new, together=together)
    facts = found.new.facts
    vocabulary, known = vocabulary_changed(old, new), True
    try:
        invariants = invariants_changed(found.old.invariants, found.new.invariants, facts)
        vocabulary = (*vocabulary, *invariants)
    except OverBudget:
        known = False
    pairs = tuple(
        _compared(pair, found, alike=known and not vocabulary, most=most) for pair in found.pairs
    )
    try:
        moves, exact = debtors_moved(found, most=most), True
    except OverBudget:
        moves, exact = (), False
    return Comparison(
        paired=found,
        pairs=pairs,
        moves=moves,
        vocabulary=vocabulary,
        exact=known and exact and all(pair.exact for pair in pairs),
    )


def _compared(pair: Pair, found: Paired, *, alike: bool, most: int) -> Compared:
    old, new = pair.old, pair.new
    if alike and _bare(old) == _bare(new):  # letter by letter: nothing to look for
        return Compared(old=old, new=new, names=pair.names)
    answers = answers_changed(old, new, (found.old, found.new), most=most)
    names = Names(policies=pair.names.policies, steps=pair.names.steps, rules=answers.rules)
    old = renamed(old, Names(rules=answers.rules))
    settings = [
        each for each in settings_changed(old, new, found.new.facts) if not _pairing(each, names)
    ]
    hidden = (_hidden(*rules, found) for rules in answers.hidden)
    return Compared(
        old=old,
        new=new,
        names=names,
        changes=answers.changes,
        settings=(*settings, *hidden),
        exact=answers.exact,
    )


def _bare(policy: Policy) -> Policy:
    """The policy without what never counts: its words for people, its place, its version."""
    steps = tuple(replace(step, labels={}) for step in policy.steps)
    return replace(policy, steps=steps, labels={}, file="", hash="", version="")


def _pairing(setting: Setting, names: Names) -> bool:
    """Whether it is the `was` of a policy or step that is told as renamed."""
    if setting.name == "was":
        return setting.new in names.policies
    said = {f"steps.{now}.was": was for was, now in names.steps.items()}
    return said.get(setting.name) == setting.new


def _hidden(old: Rule | None, new: Rule | None, found: Paired) -> Setting:
    rule = new or old
    name = rule.id if rule is not None else ""
    texts = (_stop(each, found) for each in (old, new))
    return Setting(name=name, old=next(texts), new=next(texts))


def _stop(rule: Rule | None, found: Paired) -> str:
    if rule is None:
        return ""
    return f"{as_policy(rule.when, found.new.facts)}; hold: {getattr(rule.then, 'reason', '')}"


def names_before(found: Comparison) -> Iterator[tuple[str, Names]]:
    """By new name of a policy what was called otherwise before, for answers of the past."""
    for pair in found.pairs:
        yield pair.new.name, pair.names
