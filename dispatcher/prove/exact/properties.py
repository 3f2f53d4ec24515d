"""Promises about every possible case and every merged contact: proved, refuted, or left open.

Facts, rule and step are those of the case that is claimed; channel, template, tone and offer those
of the contact, which another case of the debtor may lead. Not looked at, since no fact says it:
work in hand, credits, decisions of people on a hand-over, answers to events, opt-outs, channels
that are closed or down, the channel a debtor asked for, limits that make a contact wait, and the
leader's rule that all due cases of a debtor get whom no channel reaches.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from dispatcher.model.vocabulary import Value
from dispatcher.policy.interpret import Case, truth
from dispatcher.policy.promises import Claim, Invariant
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.prove.exact.diagram import MOST_WORK, NO, YES, OverBudget
from dispatcher.prove.exact.merged import Carried, Led, Merging, conditions
from dispatcher.prove.exact.outcomes import OUTSIDE
from dispatcher.prove.exact.reach import channel_of
from dispatcher.prove.exact.sampling import sampled
from dispatcher.prove.exact.says import Says, by_contact, fits, said
from dispatcher.prove.exact.table import Table, analyse
from dispatcher.prove.exact.witness import telling


@dataclass(frozen=True, slots=True, kw_only=True)
class Proved:
    """It holds for every possible case and every contact after merging."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refuted:
    """It is broken by this case, alone, or taken along by the contact that `leader` leads.

    `action`, `rule` and `channel` are what the case answers: rule its own, channel its contact's
    (empty: no contact). `case` and `leader` hold the facts that matter; all others have their
    default, or are unknown. `early`: the case's own step is not due today, but will be within the
    policy's `gather` days. `after`: it answers so only while another case of the debtor goes by
    this entry of the hand-over, which stands before its own.
    """

    case: Mapping[str, Value]
    action: str
    rule: str
    channel: str = ""
    leader: Mapping[str, Value] | None = None
    leader_rule: str = ""
    early: bool = False
    after: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unproved:
    """Nothing is claimed: so many sampled cases kept it, which proves nothing.

    `why` is `too-large`, or `until`: it asks for a day, which no single case has.
    """

    sampled: int
    why: str = "too-large"


Proof = Proved | Refuted | Unproved

ASKS_FOR_A_DAY: Final = "until"


def prove(
    invariant: Invariant,
    policy: Policy,
    rulebook: Rulebook,
    *,
    legal: frozenset[str] = frozenset(),
    most: int = MOST_WORK,
) -> Proof:
    """Whether the policy keeps the promise, for all cases and contacts that can be.

    `legal` names the templates with legal effect: such contacts carry no other step. Without it
    merging is thought wider than it is, so a promise may be refuted that is kept; what is proved
    holds either way. Above `most` steps of work it is sampled, and nothing is claimed.
    """
    return prove_all([invariant], policy, rulebook, legal=legal, most=most)[0]


def prove_all(
    invariants: Sequence[Invariant],
    policy: Policy,
    rulebook: Rulebook,
    *,
    legal: frozenset[str] = frozenset(),
    most: int = MOST_WORK,
) -> tuple[Proof, ...]:
    """What `prove` says of each, faster than one by one."""
    claims = [claim for invariant in invariants for claim in _claims(invariant)]
    also = [*(claim.facts for claim in claims), *conditions(policy, rulebook)]
    try:
        table = analyse(policy, rulebook, also=also, most=most)
        merging = Merging(table=table, legal=legal)
        return tuple(_proof(invariant, merging) for invariant in invariants)
    except OverBudget:
        return tuple(_sampled(invariant, policy, rulebook) for invariant in invariants)


