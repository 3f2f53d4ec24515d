"""Many rules at once, as columns: the value of each fact names the rules that it leaves standing.

Every fact is cut into atoms, within which all rules say the same; a condition becomes boxes (one
set of atoms per fact), a box one bit. A table gives each atom the bits of the boxes that it may
still be in. Where all facts agree on a bit, the box holds the case; the lowest such bit is the
first rule. The cost grows with facts and with a 64th of the rules.

Facts with few atoms share one table, over all combinations of their atoms.
"""

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from math import gcd, prod
from operator import add, and_
from typing import Final

import polars as pl

from dispatcher.model.vocabulary import Fact, FactType
from dispatcher.policy.boxes import Box, facts_of, meet
from dispatcher.policy.terms import (
    All,
    Between,
    Condition,
    Either,
    Known,
    Lacks,
    Leaf,
    Named,
    NoneOf,
    OneOf,
)


WORD: Final = 64  # bits of a column
ROUND: Final = 4  # words looked at together; more would only cost memory
SLICE: Final = 1_000_000  # cases looked at together: bounded memory
MOST_BOXES_PER_RULE: Final = 4  # beyond it comparisons one by one cost less
MOST_ROWS: Final = 1 << 14  # of a table that several facts share: it should stay in the cache
MOST_CELLS: Final = 1 << 20  # of such a table, over all its words
MOST_SLOTS: Final = 1 << 16  # of a table that replaces the search for a number's atom

NUMERIC: Final = frozenset({FactType.INT, FactType.MONEY})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fires:
    """What the first rule that fires is: its index, and whether it fires on unknown only.

    Both are columns; the index is Int32 and null where no rule fires.
    """

    index: pl.Expr
    on_unknown: pl.Expr


def first_of(
    conditions: Sequence[Condition], facts: Mapping[str, Fact], *, stops: bool
) -> Fires | None:
    """The first rule that fires, or None where the rules are not fit for tables.

    A stop fires on true or unknown, any other rule on true only.
    """
    read = sorted(facts_of(conditions))
    if not read:
        return None
    shapes = tuple(_Shape.of(facts[name]) for name in read)
    tables = _tables(tuple(conditions), shapes, stops)
    if tables is None:
        return None
    box = pl.map_batches([pl.col(name) for name in read], tables.boxes, return_dtype=pl.Int32)
    return Fires(
        index=pl.lit(tables.rules).gather(box),
        on_unknown=pl.lit(tables.on_unknown).gather(box).fill_null(value=False),
    )


# -- atoms --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Shape:
    """What of a fact decides its atoms: its name, whether it counts, its words."""

    name: str
    numeric: bool
    values: tuple[bool | str, ...]

    @classmethod
    def of(cls, fact: Fact) -> "_Shape":
        words = (False, True) if fact.type is FactType.BOOL else fact.values
        return cls(fact.name, fact.type in NUMERIC, () if fact.type in NUMERIC else words)


