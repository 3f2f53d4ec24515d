"""How many messages a claim takes, from what the ones before it took."""

import pytest

from dispatcher.deliver.stride import LARGEST_BATCH, LARGEST_CLAIM, QUICK, Stride


def test_a_claim_begins_with_a_batch_and_doubles_while_it_is_quick() -> None:
    stride, sizes = Stride(LARGEST_BATCH), list[int]()
    for _ in range(7):
        sizes.append(stride.size)
        stride.took(stride.size, 0.1)
    assert sizes == [25, 50, 100, 200, 400, LARGEST_CLAIM, LARGEST_CLAIM]


def test_a_slow_one_halves_it_down_to_a_batch() -> None:
    stride = Stride(10)
    stride.took(10, QUICK)
    stride.took(20, QUICK)
    sizes = [stride.size]
    for _ in range(3):
        stride.took(stride.size, QUICK + 0.1)
        sizes.append(stride.size)
    assert sizes == [40, 20, 10, 10]


def test_one_that_was_not_full_says_nothing() -> None:
    stride = Stride(25)
    stride.took(1, 0.0)  # legal effect goes one by one, whatever the size
    assert stride.size == 25


@pytest.mark.parametrize(("said", "batch"), [(0, 1), (1, 1), (7, 7), (1000, LARGEST_BATCH)])
def test_what_is_on_its_way_at_one_time_has_bounds(said: int, batch: int) -> None:
    assert Stride(said).batch == batch
