"""Every state of a message is lived: who writes it, who reads it, and how it is left."""

from collections.abc import Mapping
from itertools import chain
from typing import Final

import pytest

from dispatcher.model.message import MAY_HAVE_LEFT, NOTHING_REACHED, UNFINISHED, State
from dispatcher.problems.registry import phrases
from dispatcher.store.interventions import LETS, Deed
from dispatcher.store.outbox_rows import LYING
from dispatcher.store.passage import PENDING, WAYS


S = State

#: Who may take which way. `proof` is a late acceptance, or news of a message that left; `worker`
#: the sending loop and the recovery of a dead one.
WHO: Final[Mapping[str, frozenset[tuple[State, State]]]] = {
    "approval": frozenset({(S.AWAITING, S.PLANNED), (S.AWAITING, S.WITHDRAWN)}),
    "claim": frozenset({(S.PLANNED, S.SENDING), (S.DEFERRED, S.SENDING)}),
    "guard": frozenset(
        {
            *((start, S.WITHDRAWN) for start in PENDING),
            (S.ACCEPTED, S.WITHDRAWN),  # a call that nobody has made yet
        }
    ),
    "time": frozenset((start, S.EXPIRED) for start in (S.AWAITING, S.PLANNED, S.DEFERRED)),
    "worker": frozenset(
        (S.SENDING, to)
        for to in (S.PLANNED, S.ACCEPTED, S.SENT, S.DEFERRED, S.FAILED, S.UNKNOWN, S.QUARANTINED)
    ),
    "person": frozenset(
        {
            *((start, S.HOLD) for start in LETS[Deed.HOLD]),
            *((start, S.PLANNED) for start in LETS[Deed.RELEASE]),
            (S.HOLD, S.AWAITING),
            *((start, S.WITHDRAWN) for start in LETS[Deed.WITHDRAW]),
        }
    ),
    "caller": frozenset({(S.ACCEPTED, S.SENT), (S.ACCEPTED, S.FAILED)}),
    "journal": frozenset({(S.UNKNOWN, S.FAILED)}),  # of a store that was put back
    "resolution": frozenset((S.UNKNOWN, to) for to in (S.ACCEPTED, S.SENT, S.DEFERRED)),
    "news": frozenset(
        {
            (S.ACCEPTED, S.SENT),
            (S.ACCEPTED, S.DELIVERED),
            (S.ACCEPTED, S.BOUNCED),
            (S.SENT, S.DELIVERED),
            (S.SENT, S.BOUNCED),
            (S.DELIVERED, S.BOUNCED),
        }
    ),
    "proof": frozenset(
        {
            *((start, to) for start in UNFINISHED - {S.SENDING} for to in (S.ACCEPTED, S.SENT)),
            *(
                (start, to)
                for start in NOTHING_REACHED - {S.BOUNCED}
                for to in (S.ACCEPTED, S.SENT)
            ),
        }
    ),
    # What was sent once more on a guess never ends as if nothing had left (`store.doubt`).
    "doubt": frozenset({*((start, S.UNKNOWN) for start in PENDING), (S.SENDING, S.UNKNOWN)}),
}


def test_every_way_has_somebody_who_takes_it_and_nobody_takes_another() -> None:
    taken = set(chain.from_iterable(WHO.values()))
    ways = {(start, to) for start, goals in WAYS.items() for to in goals}
    assert (ways - taken, taken - ways) == (set(), set())


@pytest.mark.parametrize("state", State)
def test_every_state_is_entered_and_is_left_or_is_an_end(state: State) -> None:
    frozen_as = {S.PLANNED, S.AWAITING}
    entered = {to for way in WHO.values() for _, to in way} | frozen_as
    assert state in entered
    assert WAYS[state] or state is S.BOUNCED


@pytest.mark.parametrize("state", State)
def test_every_state_is_read(state: State) -> None:
    """What is not at its end lies in the outbox for people to see; the rest counts or is free."""
    lies = state in LYING
    assert lies is (state in UNFINISHED)
    assert lies or state in MAY_HAVE_LEFT | NOTHING_REACHED
    assert f"history/state/{state}" in phrases()
    assert not lies or f"outbox/next/{state}" in phrases()


def test_what_may_have_left_is_never_withdrawn_held_or_let_go() -> None:
    for deed in Deed:
        assert not LETS[deed] & MAY_HAVE_LEFT
        for start in LETS[deed]:
            assert WAYS[start] & {S.HOLD, S.PLANNED, S.AWAITING, S.WITHDRAWN}


def test_keys_fall_only_by_proof_that_nothing_reached_anyone() -> None:
    """From what may have left, only a refusal, a return or a call never made ends without it."""
    ended = {
        (start, to) for start in MAY_HAVE_LEFT - {S.BOUNCED} for to in WAYS[start] & NOTHING_REACHED
    }
    assert ended == {
        (S.SENDING, S.FAILED),
        (S.UNKNOWN, S.FAILED),
        (S.ACCEPTED, S.FAILED),
        (S.ACCEPTED, S.WITHDRAWN),
        (S.ACCEPTED, S.BOUNCED),
        (S.SENT, S.BOUNCED),
        (S.DELIVERED, S.BOUNCED),
    }
