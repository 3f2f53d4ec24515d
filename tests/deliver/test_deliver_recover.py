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

CASES: dict[str, tuple[Trace | None, bool, DeliveryClass, type | None]] = {
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
    "in no batch, same boot": (None, True, "none", None),
    "in no batch, another boot": (None, False, "none", None),
    "in no batch, another boot, may be asked": (None, False, "lookup", None),
}


@pytest.mark.parametrize(("trace", "same", "kind", "want"), CASES.values(), ids=CASES)
def test_what_is_known_of_a_dead_workers_attempt(
    trace: Trace | None, same: bool, kind: DeliveryClass, want: type | None
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


def test_after_a_power_cut_only_what_stands_in_a_batch_may_have_left(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    outbox = MemoryOutbox(claim(number) for number in range(1, 7))
    abandoned(outbox, "dead", "before", *range(1, 7))
    written(path, {1: ACCEPTED}, 2)
    written(path, {3: None}, 4)
    recovered = settle(outbox, path)
    left = {1: "sent", 2: "unknown", 3: "unknown", 4: "unknown"}
    assert outbox.states() == {**left, 5: "planned", 6: "planned"}
    assert recovered.counts == {"accepted": 1, "unknown": 3, "planned": 2}
    assert [outbox.messages[number].claim.deaths for number in (5, 6)] == [0, 0]


SPOILT = b'{"batch":[[\0\0\0\0\n'


@pytest.mark.parametrize(
    ("content", "state"),
    [
        pytest.param(b"", "unknown", id="a new file"),
        pytest.param(SPOILT, "unknown", id="nothing but a spoilt line"),
        pytest.param(b'{"batch":[[9,1]]}\n', "planned", id="whole"),
        pytest.param(b'{"mark":{},"why":"moved"}\n', "planned", id="older lines moved away"),
        pytest.param(b'{"batch":[[9,1]]}\n{"go', "planned", id="cut off after the last batch"),
        pytest.param(b'{"batch":[[9,1]]}\n' + SPOILT, "planned", id="spoilt after it"),
        pytest.param(SPOILT + b'{"batch":[[9,1]]}\n', "unknown", id="spoilt before it"),
    ],
)
def test_after_a_power_cut_a_journal_is_believed_only_where_it_is_whole(
    tmp_path: Path, content: bytes, state: str
) -> None:
    path = tmp_path / "journal"
    path.write_bytes(content)
    outbox = MemoryOutbox([claim(1)])
    abandoned(outbox, "dead", "before", 1)
    settle(outbox, path)
    assert outbox.states() == {1: state}


def test_spoilt_lines_are_moved_away_so_that_they_cast_no_doubt_on_the_next_claim(
    tmp_path: Path,
) -> None:
    path = tmp_path / "journal"
    path.write_bytes(SPOILT)
    settle(MemoryOutbox([]), path)
    assert path.read_bytes() == b""


def test_whole_lines_stay_until_there_are_many(tmp_path: Path) -> None:
    path = tmp_path / "journal"
    written(path, {1: ACCEPTED}, 2)
    before = path.read_bytes()
    settle(MemoryOutbox([]), path)
    assert path.read_bytes() == before


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
