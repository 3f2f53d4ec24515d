from collections.abc import Mapping
from pathlib import Path

import pytest

from dispatcher.deliver.journal import Journal, Trace
from dispatcher.deliver.recover import Recovered, recover, verdict
from dispatcher.ports import Accepted, DeliveryClass, Outcome, Rejected, Unknown
from tests.deliver.doubles import FixedClock, MemoryOutbox, claim


ACCEPTED = Accepted(provider_id="q")
GONE = Trace(going=True, outcome=ACCEPTED)
GOING = Trace(going=True)
SILENT = Trace()

CASES: dict[str, tuple[Trace, bool, DeliveryClass, type | None]] = {
    "gone, same boot": (GONE, True, "none", Accepted),
    "gone, another boot": (GONE, False, "none", Accepted),
    "gone, idempotent": (GONE, True, "idempotent", Accepted),
    "going alone, same boot": (GOING, True, "none", Unknown),
    "going alone, another boot": (GOING, False, "none", Unknown),
    "going alone, may be asked": (GOING, True, "lookup", Unknown),
    "going alone, idempotent": (GOING, True, "idempotent", None),
    "silent, same boot": (SILENT, True, "none", None),
    "silent, another boot": (SILENT, False, "none", Unknown),
    "silent, another boot, idempotent": (SILENT, False, "idempotent", None),
}


@pytest.mark.parametrize(("trace", "same", "kind", "want"), CASES.values(), ids=CASES)
def test_what_is_known_of_a_dead_workers_attempt(
    trace: Trace, same: bool, kind: DeliveryClass, want: type | None
) -> None:
    found = verdict(trace, same_boot=same, delivery_class=kind)
    assert found is None if want is None else isinstance(found, want)


def abandoned(outbox: MemoryOutbox, owner: str, boot: str, *numbers: int) -> None:
    for number in numbers:
        stored = outbox.messages[number]
        stored.state, stored.owner, stored.boot = "sending", owner, boot


def settle(
    outbox: MemoryOutbox,
    journal: Path,
    *,
    living: str = "",
    classes: Mapping[str, DeliveryClass] | None = None,
) -> Recovered:
    with Journal(journal) as opened:
        return recover(
            outbox=outbox,
            journal=opened,
            is_alive=lambda token: token == living,
            boot="now",
            classes=classes or {"email": "none", "call": "idempotent"},
            clock=FixedClock(),
            draw=lambda: 0.5,
        )


def written(path: Path, going: Mapping[int, Outcome | None], silent: int) -> None:
    with Journal(path) as journal:
        journal.open_batch([claim(number) for number in [*going, silent]])
        for number, outcome in going.items():
            journal.going(claim(number))
            if outcome is not None:
                journal.gone(claim(number), outcome)


def test_a_dead_workers_batch_is_settled_by_the_journal(tmp_path: Path) -> None:
    outbox = MemoryOutbox(claim(number) for number in (1, 2, 3))
    abandoned(outbox, "dead", "now", 1, 2, 3)
    written(tmp_path / "journal", {1: ACCEPTED, 2: None}, 3)
    recovered = settle(outbox, tmp_path / "journal")
    assert outbox.states() == {1: "sent", 2: "unknown", 3: "planned"}
    assert recovered.counts == {"accepted": 1, "unknown": 1, "planned": 1}
    assert recovered.total == 3


def test_a_living_owner_is_left_alone_even_if_paused(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1), claim(2)])
    abandoned(outbox, "paused", "now", 1)
    abandoned(outbox, "dead", "now", 2)
    assert settle(outbox, tmp_path / "journal", living="paused").total == 1
    assert outbox.states() == {1: "sending", 2: "planned"}


def test_after_a_new_start_of_the_machine_silence_proves_nothing(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1), claim(2, channel="call")])
    abandoned(outbox, "dead", "before", 1, 2)
    settle(outbox, tmp_path / "journal")
    assert outbox.states() == {1: "unknown", 2: "planned"}


def test_a_channel_that_is_gone_counts_as_the_strictest(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1, channel="fax")])
    abandoned(outbox, "dead", "before", 1)
    settle(outbox, tmp_path / "journal")
    assert outbox.states() == {1: "unknown"}


def test_the_lines_of_an_earlier_attempt_do_not_count(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1, attempt=2)])
    abandoned(outbox, "dead", "now", 1)
    written(tmp_path / "journal", {1: None}, 9)  # of attempt 1
    settle(outbox, tmp_path / "journal")
    assert outbox.states() == {1: "planned"}


def test_a_refused_configuration_is_put_back_as_the_loop_does(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1)])
    abandoned(outbox, "dead", "now", 1)
    refused = Rejected(code="smtp/535", evidence="535 no", scope="configuration")
    written(tmp_path / "journal", {1: refused}, 9)
    settle(outbox, tmp_path / "journal")
    assert outbox.states() == {1: "planned"}
    assert outbox.messages[1].evidence["code"] == "smtp/535"


def test_recovering_twice_changes_nothing_more(tmp_path: Path) -> None:
    outbox = MemoryOutbox([claim(1)])
    abandoned(outbox, "dead", "now", 1)
    written(tmp_path / "journal", {1: None}, 9)
    settle(outbox, tmp_path / "journal")
    assert settle(outbox, tmp_path / "journal").total == 0
    assert outbox.states() == {1: "unknown"}
