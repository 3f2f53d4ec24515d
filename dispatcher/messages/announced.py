"""What the messages of a plan may announce: the next step of each contact's own ladder."""

from bisect import bisect_right
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

import polars as pl

from dispatcher.decide import calendars
from dispatcher.decide.following import Done, edges_of_next, facts_of_next, following, waits
from dispatcher.messages.accounts import BY_POST
from dispatcher.model.following import NOT_KNOWN, Following
from dispatcher.model.plan import PlannedContact
from dispatcher.model.vocabulary import Value
from dispatcher.policy.terms import Contact, Policy, Rulebook


#: The names under which templates find it; who prints none of them need not know.
NAMES: Final = frozenset({"next", "waits"})

_SIGNED_LATE, _TERRITORY = "signed_late", "territory"
_REACHED: Final = dict.fromkeys(("has_email", "has_mobile", "has_phone", "has_address"), True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """What follows each contact of a plan, by the facts of the case that leads it.

    `post` are the business days until a letter is there, `place` the creditor's territory. Alike
    cases of one step are told once.
    """

    rulebook: Rulebook
    legal: Collection[str]
    today: date
    post: int
    place: str
    rows: Mapping[int, Mapping[str, Value]]
    told: dict[tuple[object, ...], Following] = field(default_factory=dict)
    edges: dict[tuple[str, str], Mapping[str, tuple[int, ...]]] = field(default_factory=dict)

    def __call__(self, contact: PlannedContact) -> Following:
        policy = self.rulebook.policies.get(contact.policy)
        if policy is None:
            return NOT_KNOWN
        if not contact.step:  # an answer to an event: no step of the ladder
            return Following(waits=waits(policy))
        row = self.rows.get(contact.leader, {})
        by_post = contact.channel in BY_POST
        key = (contact.policy, contact.step, by_post, *self._alike(policy, contact.step, row))
        if key not in self.told:
            self.told[key] = self._following(policy, contact.step, row, by_post=by_post)
        return self.told[key]

    def _alike(self, policy: Policy, step: str, row: Mapping[str, Value]) -> Iterator[object]:
        """All that the next step can tell two cases apart by: of an amount, its range."""
        edges = self.edges.get((policy.name, step))
        if edges is None:
            edges = self.edges[policy.name, step] = edges_of_next(policy, step)
        for name, value in row.items():
            if isinstance(value, bool) or not isinstance(value, int) or name == _SIGNED_LATE:
                yield value
            else:
                yield bisect_right(edges.get(name, ()), value)

    def _following(
        self, policy: Policy, step: str, row: Mapping[str, Value], *, by_post: bool
    ) -> Following:
        late, place = row.get(_SIGNED_LATE), row.get(_TERRITORY)
        done = Done(
            step=step,
            on=calendars.add_business_days(self.today, self.post if by_post else 0, self.place),
            contact_on=self.today,
            due=self.today - timedelta(days=late) if isinstance(late, int) else None,
        )
        return following(
            policy, done, row, legal=self.legal, place=str(place) if place else self.place
        )


def announced(
    contacts: Sequence[PlannedContact],
    facts: pl.DataFrame,
    rulebook: Rulebook,
    *,
    legal: Collection[str],
    today: date,
    post: int,
    place: str,
) -> Announced:
    """What follows these contacts; `facts` holds the cases that lead them."""
    steps = {(contact.policy, contact.step) for contact in contacts if contact.step}
    read = {_SIGNED_LATE, _TERRITORY}.union(
        *(facts_of_next(rulebook.policies[p], step) for p, step in steps if p in rulebook.policies)
    )
    leaders = pl.Series([contact.leader for contact in contacts], dtype=pl.Int64).unique()
    names = sorted(read & set(facts.columns))
    mine = facts.filter(pl.col("case_id").is_in(leaders.implode())).select("case_id", *names)
    return Announced(
        rulebook=rulebook,
        legal=legal,
        today=today,
        post=post,
        place=place,
        rows={case: dict(zip(names, row, strict=True)) for case, *row in mine.iter_rows()},
    )


def as_used(
    template: str, rulebook: Rulebook | None, legal: Collection[str], today: date
) -> Following:
    """What follows a template where the first active policy uses it, for a look at its words."""
    for policy, step in _uses(template, rulebook.active if rulebook else ()):
        done = Done(step=step, on=today, contact_on=today)
        return following(policy, done, _REACHED, legal=legal)
    return NOT_KNOWN


def _uses(template: str, policies: Iterable[Policy]) -> Iterable[tuple[Policy, str]]:
    for policy in policies:
        for step in policy.steps:
            thens = [choice.then for choice in step.choose]
            if any(isinstance(then, Contact) and then.template == template for then in thens):
                yield policy, step.id
