"""The section `sources:`: which files come in, and where each column goes."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from dispatcher.config.form import NOTHING, Form
from dispatcher.model.problem import Place
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.nodes.node import Map, Node, Scalar


KEYS = ("kind", "file", "delimiter", "encoding", "decimal", "thousands", "dates", "columns")

DELIMITERS = (";", ",", "\t", "|")

_DATES = re.compile(r"(DD|MM|YYYY|YY)([^A-Za-z0-9]?)(DD|MM|YYYY|YY)\2(DD|MM|YYYY|YY)")


def read_sources(form: Form, home: Path) -> tuple[SourceSettings, ...]:
    """Every source in order of writing."""
    return tuple(_source(name, part, home) for name, part in form.parts("sources"))


def _source(name: str, part: Form, home: Path) -> SourceSettings:
    part.only(KEYS)
    return SourceSettings(
        name=name,
        kind=SourceKind(part.one_of("kind", tuple(SourceKind), SourceKind.OPEN_ITEMS)),
        file=home / part.text("file", None),
        delimiter=_delimiter(part),
        encoding=_encoding(part),
        decimal=part.one_of("decimal", (",", "."), ","),
        thousands=_thousands(part),
        dates=_dates(part),
        columns=_columns(part),
        place=part.map.place,
    )


def _delimiter(part: Form) -> str:
    text = part.text("delimiter", ";")
    if text in {"tab", "\\t"}:
        return "\t"
    return part.one_of("delimiter", DELIMITERS, ";")


def _encoding(part: Form) -> str:
    name = part.text("encoding", "utf-8")
    try:
        return codecs.lookup(name).name
    except LookupError:
        part.report(
            "config/value",
            part.place("encoding"),
            key="encoding",
            value=name,
            allowed="utf-8, windows-1252, iso-8859-15, ...",
        )
        return "utf-8"


def _thousands(part: Form) -> str:
    text = part.text("thousands", NOTHING)
    return "" if text == NOTHING else text


def _dates(part: Form) -> str:
    text = part.text("dates", "DD/MM/YYYY")
    found = _DATES.fullmatch(text)
    if found is not None and len({found[1][0], found[3][0], found[4][0]}) == len("DMY"):
        return text
    part.report(
        "config/value",
        part.place("dates"),
        key="dates",
        value=text,
        allowed="DD/MM/YYYY, YYYY-MM-DD, ...",
    )
    return "DD/MM/YYYY"


def _columns(part: Form) -> dict[str, Column]:
    columns = part.part("columns", required=True)
    if columns is None:
        return {}
    return {entry.key: _column(columns, entry.key, entry.value) for entry in columns.map}


def _column(columns: Form, target: str, node: Node) -> Column:
    if isinstance(node, Scalar):
        return Column(heading=node.text, place=node.place)
    if isinstance(node, Map):
        part = Form(map=node, section=f"columns.{target}", problems=columns.problems)
        return _long_column(part, node.place)
    columns.report("config/not-column", node.place, key=target)
    return Column(place=node.place)


def _long_column(part: Form, place: Place) -> Column:
    part.only(("column", "constant", "values"))
    constant = part.map.get("constant")
    return Column(
        heading=part.text("column", "" if constant is not None else None),
        constant=constant.text if isinstance(constant, Scalar) else None,
        values=_translations(part),
        place=place,
    )


def _translations(part: Form) -> Mapping[str, str]:
    values = part.part("values")
    if values is None:
        return {}
    return {entry.key: values.text(entry.key) for entry in values.map}
