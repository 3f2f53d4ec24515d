"""The section `sources:`: which files come in, and where each column goes."""

import codecs
import re
from collections.abc import Mapping
from pathlib import Path

from dispatcher.config.forms import (
    NOTHING,
    SCALARS,
    Form,
    Keys,
    flag,
    named,
    one_of,
    part,
    read_keys,
    text,
)
from dispatcher.config.section import Section
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.node import Map, Node, Scalar
from dispatcher.nodes.schema import spelled


DELIMITERS = (";", ",", "\t", "|")
_TAB = ("tab", "\\t")  # how a tab is written where nobody sees one

_DATES = re.compile(r"(DD|MM|YYYY|YY)([^A-Za-z0-9]?)(DD|MM|YYYY|YY)\2(DD|MM|YYYY|YY)")


def _delimiter(section: Section, key: str) -> str:
    written = section.text(key)
    return "\t" if written in _TAB else _DELIMITER.read(section, key)


def _encoding(section: Section, key: str, value: str) -> str:
    try:
        return codecs.lookup(value).name
    except LookupError:
        section.value(key, value, "utf-8, windows-1252, iso-8859-15, ...")
        return "utf-8"


def _thousands(_section: Section, _key: str, value: str) -> str:
    return "" if value == NOTHING else value


def _dates(section: Section, key: str, value: str) -> str:
    found = _DATES.fullmatch(value)
    if found is not None and len({found[1][0], found[3][0], found[4][0]}) == len("DMY"):
        return value
    section.value(key, value, "DD/MM/YYYY, YYYY-MM-DD, ...")
    return "DD/MM/YYYY"


def _columns(section: Section, key: str) -> Mapping[str, Column]:
    columns = part(section, key, required=True)
    if columns is None:
        return {}
    return {entry.key: _column(columns, entry.key, entry.value) for entry in columns.map}


def _column(columns: Section, target: str, node: Node) -> Column:
    if isinstance(node, Scalar):
        return Column(heading=node.text, place=node.place)
    if not isinstance(node, Map):
        columns.report("config/not-column", node.place, key=target)
        return Column(place=node.place)
    inside = columns.below(node, f"columns.{target}")
    said = read_keys(inside, COLUMN_KEYS)
    if "constant" not in node.entries:
        inside.node("column", required=True)
    return Column(**said, place=node.place)


def _translations(section: Section, key: str) -> Mapping[str, str]:
    values = part(section, key)
    if values is None:
        return {}
    return {entry.key: values.text(entry.key) or "" for entry in values.map}


_DELIMITER = one_of(DELIMITERS, ";")

COLUMN_KEYS: Keys = (
    Key(
        name="column",
        form=text(),
        field="heading",
        en="The heading in the file.",
        fr="Le titre dans le fichier.",
    ),
    Key(
        name="constant",
        form=Form(read=Section.text, schema=SCALARS),
        en="The same value for every row, instead of a column.",
        fr="La même valeur pour chaque ligne, au lieu d'une colonne.",
    ),
    Key(
        name="values",
        form=Form(read=_translations, schema={"type": "object", "additionalProperties": SCALARS}),
        en="What stands in the file, and what it means here: {Oui: yes}.",
        fr="Ce qui est écrit dans le fichier, et ce que cela veut dire ici : {Oui: yes}.",
    ),
)
SOURCE_KEYS: Keys = (
    Key(
        name="kind",
        form=one_of(SourceKind, SourceKind.OPEN_ITEMS),
        default="open_items",
        en="What one row is: a debtor, an open item, a credit, or an invoice paid in the past.",
        fr="Ce qu'est une ligne : un débiteur, un poste ouvert, un avoir ou une facture payée.",
    ),
    Key(
        name="file",
        form=text(required=True),
        required=True,
        en="The file, relative to the home.",
        fr="Le fichier, par rapport à la maison.",
    ),
    Key(
        name="optional",
        form=flag(),
        default="no",
        en="yes: the file may be missing, and then nothing of it comes in; only of paid_items.",
        fr="yes : le fichier peut manquer, rien n'en est alors pris ; paid_items seulement.",
    ),
    Key(
        name="delimiter",
        form=Form(read=_delimiter, schema={"enum": [*DELIMITERS, *_TAB]}),
        default=";",
        en="The sign between columns; tab for a tab.",
        fr="Le signe entre les colonnes ; tab pour une tabulation.",
    ),
    Key(
        name="encoding",
        form=text("utf-8", check=_encoding),
        default="utf-8",
        en="The encoding: utf-8, windows-1252.",
        fr="L'encodage : utf-8, windows-1252.",
    ),
    Key(
        name="decimal",
        form=one_of((",", "."), ","),
        default=",",
        en="The decimal sign of amounts.",
        fr="Le signe décimal des montants.",
    ),
    Key(
        name="thousands",
        form=text(check=_thousands),
        default="none",
        en="The sign between thousands, or none.",
        fr="Le signe entre les milliers, ou none.",
    ),
    Key(
        name="dates",
        form=text(
            "DD/MM/YYYY",
            check=_dates,
            schema=spelled(
                r"(DD|MM|YYYY|YY)[^A-Za-z0-9]?(DD|MM|YYYY|YY)[^A-Za-z0-9]?(DD|MM|YYYY|YY)",
                examples=("DD/MM/YYYY", "YYYY-MM-DD"),
            ),
        ),
        default="DD/MM/YYYY",
        en="How dates are written.",
        fr="Comment les dates sont écrites.",
    ),
    Key(
        name="columns",
        form=Form(
            read=_columns,
            schema={
                "type": "object",
                "additionalProperties": {"anyOf": [SCALARS, schema_of(COLUMN_KEYS)]},
            },
        ),
        required=True,
        en="What it is for relance, and the heading in the file, or {constant: ...}.",
        fr="Ce que c'est pour relance, et le titre dans le fichier, ou {constant: ...}.",
    ),
)


def sources_form(home: Path) -> Form[tuple[SourceSettings, ...]]:
    """Every source in order of writing; files are taken relative to `home`."""

    def read_one(name: str, section: Section) -> SourceSettings:
        said = read_keys(section, SOURCE_KEYS)
        kind, file = SourceKind(said.pop("kind")), home / said.pop("file")
        if said["optional"] and kind is not SourceKind.PAID_ITEMS:
            # Without today's file nobody would see that the book is stale: paid debts are claimed.
            section.value("optional", "yes", "no")
        return SourceSettings(name=name, kind=kind, file=file, **said, place=section.map.place)

    whole = named(read_one, schema_of(SOURCE_KEYS))
    return Form(
        read=lambda section, key: tuple(whole.read(section, key).values()), schema=whole.schema
    )
