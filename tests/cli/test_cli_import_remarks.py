"""Every remark and refusal of an import, as lines and as a table; RELANCE_GOLDEN=write."""

import csv
import os
from pathlib import Path

import pytest

from tests.cli.cli_shell import DAY, Shell, export


GOLDEN = Path(__file__).parent / "golden"

HEAD = (
    "Compte;Raison sociale;Nature;Profil;E-mail;Téléphone;Adresse;CP;Ville;Facture;Date facture;"
    "Échéance;Montant TTC;Solde;Mobile;Interlocuteur;Procédure;Statut facture;Niveau;Date relance"
)


def row(number: int, **cells: str) -> str:
    """A row of a firm of its own that owes a hundred euros; cells by what they are changed to."""
    usual = {
        "debtor": f"C{number}",
        "name": f"Firme {number}",
        "email": f"c{number}@client.example",
        "invoice": f"F{number}",
        "due": "12/11/2026",
        "balance": "100,00",
    }
    own = {**usual, **cells}
    return (
        f"{own['debtor']};{own['name']};Entreprise;PME;{own['email']};;1 rue A;69003;LYON;"
        f"{own['invoice']};13/10/2026;{own['due']};100,00;{own['balance']};;;;;;"
    )


@pytest.fixture
def spoiled(shell: Shell) -> Shell:
    """An export with two addresses that are none, two amounts that are none, a day that is none."""
    rows = [
        row(1),
        row(2, email="nobody"),
        row(3, email="=nobody"),
        row(4, balance="n/c"),
        row(5, balance="n/a"),
        row(6, due="31/02/2026"),
    ]
    export(shell.home, "\n".join([HEAD, *rows, ""]))
    return shell


def test_one_remark_of_a_kind_stands_for_the_others(spoiled: Shell) -> None:
    said = spoiled("import", "--date", DAY)
    assert said.code == 1
    assert "1 taken, 2 taken with a remark, 3 refused" in said.out
    assert said.err.count("csv/email") == 2  # itself, and that there is one more
    assert "... and 1 more remark like it [csv/email]" in said.err


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_every_one_is_listed_where_that_is_asked_for(spoiled: Shell, lang: str) -> None:
    said = spoiled("import", "--date", DAY, "--all", "--lang", lang)
    golden = GOLDEN / f"import-all-{lang}.txt"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        golden.write_text(said.out, encoding="utf-8")
    assert said.out == golden.read_text("utf-8")
    assert (said.code, said.err) == (1, "")


def table(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(("lang", "words"), [("en", "is not an e-mail"), ("fr", "n'est pas une")])
def test_all_of_them_are_a_table_for_a_spreadsheet(spoiled: Shell, lang: str, words: str) -> None:
    said = spoiled("import", "--date", DAY, "--remarks", "list/all.csv", "--lang", lang)
    path = spoiled.home.folder / "list" / "all.csv"
    assert path.stat().st_mode & 0o077 == 0  # it holds what debtors are called
    assert "list/all.csv : 5" in said.err or "list/all.csv: 5" in said.err
    found = table(path)
    asked = ("source", "file", "row", "column", "level", "code", "value")
    assert [tuple(each[name] for name in asked) for each in found] == [
        ("open_items", "open-items.csv", "3", "E-mail", "hint", "csv/email", "nobody"),
        ("open_items", "open-items.csv", "4", "E-mail", "hint", "csv/email", "'=nobody"),
        ("open_items", "open-items.csv", "5", "Solde", "warning", "csv/amount", "n/c"),
        ("open_items", "open-items.csv", "6", "Solde", "warning", "csv/amount", "n/a"),
        ("open_items", "open-items.csv", "7", "Échéance", "warning", "csv/due-day", "31/02/2026"),
    ]
    assert words in found[0]["message"]


def test_a_file_that_cannot_be_used_has_its_reasons_in_the_table_too(shell: Shell) -> None:
    export(shell.home, "Compte;Facture\nC1;F1\n")
    said = shell("import", "--date", DAY, "--remarks", "all.csv")
    assert said.code == 2
    found = table(shell.home.folder / "all.csv")
    assert found
    assert all(each["code"] in said.err for each in found)
