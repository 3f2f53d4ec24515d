"""A letter's parts and data as the sheet that its layout draws: texts only, nothing to be read."""

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from dispatcher.compose import epc
from dispatcher.compose.contact import Data, Plain
from dispatcher.compose.format import MONTHS, SIGNS
from dispatcher.compose.postal import Envelope, envelope


#: Channels on paper.
LETTERS: Final = frozenset({"letter", "registered_letter"})

MENTION: Final = {"registered_letter": "Lettre recommandée avec avis de réception"}

#: What stands for a character that the fonts of the layout do not have.
INSTEAD: Final = "\ufffd"

#: What they have: Latin, Greek, Cyrillic, Hebrew, Arabic, punctuation, currencies, a few signs.
REPERTOIRE: Final = (
    "\u0020-\u007e\u00a0-\u024f\u02b0-\u02e4\u0300-\u036f\u0384-\u038a\u038c\u038e-\u03a1"
    "\u03a3-\u03ce\u0400-\u0477\u048c-\u04c4\u05d0-\u05ea\u05f0-\u05f4\u0621-\u063a\u0640-\u0652"
    "\u0660-\u0669\u1e00-\u1eff\u2002-\u200a\u2010-\u2027\u202f-\u2037\u2039-\u203a\u2044\u205f"
    "\u2070-\u2071\u2074-\u208e\u20a3-\u20a4\u20a7\u20ac\u20b9\u2116\u2122\u2126\u2153-\u215e"
    "\u2190-\u2193\u2200-\u220d\u2212\u2260\u2264-\u2265\u25a0-\u25a1\ufffd"
)

#: Where a word that is too long for its line may be broken.
_BREAK: Final = "\u200b"
_LONG: Final = re.compile(r"[^\s\u200b]{30}(?=[^\s\u200b])")
_SHORT: Final = 30  # nothing to break in a text of this length

_MISSING: Final = re.compile(f"[^{REPERTOIRE}{_BREAK}]")

