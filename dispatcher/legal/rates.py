"""The shipped rates, read once, and what a home adds to them."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from functools import cache
from importlib.resources import files

from dispatcher.model.rates import HalfYear, Rates
from dispatcher.nodes.node import Map, Scalar
from dispatcher.nodes.read import read_yaml


_FILE = "rates.yaml"


def rates_with(own: Mapping[str, HalfYear]) -> Rates:
    """The shipped rates; a half-year that the home has entered itself is the home's."""
    return {**shipped_rates(), **own} if own else shipped_rates()


@cache
def shipped_rates() -> Rates:
    """The rates of the package, by half-year.

    Raises:
        ValueError: the file is not what its schema asks for.
    """
    text = files("dispatcher.legal").joinpath("fr", _FILE).read_text(encoding="utf-8")
    top, problems = read_yaml(text, file=_FILE)
    if top is None or problems:
        raise ValueError(f"{_FILE}: {problems}")
    return {entry.key: _half_year(entry.key, entry.value) for entry in top}


def _half_year(name: str, node: object) -> HalfYear:
    if not isinstance(node, Map):
        raise ValueError(f"{_FILE}: {name} has no rates")  # noqa: TRY004 - the file is wrong
    said = {entry.key: entry.value.text for entry in node if isinstance(entry.value, Scalar)}
    try:
        ecb, legal = Decimal(said["ecb"]), Decimal(said["legal"])
    except (KeyError, InvalidOperation):
        raise ValueError(f"{_FILE}: {name} needs ecb and legal") from None
    return HalfYear(ecb=ecb, legal=legal, source=said.get("source", ""))
