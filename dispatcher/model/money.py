"""Amounts: integer minor units inside, `Decimal` at the edges, never a float."""

from dataclasses import dataclass
from decimal import Decimal


MINOR_DIGITS = 2  # EUR and every currency a policy may name today (ISO 4217)


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Money:
    """An amount in minor units (cents) of one currency (ISO 4217 code)."""

    minor: int
    currency: str = "EUR"

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, exact, two places."""
        return to_decimal(self.minor)


def to_decimal(minor: int) -> Decimal:
    """Minor units as an exact decimal amount: 12345 is 123.45."""
    return Decimal(minor).scaleb(-MINOR_DIGITS)


def to_minor(amount: Decimal) -> int:
    """An exact decimal amount as minor units.

    Raises:
        ValueError: more than two places, or not a finite number.
    """
    if not amount.is_finite():
        message = f"not a finite amount: {amount}"
        raise ValueError(message)
    scaled = amount.scaleb(MINOR_DIGITS)
    if scaled != scaled.to_integral_value():
        message = f"more than {MINOR_DIGITS} places: {amount}"
        raise ValueError(message)
    return int(scaled)
