"""Where a store's trail stood when something was noted outside of the store."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """The head of a trail: the store's id, number and hash (hex) of the last record, `at` (ms).

    `last` is the highest id of a message that the store had given out, 0 where that is not said.
    """

    store: str
    seq: int
    hash: str
    at: int
    last: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """The head after a claim, and the public names of what is claimed, by the store's own ids.

    `debtors` are references, `cases` invoice numbers and terms; `events` are source, reference,
    kind, day, until, amount, invoice number and term of what is answered.
    """

    mark: Mark
    debtors: Mapping[int, str] = field(default_factory=dict)
    cases: Mapping[int, tuple[str, int]] = field(default_factory=dict)
    events: Mapping[int, tuple[str | int | None, ...]] = field(default_factory=dict)