def _proof(invariant: Invariant, merging: Merging) -> Proof:
    if _asks_for_a_day(invariant):
        return Unproved(sampled=0, why=ASKS_FOR_A_DAY)
    promise = _Promise(invariant=invariant, merging=merging)
    return promise.broken_alone() or promise.broken_merged() or Proved()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    """An invariant over the table of a policy."""

    invariant: Invariant
    merging: Merging
    known: dict[tuple[bool, ...], int] = field(default_factory=dict)

    @property
    def _table(self) -> Table:
        return self.merging.table

    def broken_alone(self) -> Refuted | None:
        """A case that breaks it, decided by itself, or beside one that is handed over first."""
        for node, says, after in self._answers():
            case = self._case(node)
            if case is not None:
                return replace(_refuted(case, says), after=after)
        return None

    def _answers(self) -> Iterator[tuple[int, Says, str]]:
        """By answer the cases that get it and break the promise."""
        diagrams = self._table.diagrams
        for answer in self.merging.answers:
            contact = answer.outcome.contact
            for channel in ("",) if contact is None else (*contact.channels, ""):
                says = said(answer.outcome, channel)
                bad = self._bad(says)
                if bad != NO:
                    reach = YES if contact is None else self.merging.reach(contact)[channel]
                    yield diagrams.all([answer.node, reach, bad]), says, answer.after

    def broken_merged(self) -> Refuted | None:
        """Two cases of a debtor whose one contact breaks it for the one that is taken along."""
        diagrams = self._table.diagrams
        groups = self._alike()
        for carried in self.merging.carried:
            for leaders in groups.values():
                diagrams.spend(1)
                says = _taken(leaders[0], carried)
                bad = diagrams.both(carried.node, self._bad(says))
                for leader in leaders if bad != NO else ():
                    found = self._pair(leader, carried, bad)
                    if found is not None:
                        return found
        return None

    def _alike(self) -> dict[tuple[str, ...], list[Led]]:
        """The leaders by what of their contacts is asked."""
        claims = [claim.expect for claim in _claims(self.invariant)]
        asked = [name for name in _OF_CONTACT if any(getattr(each, name) for each in claims)]
        groups: dict[tuple[str, ...], list[Led]] = {}
        for leader in self.merging.leaders:
            key = tuple(_OF_CONTACT[name](leader) for name in asked)
            groups.setdefault(key, []).append(leader)
        return groups

    def _pair(self, leader: Led, carried: Carried, bad: int) -> Refuted | None:
        node = self.merging.taken(leader, carried, bad)
        found = None if node == NO else self.merging.two(leader, carried, node)
        if found is None:
            return None
        broken = _refuted(found[1], _taken(leader, carried))
        rule, early = leader.outcome.rule, carried.early
        return replace(broken, leader=found[0], leader_rule=rule, early=early)

    def _case(self, node: int) -> Mapping[str, Value] | None:
        return telling(self._table.diagrams, node)

    def _bad(self, says: Says) -> int:
        """The cases that break the promise if they answer so."""
        claims = (self.invariant.when, self.invariant.never, self.invariant.always)
        fit = tuple(claim is not None and fits(claim.expect, says) for claim in claims)
        found = self.known.get(fit)
        if found is None:
            found = self.known[fit] = self._bad_where(*fit)
        return found

    def _bad_where(self, when: bool, never: bool, always: bool) -> int:
        """The same by whether the answer is what each claim asks."""
        diagrams, invariant = self._table.diagrams, self.invariant
        nodes = [diagrams.of(invariant.when.facts) if when else NO]
        if invariant.never is not None:
            nodes.append(diagrams.of(invariant.never.facts) if never else NO)
        if invariant.always is not None:
            kept = diagrams.of(invariant.always.facts) if always else NO
            nodes.append(diagrams.negative(kept))
        return diagrams.all(nodes)


#: Words of an expectation that are the contact's, by what a leader's contact says.
_OF_CONTACT: Final[Mapping[str, Callable[[Led], str]]] = {
    "channels": lambda leader: leader.channel,
    "templates": lambda leader: leader.contact.template,
    "tones": lambda leader: leader.contact.tone,
    "offers": lambda leader: leader.contact.offer,
}


def _taken(leader: Led, carried: Carried) -> Says:
    """What a carried case answers: its own rule, by the leader's contact."""
    return by_contact(said(carried.outcome), leader.contact, leader.channel)


def _refuted(case: Mapping[str, Value], says: Says) -> Refuted:
    return Refuted(case=case, action=says.action, rule=says.rule, channel=says.channel)


def _claims(invariant: Invariant) -> tuple[Claim, ...]:
    claims = (invariant.when, invariant.never, invariant.always)
    return tuple(claim for claim in claims if claim is not None)


def _asks_for_a_day(invariant: Invariant) -> bool:
    return any(claim.expect.until is not None for claim in _claims(invariant))


def broken(invariant: Invariant, case: Case, says: Says) -> bool:
    """Whether a case that answers so breaks the promise, read naively."""

    def true(claim: Claim) -> bool:
        return fits(claim.expect, says) and truth(claim.facts, case) is True

    if not true(invariant.when):
        return False
    never, always = invariant.never, invariant.always
    return (never is not None and true(never)) or (always is not None and not true(always))


def _sampled(invariant: Invariant, policy: Policy, rulebook: Rulebook) -> Proof:
    """A sample of single cases, through the compiled function; it can refute and never prove."""
    claims = [claim.facts for claim in _claims(invariant)]
    tried = 0
    for case, outcome in sampled(policy, rulebook, also=claims):
        tried += 1
        channel = ""
        if outcome.contact is not None:
            channel = channel_of(outcome.contact, case, frozenset(rulebook.facts))
        says = said(outcome, channel)
        if outcome.layer not in OUTSIDE and broken(invariant, case, says):
            return _refuted(case, says)
    return Unproved(sampled=tried)
