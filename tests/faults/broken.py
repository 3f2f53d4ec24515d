"""Our own code, broken on purpose, as somebody might well have written it.

The harness has to find each: `python -m tests.faults.broken FOLDER` prints for every variant the
first death after which something was wrong. Others may hand variants of their own to
`sweep.Ground.broken` and `workers.kill_all`: a function that is called in every fork.
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Final

import dispatcher.deliver.recover
import dispatcher.store.outbox
from dispatcher.deliver.journal import Journal
from dispatcher.ports import Accepted, Claim
from tests.faults.deeds import DEEDS
from tests.faults.forks import begin_again
from tests.faults.judge import Found
from tests.faults.sweep import Ground, begin, deaths


def requeued() -> None:
    """What a dead worker had in hand is simply planned again."""
    setattr(dispatcher.deliver.recover, "verdict", lambda *_, **__: None)  # noqa: B010 - not for its type


def no_journal() -> None:
    """Nothing is noted beside the store, and silence counts as proof."""
    for name in ("going", "gone"):
        setattr(Journal, name, lambda *_: None)


def recorded_before_sent() -> None:
    """The acceptance is noted first, then it is sent."""
    going = Journal.going

    def eager(journal: Journal, claim: Claim) -> None:
        going(journal, claim)
        journal.gone(claim, Accepted(provider_id="p"))

    setattr(Journal, "going", eager)  # noqa: B010 - not for its type


def sent_before_recorded() -> None:
    """Nothing is committed before the answer is there."""
    setattr(dispatcher.store.outbox, "_take", lambda *_, **__: None)  # noqa: B010 - not for its type


#: By name: what is broken, and the deed whose deaths show it.
VARIANTS: Final[Mapping[str, tuple[Callable[[], None], str]]] = {
    "requeued": (requeued, "settle-none"),
    "no-journal": (no_journal, "send-none"),
    "recorded-before-sent": (recorded_before_sent, "send-none"),
    "sent-before-recorded": (sent_before_recorded, "send-none"),
}


def first_finding(ground: Ground, deed: str, *, step: int) -> Mapping[str, object] | None:
    """The first death after which something is wrong; None: the deed came to its end."""
    for death in deaths(ground, DEEDS[deed], step=step):
        found = {name: death[name] for name in Found.__slots__}
        if not Found(**found).is_good:
            return death
    return None


def main(given: list[str]) -> None:
    begin_again("tests.faults.broken", given)
    ground = begin(Path(given[0]))
    for name, (broken, deed) in VARIANTS.items():
        found = first_finding(replace(ground, broken=broken), deed, step=3)
        sys.stdout.write(json.dumps({"variant": name, "found": found}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
