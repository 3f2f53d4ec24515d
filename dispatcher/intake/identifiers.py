"""Numbers that name a debtor or his account: each distinct value checked once."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final

import polars as pl

from dispatcher.intake.checks import Check
from dispatcher.intake.targets import IDENTIFIERS
from dispatcher.model.identifiers import is_iban, is_siren, is_siret


RIGHT: Final[Mapping[str, Callable[[str], bool]]] = {
    "siren": is_siren,
    "siret": is_siret,
    "iban": is_iban,
}

#: What people put between the figures.
SEPARATORS: Final = "[ .\u00a0\u202f-]"


def with_identifiers(cells: pl.DataFrame) -> pl.DataFrame:
    """The cells with `is.siren`, `is.siret` and `is.iban`, bare; empty where they are wrong."""
    return cells.with_columns(_checked(cells, name).alias(f"is.{name}") for name in IDENTIFIERS)


def identifier_checks(mapped: frozenset[str]) -> Iterator[Check]:
    """A number whose check digits are wrong is left out, with a remark."""
    for name in IDENTIFIERS:
        if name in mapped:
            wrong = (pl.col(f"is.{name}") == "") & (pl.col(name) != "")
            yield Check(code=f"csv/{name}", target=name, bad=wrong)


def _checked(cells: pl.DataFrame, name: str) -> pl.Series:
    if name not in cells.columns:
        return pl.repeat("", cells.height, dtype=pl.String, eager=True)
    bare = cells[name].str.replace_all(SEPARATORS, "").str.to_uppercase()
    wrong = [value for value in bare.unique() if not RIGHT[name](value)]
    return bare.replace(wrong, [""] * len(wrong)) if wrong else bare
