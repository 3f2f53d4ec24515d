"""One bad case never stops the others: a portfolio with one of every kind, and a whole run."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.bad_input.bad_homes import lay_good_home, rows, say


#: Cell values that refuse their own row.
REFUSED = (
    {"Solde": "NaN"},
    {"Solde": "1.234,56"},
    {"Solde": ""},
    {"Due": "31/02/2026"},
    {"Due": "46050"},
    {"Due": ""},
    {"Compte": ""},
    {"Facture": ""},
    {"Nature": ""},
    {"Nature": "martian"},
    {"Facture": "F-0800", "Compte": "C800"},
    {"Facture": "F-0800", "Compte": "C801", "Solde": "900,00"},
)

#: Values that are taken as the text they are, and go out as that text.
HOSTILE = (
    "<script>alert(1)</script>",
    "{{ 7*7 }}",
    "{% for i in range(9) %}x{% endfor %}",
    "[click](http://x.example)",
    '=HYPERLINK("http://x.example")',
    "=?utf-8?q?a=0ABcc:_e?=",
    "Du\r\nBcc: e@x.example",
    "Du\u202epont",
    "#set page(width: 1pt)",
)

#: Taken, and without an e-mail that could be used: they go by letter.
BY_LETTER = (
    {"E-mail": "a@x.example, evil@y.example"},
    {"E-mail": "alice@x.example <evil@y.example>"},
    {"E-mail": "hélène@x.example", "Mobile": "0899 10 20 30"},
    {"E-mail": "", "Langue": "klingon", "SIREN": "1"},
)

#: Taken, and their own message cannot be made: set aside, and said.
BROKEN = (
    {"Nom": "x" * 5000},  # its subject is without end
    {"E-mail": "", "Adresse": "北京路 1 号"},  # its letter cannot be set
    {"Langue": "de"},  # nobody has written its words
)

GOOD = 5

#: States of messages that have left: letters are deposited, the rest is sent.
LEFT = ("accepted", "sent")


@pytest.fixture
def spoilt(tmp_path: Path) -> Path:
    """A home with a portfolio in which most cases are bad, each in its own way."""
    good = lay_good_home(tmp_path / "good")
    home = Path(shutil.copytree(good, tmp_path / "home"))
    names = tuple({"Nom": name} for name in HOSTILE)
    rows(*REFUSED, *names, *BY_LETTER, *BROKEN, *({} for _ in range(GOOD - 1)))(home)
    return home


def test_one_bad_case_of_every_kind_stops_nobody_else(spoilt: Path) -> None:
    said = say(spoilt, "run", "en")
    assert said.code == 1, said.text
    refused = int(re.search(r"(\d+) refused", said.text)[1])  # type: ignore[index]  # else it fails
    assert refused == len(REFUSED)
    assert said.text.count("set aside") == len(BROKEN), said.text
    assert sent(spoilt) == {"email": len(HOSTILE) + GOOD, "letter": len(BY_LETTER)}


def sent(home: Path) -> dict[str, int]:
    """How many messages were accepted, by channel."""
    with closing(sqlite3.connect(home / "var/relance.sqlite")) as store:
        query = "SELECT channel, count(*) FROM message WHERE state IN (?, ?) GROUP BY channel"
        return {str(channel): int(count) for channel, count in store.execute(query, LEFT)}
