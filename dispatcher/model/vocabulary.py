"""The vocabulary: the only names a policy may read, one typed column each."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from dispatcher.model.problem import Place


class FactType(StrEnum):
    """What a fact's values are. `step` and `policy` are enums filled from the active policies."""

    BOOL = "bool"
    ENUM = "enum"
    INT = "int"
    MONEY = "money"
    STEP = "step"
    POLICY = "policy"


class Owner(StrEnum):
    """Whose fact it is: a debtor's fact is the same for all his cases."""

    INVOICE = "invoice"
    DEBTOR = "debtor"


class Source(StrEnum):
    """Who says it: a mapped column, our own book of events, or a computation."""

    COLUMN = "column"
    LEDGER = "ledger"
    DERIVED = "derived"


#: A fact's value: text for enum, step and policy; int for int and money (minor units).
#: None is unknown.
Value = bool | int | str | None


#: Columns that stand beside the facts in the table of cases: no fact may have such a name.
RESERVED = (
    "case_id",
    "number",
    "term",
    "debtor_id",
    "debtor",
    "currency",
    "due",
    "as_of",
    "account",
    "territory",
    "zone",
    "signed_late",
    "recorded",
    "done_on",
    "done_by",
    "placed",
    "keeps",
    "decided_until",
    "prefers",
    "owed",
    "owed_by_debtor",
    "credited",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One column of the facts table.

    `minimum` and `maximum` are inclusive, in minor units for money, in days for day counts.
    `has_default` tells a default of unknown from none; `max_age` is in days.
    """

    name: str
    type: FactType
    of: Owner
    source: Source = Source.COLUMN
    values: tuple[str, ...] = ()
    minimum: int | None = None
    maximum: int | None = None
    nullable: bool = False
    default: Value = None
    has_default: bool = False
    max_age: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None