_MONEY: Final = re.compile(
    r"(?P<sign>\u2212?)(?P<units>[0-9\u202f]+),(?P<cents>[0-9]{2})\u00a0(?P<of>.+)"
)
_DAY: Final = re.compile(r"(?P<day>[0-9]{1,2})(?:er)?\s(?P<month>\w+)\s(?P<year>[0-9]{4})")
_TOWN: Final = re.compile(r"[0-9]{4,5} (.+?)(?: cedex.*)?", re.IGNORECASE)
_SMALL: Final = re.compile(
    r"(?<=[ -])(Sur|Sous|En|Le|La|Les|De|Du|Des|Aux?|Et|Lès|D'|L')(?=[ -]|(?<=')\w)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What the layout draws, as JSON; whom it goes to; the day that it bears."""

    sheet: str
    envelope: Envelope
    day: date


class Unaddressed(ValueError):
    """The address has letters that cannot be printed; no postman could read it."""


def letter(parts: Mapping[str, str], data: Data, *, channel: str, lang: str) -> Letter:
    """The sheet of one rendered letter.

    Raises:
        Unaddressed: see there.
        ValueError: `data` is not what `contact_data` makes.
    """
    said = _Said(data)
    to = envelope(_printable_address(said.text("to")))
    body, signature = _signed(_flat(json.loads(parts["tree"])[1:]), said)
    sheet = {
        "lang": lang,
        "sender": said.sender(),
        "payee": said.text("creditor.name"),
        "legal": said.legal(),
        "address": to.lines,
        "place": said.place(),
        "date": said.text("today"),
        "subject": parts["subject"],
        "reference": said.text("reference"),
        "mention": MENTION.get(channel, ""),
        "body": body,
        "signature": signature,
        "slip": said.slip(),
    }
    # Nothing of the address is broken: it has its own rule.
    broken = {
        name: value if name == "address" else _breakable(value) for name, value in sheet.items()
    }
    written = json.dumps(broken, ensure_ascii=False)
    return Letter(sheet=_MISSING.sub(INSTEAD, written), envelope=to, day=day_of(said.text("today")))


def _breakable(value: Any) -> Any:  # noqa: ANN401 - any part of a sheet
    """The same with places to break in its longest words; no target of a link, no picture."""
    if isinstance(value, str):
        return value if len(value) <= _SHORT else _LONG.sub(rf"\g<0>{_BREAK}", value)
    if isinstance(value, dict):
        return {name: part if name == "qr" else _breakable(part) for name, part in value.items()}
    if isinstance(value, list):
        kept = 2 if value[:1] == ["link"] else 0
        return [*value[:kept], *map(_breakable, value[kept:])]
    return value


def cents_of(amount: str) -> tuple[int, str]:
    """Minor units and currency of an amount that `format.money` has written.

    Raises:
        ValueError: it is none.
    """
    found = _MONEY.fullmatch(amount)
    if found is None:
        raise ValueError("not an amount")
    minor = int(found["units"].replace("\u202f", "")) * 100 + int(found["cents"])
    codes = {sign: currency for currency, sign in SIGNS.items()}
    return (-minor if found["sign"] else minor), codes.get(found["of"], found["of"])


def day_of(words: str) -> date:
    """The day that `format.long_date` has written.

    Raises:
        ValueError: it is none.
    """
    found = _DAY.fullmatch(words)
    if found is None:
        raise ValueError("not a day in words")
    return date(int(found["year"]), MONTHS.index(found["month"]) + 1, int(found["day"]))


# -- what the data say --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """The values of one contact by path."""

    data: Data

    def text(self, path: str) -> str:
        value: Plain = self.data
        for name in path.split("."):
            value = value.get(name, "") if isinstance(value, dict) else ""
        return value if isinstance(value, str) else ""

    def sender(self) -> list[str]:
        """Name first, then where and how to reach us."""
        street, _, town = self.text("creditor.address").rpartition(", ")
        phone = self.text("creditor.phone")
        lines = [
            self.text("creditor.name"),
            *street.split(", "),
            town,
            f"Tél. {phone}" if phone else "",
            self.text("creditor.email"),
        ]
        return [line for line in lines if line]

    def legal(self) -> list[str]:
        """The foot of each page: who we are, as the law wants it."""
        siren = self.text("creditor.siren")
        identity = [
            self.text("creditor.name"),
            self.text("creditor.legal_form"),
            f"SIREN {siren}" if siren else "",
        ]
        lines = [", ".join(part for part in identity if part), self.text("creditor.address")]
        return [line for line in lines if line]

    def place(self) -> str:
        """The town that we write from, as in a sentence."""
        found = _TOWN.fullmatch(self.text("creditor.address").rpartition(", ")[2])
        town = found[1] if found else ""
        if not town.isupper():
            return town
        return _SMALL.sub(lambda small: small.group().lower(), town.title())

    def first_instalment(self) -> str:
        """What is to be paid first where an agreed plan is confirmed."""
        plan = self.data.get("plan")
        rows = plan.get("instalments") if isinstance(plan, dict) else None
        first = rows[0] if isinstance(rows, list) and rows else None
        return str(first["amount"]) if isinstance(first, dict) else ""

    def answers_dispute(self) -> bool:
        """What is contested is not asked for."""
        return any(self.text(f"dispute.{name}") for name in ("what", "amount", "answer_by"))

    def slip(self) -> dict[str, str] | None:
        """What to pay and where; nothing where nothing is asked for or there is no account."""
        iban = self.text("creditor.iban")
        amount = self.first_instalment() or self.text("asked") or self.text("totals.net")
        if not iban or not amount or not self.data.get("claimed") or self.answers_dispute():
            return None
        cents, currency = cents_of(amount)
        told = epc.transfer(
            name=self.text("creditor.name"),
            iban=iban,
            bic=self.text("creditor.bic"),
            cents=cents if currency == "EUR" else 0,
            reference=self.text("reference"),
        )
        return {
            "amount": amount,
            "payee": self.text("creditor.name"),
            "iban": iban,
            "bic": self.text("creditor.bic"),
            "reference": self.text("reference"),
            "qr": epc.code(told) if told else "",
        }


# -- the body -----------------------------------------------------------------------------------

_SPACES: Final = re.compile(r"[\n\r\t ]+")


def _flat(nodes: list[Any]) -> list[Any]:
    """The nodes without line feeds, their links written out: paper cannot be clicked."""
    return [
        _SPACES.sub(" ", node) if isinstance(node, str) else _written_out(node) for node in nodes
    ]


def _written_out(node: list[Any]) -> list[Any]:
    kind, *rest = node
    if kind != "link":
        return [kind, *_flat(rest)]
    target, words = rest[0], _flat(rest[1:])
    address = target.removeprefix("mailto:").removeprefix("tel:")
    if "".join(word for word in words if isinstance(word, str)) == address:
        return ["link", target, address]
    return ["span", *words, " (", ["link", target, address], ")"]


def _signed(blocks: list[Any], said: _Said) -> tuple[list[Any], list[str]]:
    """The body, and its last paragraph apart where that is the name of who writes."""
    if not blocks or blocks[-1][0] != "p":
        return blocks, []
    lines = _lines(blocks[-1][1:])
    paths = ("creditor.name", "creditor.contact_name", "creditor.signatory")
    names = {said.text(path) for path in paths} - {""}
    if lines and any(line.startswith(tuple(names)) for line in lines) and len(lines) <= 4:  # noqa: PLR2004 - more is no signature
        return blocks[:-1], lines
    return blocks, []


def _lines(nodes: list[Any]) -> list[str]:
    lines = [""]
    for node in nodes:
        if isinstance(node, str):
            lines[-1] += node
        elif node[0] == "br":
            lines.append("")
        else:
            lines[-1] += " ".join(_lines(node[1:]))
    return [line.strip() for line in lines if line.strip()]


def _printable_address(to: str) -> str:
    """The address without the signs that no font has; its letters have to be there.

    Raises:
        Unaddressed: one is not.
    """
    missing = _MISSING.sub("", to.replace("\n", " "))
    lost = [mark for mark in to if mark != "\n" and _MISSING.match(mark)]
    if any(unicodedata.category(mark)[0] in "LN" for mark in lost):
        raise Unaddressed(missing)
    return "\n".join(_MISSING.sub("", line) for line in to.split("\n"))
