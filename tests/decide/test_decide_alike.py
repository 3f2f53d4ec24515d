"""Groups of rows that nothing tells apart: exactly those that are equal, whatever the values."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.decide import alike as grouping
from dispatcher.decide.alike import alike


NAMES = ("days", "amount", "open", "step")

ROWS = st.lists(
    st.tuples(
        st.none() | st.integers(-2, 2),
        st.none() | st.sampled_from([0, 1, -(2**45), 2**45]),
        st.none() | st.booleans(),
        st.none() | st.sampled_from(["", "none", "reminder"]),
    ),
    max_size=30,
)


def frame(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    kinds = (pl.Int64, pl.Int64, pl.Boolean, pl.String)
    return pl.DataFrame(rows, schema=dict(zip(NAMES, kinds, strict=True)), orient="row")


@pytest.mark.parametrize(
    ("few", "room"),
    [
        pytest.param(0, 2**62, id="in one number"),
        pytest.param(0, 8, id="made dense on the way"),
        pytest.param(30, 8, id="one by one"),
    ],
)
@settings(deadline=None)
@given(rows=ROWS)
def test_rows_are_of_one_group_when_they_are_equal(
    few: int, room: int, rows: list[tuple[object, ...]]
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "ROOM", room)
        patch.setattr(grouping, "FEW", few)
        found = alike(frame(rows), map(pl.col, NAMES))
    groups = found.group.to_list()
    assert len(set(groups)) == len(set(rows))
    assert len(set(zip(groups, rows, strict=True))) == len(set(rows))


@pytest.mark.parametrize("few", [0, 30], ids=["in columns", "one by one"])
@settings(deadline=None)
@given(rows=ROWS)
def test_what_is_told_of_each_group_comes_back_to_its_rows(
    few: int, rows: list[tuple[object, ...]]
) -> None:
    whole = frame(rows)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(grouping, "FEW", few)
        found = alike(whole, map(pl.col, NAMES))
    assert found.back(found.apart(whole)).equals(whole)


@pytest.mark.parametrize("few", [0, 30], ids=["in columns", "one by one"])
def test_rows_of_which_nothing_is_asked_are_all_alike(
    few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(grouping, "FEW", few)
    assert alike(frame([(1, 1, None, "")] * 3), []).group.to_list() == [0, 0, 0]