@dataclass(frozen=True, slots=True)
class _Axis:
    """The atoms of a fact: of a number, the intervals that begin at `cuts`; the last: unknown."""

    shape: _Shape
    cuts: tuple[int, ...]

    @property
    def size(self) -> int:
        known = len(self.cuts) + 1 if self.shape.numeric else len(self.shape.values)
        return known + 1

    @property
    def unknown(self) -> int:
        return 1 << (self.size - 1)

    def holds(self, leaf: Leaf) -> int:
        """The known atoms in which the comparison is true, as bits."""
        match leaf:
            case Known():
                return self.unknown - 1
            case Lacks():
                return 0
            case Between(at_least=low, at_most=high):
                return self._range(low, high)
            case OneOf(values=values):
                return reduce(lambda found, value: found | self._equal(value), values, 0)
            case NoneOf(values=values):
                among = reduce(lambda found, value: found | self._equal(value), values, 0)
                return (self.unknown - 1) & ~among

    def _range(self, low: int | None, high: int | None) -> int:
        first = 0 if low is None else bisect_left(self.cuts, low) + 1
        end = self.size - 1 if high is None else bisect_left(self.cuts, high + 1) + 1
        return ((1 << end) - 1) & ~((1 << first) - 1) if first < end else 0

    def _equal(self, value: object) -> int:
        if self.shape.numeric:
            return self._range(value, value) if isinstance(value, int) else 0
        words = [type(word) is type(value) and word == value for word in self.shape.values]
        return sum(1 << bit for bit, same in enumerate(words) if same)

    def place(self, stride: int, *, nulls: bool) -> pl.Expr:
        """The atom of each value times the stride (UInt32)."""
        column = pl.col(self.shape.name)
        if not self.shape.numeric:
            physical = column if self.shape.values == (False, True) else column.to_physical()
            known = physical.cast(pl.UInt32) * stride
            return known.fill_null((self.size - 1) * stride) if nulls else known
        if not nulls:
            return self._interval(column, stride)
        # Filled before the arithmetic, which is several times slower with nulls in it.
        low = (self.cuts[0] if self.cuts else 0) - 1  # lies in atom 0
        known = self._interval(column.fill_null(low), stride)
        return known + column.is_null().cast(pl.UInt32) * ((self.size - 1) * stride)

    def _interval(self, column: pl.Expr, stride: int) -> pl.Expr:
        if not self.cuts:
            return (column * 0).cast(pl.UInt32)
        first, last = self.cuts[0], self.cuts[-1]
        step = gcd(*(cut - first for cut in self.cuts)) or 1
        slots = (last - first) // step + 2
        if slots > MOST_SLOTS:
            found = pl.lit(pl.Series(self.cuts)).search_sorted(column, side="right")
            return found.cast(pl.UInt32) * stride
        atoms = self._atom_of_slots(slots, step, stride)
        below = column.clip(first - step, last) - (first - step)
        return pl.lit(atoms).gather(below if step == 1 else below // step)

    def _atom_of_slots(self, slots: int, step: int, stride: int) -> pl.Series:
        begins = set(self.cuts)
        atoms, atom = [0], 0
        for slot in range(slots - 1):
            atom += self.cuts[0] + slot * step in begins
            atoms.append(atom * stride)
        return pl.Series(atoms, dtype=pl.UInt32)


def _axes(conditions: Sequence[Condition], shapes: Sequence[_Shape]) -> dict[str, _Axis]:
    cuts: dict[str, set[int]] = {shape.name: set() for shape in shapes}
    for condition in conditions:
        for leaf in _leaves(condition):
            cuts[leaf.fact] |= _cuts(leaf)
    return {
        shape.name: _Axis(shape, tuple(sorted(cuts[shape.name])) if shape.numeric else ())
        for shape in shapes
    }


def _cuts(leaf: Leaf) -> set[int]:
    """Where another interval begins."""
    match leaf:
        case Between(at_least=low, at_most=high):
            return {cut for cut in (low, None if high is None else high + 1) if cut is not None}
        case OneOf(values=values) | NoneOf(values=values):
            numbers = [value for value in values if isinstance(value, int)]
            return {cut for number in numbers for cut in (int(number), number + 1)}
        case _:
            return set()


def _leaves(condition: Condition) -> Iterator[Leaf]:
    match condition:
        case All(parts=parts) | Either(parts=parts):
            for part in parts:
                yield from _leaves(part)
        case Named(condition=named):
            yield from _leaves(named)
        case _:
            yield condition


# -- boxes --------------------------------------------------------------------------------------


class _TooManyBoxes(Exception):
    """Tables would cost more than they save."""


def _boxes(
    condition: Condition, axes: Mapping[str, _Axis], most: int, *, unknown: bool
) -> list[Box]:
    """The cases for which the condition is true (or, with `unknown`, not false), as a union."""
    match condition:
        case All(parts=parts):
            found: list[Box] = [{}]
            for part in parts:
                union = _boxes(part, axes, most, unknown=unknown)
                both = (meet(one, other) for one in found for other in union)
                found = _few([box for box in both if box is not None], most)
            return found
        case Either(parts=parts):
            unions = [_boxes(part, axes, most, unknown=unknown) for part in parts]
            return _few([box for union in unions for box in union], most)
        case Named(condition=named):
            return _boxes(named, axes, most, unknown=unknown)
        case _:
            return _leaf_boxes(condition, axes[condition.fact], unknown=unknown)


def _leaf_boxes(leaf: Leaf, axis: _Axis, *, unknown: bool) -> list[Box]:
    mask = axis.holds(leaf)
    if isinstance(leaf, Lacks) or (unknown and not isinstance(leaf, Known)):
        mask |= axis.unknown
    return [{leaf.fact: mask}] if mask else []


def _few(boxes: list[Box], most: int) -> list[Box]:
    if len(boxes) > most:
        raise _TooManyBoxes
    return boxes


# -- tables -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Group:
    """One table over the combinations of some facts' atoms: a column of 64 boxes per word."""

    axes: tuple[tuple[_Axis, int], ...]  # with the stride of each
    words: tuple[pl.Series, ...]

    def place(self, cases: pl.DataFrame) -> pl.Expr:
        """The row of the table for each case."""
        counts = {axis.shape.name: cases[axis.shape.name].null_count() for axis, _ in self.axes}
        return reduce(
            add, [axis.place(by, nulls=counts[axis.shape.name] > 0) for axis, by in self.axes]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Tables:
    """The rules as tables. `rules` and `on_unknown` say of each box whose it is."""

    names: tuple[str, ...]
    groups: tuple[_Group, ...]
    rules: pl.Series
    on_unknown: pl.Series

    def boxes(self, columns: Sequence[pl.Series]) -> pl.Series:
        """The first box that holds each case (Int32), null where none does."""
        cases = pl.DataFrame(columns)
        places = [group.place(cases) for group in self.groups]
        slices = [cases.slice(start, SLICE) for start in range(0, max(cases.height, 1), SLICE)]
        return pl.concat(pl.collect_all([self._box(part, places) for part in slices]))["box"]

    def _box(self, cases: pl.DataFrame, places: Sequence[pl.Expr]) -> pl.LazyFrame:
        names = [f"place {number}" for number in range(len(places))]
        placed = [place.alias(name) for place, name in zip(places, names, strict=True)]
        standing = cases.lazy().select(*placed, box=pl.lit(None, dtype=pl.Int32))
        words = len(self.groups[0].words)
        for first in range(0, words, ROUND):
            turn = range(first, min(first + ROUND, words))
            common = {f"word {word}": self._common(names, word) for word in turn}
            found = pl.coalesce("box", *(_lowest(word) for word in turn))
            standing = standing.with_columns(**common).select(*names, box=found)
        return standing.select("box")

    def _common(self, places: Sequence[str], word: int) -> pl.Expr:
        pairs = zip(places, self.groups, strict=True)
        return reduce(and_, [pl.lit(group.words[word]).gather(place) for place, group in pairs])


def _lowest(word: int) -> pl.Expr:
    bits = pl.col(f"word {word}")
    lowest = bits.bitwise_trailing_zeros().cast(pl.Int32) + word * WORD
    return pl.when(bits != 0).then(lowest)


@lru_cache(maxsize=64)
def _tables(
    conditions: tuple[Condition, ...], shapes: tuple[_Shape, ...], stops: bool
) -> _Tables | None:
    axes = _axes(conditions, shapes)
    most = MOST_BOXES_PER_RULE * len(conditions)
    try:
        found = [
            (box, index, on_unknown)
            for index, condition in enumerate(conditions)
            # What is certainly true comes first, so the first box tells the two apart.
            for on_unknown in ((False, True) if stops else (False,))
            for box in _boxes(condition, axes, most, unknown=on_unknown)
        ]
        _few([box for box, _, _ in found], most)
    except _TooManyBoxes:
        return None
    boxes = [box for box, _, _ in found]
    words = max(1, -(-len(boxes) // WORD))
    standing = {name: _standing(name, axis, boxes, words) for name, axis in axes.items()}
    return _Tables(
        names=tuple(axes),
        groups=tuple(
            _group([(axes[name], standing[name]) for name in names])
            for names in _grouped(axes, min(MOST_ROWS, MOST_CELLS // words))
        ),
        rules=pl.Series([index for _, index, _ in found], dtype=pl.Int32),
        on_unknown=pl.Series([unknown for _, _, unknown in found], dtype=pl.Boolean),
    )


def _standing(name: str, axis: _Axis, boxes: Sequence[Box], words: int) -> pl.DataFrame:
    """A row per atom of the fact, a column per word: the boxes that the atom leaves standing."""
    alike: dict[int, int] = {}
    for place, box in enumerate(boxes):
        mask = box.get(name, -1)
        alike[mask] = alike.get(mask, 0) | 1 << place
    bits = [
        reduce(
            lambda one, other: one | other, [b for mask, b in alike.items() if mask >> atom & 1], 0
        )
        for atom in range(axis.size)
    ]
    low = (1 << WORD) - 1
    return pl.DataFrame(
        {
            str(word): pl.Series([each >> word * WORD & low for each in bits], dtype=pl.UInt64)
            for word in range(words)
        }
    )


def _grouped(axes: Mapping[str, _Axis], most: int) -> list[list[str]]:
    """The facts shared out over as few tables as their combinations allow."""
    groups: list[list[str]] = []
    for name in sorted(axes, key=lambda name: -axes[name].size):
        room = (g for g in groups if prod(axes[n].size for n in [*g, name]) <= most)
        group = next(room, None)
        if group is None:
            groups.append([name])
        else:
            group.append(name)
    return groups


def _group(members: Sequence[tuple[_Axis, pl.DataFrame]]) -> _Group:
    strides = [prod(axis.size for axis, _ in members[:n]) for n in range(len(members))]
    combination = pl.int_range(prod(axis.size for axis, _ in members), eager=True)
    atoms = [
        combination // stride % axis.size
        for (axis, _), stride in zip(members, strides, strict=True)
    ]
    parts = [
        each.select(pl.all().gather(atom)) for (_, each), atom in zip(members, atoms, strict=True)
    ]
    return _Group(
        axes=tuple((axis, stride) for (axis, _), stride in zip(members, strides, strict=True)),
        words=tuple(reduce(and_, [part[word] for part in parts]) for word in parts[0].columns),
    )
