"""`relance recover`: what the journal knows is written again into a store that was put back."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from dispatcher.ahead import forgotten
from dispatcher.clocks import clock_of
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.journal_past import Damage, Past, Went, read_past
from dispatcher.erasing import erase_again, standing_again
from dispatcher.errors import BadInput, StoreFault, WantsPerson
from dispatcher.home import Home, unwritable
from dispatcher.model.problem import Problem
from dispatcher.model.record import Content
from dispatcher.model.settings import Settings
from dispatcher.ports import Accepted
from dispatcher.posting import presented
from dispatcher.store.ahead import mark_of
from dispatcher.store.connection import Store
from dispatcher.store.rebuilding import Case, Fate, Lost, absent, fate, rebuild
from dispatcher.wiring import alone, opened_store
from dispatcher.writings import Unusable, read_settings


SHORT = 12  # signs of a digest that people type


@dataclass(frozen=True, slots=True, kw_only=True)
class Recovery:
    """What a recovery would do, or has done.

    `needed` is why it is; None: the store has forgotten nothing. `fates` count messages,
    `accepted` those of them that surely left, `unknown` those that may have. `absent` are invoices
    that the store lacks, `damage` lines that nothing was taken from, `gap` tells that the journal
    begins after the store ends, so that nobody knows what left between. `again` are debtors who
    were erased after the copy was made. `digest` names all of it.
    """

    needed: Problem | None
    fates: Mapping[Fate, int]
    accepted: int
    unknown: int
    absent: tuple[str, ...]
    damage: tuple[Damage, ...]
    gap: bool
    digest: str
    again: int = 0
    done: bool = False

    @property
    def nameless(self) -> int:
        """Messages of which too little is known to write them."""
        return self.fates[Fate.NAMELESS]


def recover(home: Home, *, confirm: str = "", person: str = "") -> Recovery:
    """Say what the journal knows and the store does not; with `confirm`, its digest, write it.

    Raises:
        BadInput: the configuration cannot be read, there is no store, or no person is named.
        Busy: a run is at work.
        StoreFault: the store or the journal cannot be read or written.
        WantsPerson: `confirm` is not the digest of what would be done now.
    """
    settings, problems, sources = read_settings(home)
    if settings is None:
        raise Unusable(problems, sources)
    if confirm and not person.strip():
        raise BadInput(Problem(code="event/person", fields={}))
    now = clock_of(settings, "", writes=False).now()
    with alone(home), opened_store(settings, create=False, now=now) as store:
        return _recover(home, settings, store, confirm=confirm, person=person.strip(), now=now)


def _recover(
    home: Home, settings: Settings, store: Store, *, confirm: str, person: str, now: datetime
) -> Recovery:
    past = _past(home)
    lost = tuple(_lost(each, store) for each in past.went)
    found = _looked_at(home, settings, store, past, lost)
    if not confirm or (found.needed is None and not _to_write(found) and not found.again):
        return found
    if not found.digest.startswith(confirm) or len(confirm) < SHORT:
        fields = {"digest": found.digest[:SHORT], "confirmed": confirm}
        raise WantsPerson(Problem(code="recover/other", fields=fields))
    with store.writing() as connection:
        rebuild(
            connection,
            lost,
            last=past.last,
            told=_told(found, past, person),
            now=now,
            day_of=_days(settings),
            presented=presented(settings),
        )
    erase_again(store, home, person=person, now=now)
    _begin_anew(home, store, now)
    return replace(found, done=True)


def _to_write(found: Recovery) -> int:
    return sum(found.fates[what] for what in (Fate.REBUILD, Fate.SETTLE, Fate.NUMBER))


def _past(home: Home) -> Past:
    try:
        # The journal of another machine, or of before the disk failed, may lack its last lines.
        return read_past(home.journal, same_boot=False)
    except OSError as error:
        raise StoreFault(unwritable(home.journal, error)) from error


def _looked_at(
    home: Home, settings: Settings, store: Store, past: Past, lost: tuple[Lost, ...]
) -> Recovery:
    with store.reading() as connection:
        fates = [(fate(connection, each), each) for each in lost]
        rebuilt = [each for what, each in fates if what is Fate.REBUILD]
        missing = absent(connection, rebuilt)
        stands = mark_of(connection, now=datetime.fromtimestamp(0, UTC))
    written = [each for what, each in fates if what in {Fate.REBUILD, Fate.SETTLE}]
    accepted = sum(isinstance(each.outcome, Accepted) for each in written)
    unsettled = [(what, each) for what, each in fates if what is not Fate.KNOWN]
    return Recovery(
        needed=forgotten(home, settings, store),
        fates={what: sum(each is what for each, _ in fates) for what in Fate},
        accepted=accepted,
        unknown=len(written) - accepted,
        absent=missing,
        damage=past.damage,
        gap=past.first is None or (past.first.store == store.id and past.first.seq > stands.seq),
        digest=_digest(store, past, unsettled),
        again=len(standing_again(store)),
    )


def _digest(store: Store, past: Past, fates: Sequence[tuple[Fate, Lost]]) -> str:
    """A name for exactly this: an import between looking and confirming does not change it."""
    said = [
        store.id,
        [] if past.newest is None else [past.newest.store, past.newest.seq, past.newest.hash],
        past.last,
        [[each.file, each.line] for each in past.damage],
        [[what, each.id, each.attempt, _word(each)] for what, each in fates],
    ]
    return sha256(json.dumps(said).encode()).hexdigest()


def _word(lost: Lost) -> str:
    return "" if lost.outcome is None else type(lost.outcome).__name__


def _told(found: Recovery, past: Past, person: str) -> Mapping[str, Content]:
    told: dict[str, Content] = {
        "person": person,
        "digest": found.digest,
        "last": past.last,
        "damaged": len(found.damage),
        "gap": int(found.gap),
        **{what.value: count for what, count in found.fates.items()},
    }
    if past.newest is not None:
        told |= {"journal_seq": past.newest.seq, "journal_hash": past.newest.hash}
    return told


def _begin_anew(home: Home, store: Store, now: datetime) -> None:
    """From here the journal goes on from this store's trail.

    Killed before this, the next recovery finds nothing to write and does it.
    """
    with store.reading() as connection:
        mark = mark_of(connection, now=now)
    try:
        with Journal(home.journal) as journal:
            journal.mark(mark, why="recovered")
    except OSError as error:
        raise StoreFault(unwritable(home.journal, error)) from error


def _days(settings: Settings) -> Callable[[datetime], date]:
    zone = ZoneInfo(settings.timezone)
    return lambda instant: instant.astimezone(zone).date()


def _lost(went: Went, store: Store) -> Lost:
    """A message as its batch told it; a fact of another shape is as good as none."""
    at = datetime.fromtimestamp(went.at / 1000, UTC)
    plain = Lost(
        id=went.id,
        attempt=went.attempt,
        outcome=went.outcome,
        at=at,
        foreign=went.store not in {"", store.id},
    )
    try:
        return _with_facts(plain, went)
    except (KeyError, TypeError, ValueError):
        return plain


def _with_facts(plain: Lost, went: Went) -> Lost:
    what = went.what
    texts = ("token", "debtor", "channel", "policy", "policy_hash", "rule", "template", "tone")
    if not all(isinstance(what[name], str) for name in texts):
        raise TypeError("a text is none")
    return Lost(
        id=plain.id,
        attempt=plain.attempt,
        outcome=plain.outcome,
        at=plain.at,
        foreign=plain.foreign,
        legal_effect=bool(what["legal"]),
        created_at=datetime.fromtimestamp(int(what["created"]) / 1000, UTC),
        main_id=what.get("main"),
        cases=tuple(_case(*each) for each in what["lines"]),
        event=tuple(what.get("event", ())),
        **{name: what[name] for name in texts},
    )


def _case(  # noqa: PLR0917 - in the order of the journal
    number: str, term: int, step: str, choice: str, cycle: int, amount: int, claimed: int
) -> Case:
    return Case(
        number=str(number),
        term=int(term),
        step=str(step),
        choice=str(choice),
        cycle=int(cycle),
        amount=int(amount),
        claimed=bool(claimed),
    )
