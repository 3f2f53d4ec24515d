"""Bad files of cases, rows 45 to 73 of the table of bad inputs."""

import os
from datetime import UTC, datetime
from pathlib import Path

from tests.bad_input.bad_homes import EXPORT, GOOD_ROW, Bad, Spoil, edit, rows, table, write


CONFIG = "config.yaml"


def lines(*extra: str) -> Spoil:
    """The good export with these lines after it, as they stand."""
    return write(EXPORT, table() + "".join(f"{line}\n" for line in extra))


def heading(before: str, after: str) -> Spoil:
    """The good export with another heading."""
    header, _, rest = table().partition("\n")
    assert header.count(before) == 1
    return write(EXPORT, f"{header.replace(before, after)}\n{rest}")


def dated(day: str) -> Spoil:
    """The good export, written on another day."""

    def spoil(home: Path) -> None:
        written = datetime.fromisoformat(f"{day}T06:00:00").replace(tzinfo=UTC).timestamp()
        os.utime(home / EXPORT, (written, written))

    return spoil


def gone(home: Path) -> None:
    """No export at all."""
    (home / EXPORT).unlink()


def folder(home: Path) -> None:
    """A folder where the export should be."""
    (home / EXPORT).unlink()
    (home / EXPORT).mkdir()


def each(column: str, *values: str) -> Spoil:
    """A row per value of that column."""
    return rows(*({column: value} for value in values))


def amounts(*values: str) -> Spoil:
    """A row per balance; the invoiced amount is good."""
    return each("Solde", *values)


_GOOD = ";".join(GOOD_ROW.values())

CASE_ROWS = (
    Bad(
        row=45,
        what="quote never closed",
        spoil=lines(f'{_GOOD};"x'.replace(";12 rue", ';"12 rue')),
        codes=["csv/open-quote"],
        exit=2,
        command="import",
    ),
    Bad(
        row=46,
        what="row with a field too many",
        spoil=lines(_GOOD + ";x"),
        codes=["csv/ragged"],
        exit=2,
        command="import",
    ),
    Bad(
        row=47,
        what="heading twice",
        spoil=heading("Mobile", "E-mail"),
        codes=["csv/duplicate-heading"],
        exit=2,
        command="import",
    ),
    Bad(
        row=48,
        what="heading of another name",
        spoil=heading("Solde", "Reste"),
        codes=["csv/missing-heading"],
        exit=2,
        command="import",
    ),
    Bad(
        row=48,
        what="target that does not exist",
        spoil=edit(CONFIG, "      siren: SIREN", "      sirene: SIREN"),
        codes=["csv/unknown-target"],
        exit=2,
        command="import",
    ),
    Bad(
        row=48,
        what="nothing says what is due",
        spoil=edit(CONFIG, "      amount_due: Solde\n", ""),
        codes=["csv/missing-target"],
        exit=2,
        command="import",
    ),
    Bad(
        row=49,
        what="other delimiter",
        spoil=write(EXPORT, table().replace(",", ".").replace(";", ",")),
        codes=["csv/delimiter"],
        exit=2,
        command="import",
    ),
    Bad(
        row=50,
        what="Windows-1252",
        spoil=write(EXPORT, table().encode("cp1252")),
        codes=["csv/encoding"],
        exit=2,
        command="import",
    ),
    Bad(
        row=50,
        what="byte order mark and mixed ends of lines",
        spoil=write(EXPORT, b"\xef\xbb\xbf" + table({}).replace("\n", "\r\n", 1).encode()),
        exit=0,
        command="import",
    ),
    Bad(
        row=51,
        what="NUL byte",
        spoil=write(EXPORT, table().replace("PARIS", "PA\0RIS")),
        codes=["csv/nul"],
        exit=2,
        command="import",
    ),
    Bad(
        row=52,
        what="field without end",
        spoil=rows({"Nom": "x" * 200_000}),
        codes=["csv/long-field"],
        exit=2,
        command="import",
    ),
    Bad(
        row=53,
        what="not amounts",
        spoil=amounts("NaN", "Infinity", "1e999999", "1_000", "١٢٣", "１２", "douze", "9" * 30),
        codes=["csv/amount"],
        command="import",
    ),
    Bad(
        row=54,
        what="amounts with other signs",
        spoil=amounts("1.234,56", "1,234.56", "1,234", "1 234,56"),
        codes=["csv/amount-form"],
        command="import",
    ),
    Bad(
        row=55,
        what="negative, nothing, three decimals",
        spoil=amounts("-50,00", "0,00", "12,345", ""),
        codes=["csv/amount-form", "csv/no-amount"],
        command="import",
    ),
    Bad(
        row=56,
        what="more due than invoiced",
        spoil=amounts("1300,00"),
        codes=["csv/balance-above-amount"],
        exit=0,
        command="import",
    ),
    Bad(
        row=57,
        what="days that do not exist",
        spoil=each("Due", "31/02/2026", "01/02/26", "2026-W09-1", "46050", "2026-10-31", ""),
        codes=["csv/due", "csv/due-day", "csv/due-serial", "csv/no-due"],
        command="import",
    ),
    Bad(
        row=58,
        what="due before it was issued, due in a century",
        spoil=each("Due", "30/09/2026", "31/10/2126"),
        codes=["csv/due-before-issued", "csv/due-far"],
        exit=0,
        command="import",
    ),
    Bad(
        row=59,
        what="same invoice with two amounts",
        spoil=rows(
            {"Facture": "F-0009"}, {"Facture": "F-0009", "Compte": "C002", "Solde": "900,00"}
        ),
        codes=["csv/conflict"],
        command="import",
    ),
    Bad(
        row=60,
        what="two e-mail addresses",
        spoil=each("E-mail", "a@x.example, evil@y.example", "a@x.example;b@x.example"),
        codes=["csv/email-several"],
        exit=0,
        command="import",
    ),
    Bad(
        row=61,
        what="e-mail that is a header",
        spoil=each(
            "E-mail",
            "a@x.example\r\nBcc: b@y.example",
            "alice@x.example <evil@y.example>",
            "a@@x.example",
        ),
        codes=["csv/email", "csv/email-several"],
        exit=0,
        command="import",
    ),
    Bad(
        row=62,
        what="international e-mail",
        spoil=each("E-mail", "hélène@x.example", "a@château.example"),
        codes=["csv/email-international"],
        exit=0,
        command="import",
    ),
    Bad(
        row=63,
        what="name that is an encoded header",
        spoil=each("Nom", "=?utf-8?q?a=0ABcc:_e?="),
        codes=["csv/encoded-word"],
        exit=0,
        command="import",
    ),
    Bad(
        row=64,
        what="name with what nobody sees",
        spoil=each("Nom", "Du\r\npont", "Du\u2028pont", "Du\u202epont", "Du\u200bpont"),
        codes=["csv/hidden"],
        exit=0,
        command="import",
    ),
    Bad(
        row=65,
        what="name that a spreadsheet computes",
        spoil=each("Nom", '=HYPERLINK("http://x.example")', "@SUM(A1)", "-2+3", "+1"),
        exit=0,
        command="import",
    ),
    Bad(
        row=66,
        what="name with markup",
        spoil=each("Nom", "<script>alert(1)</script>", "{{ 7*7 }}", "[click](http://x.example)"),
        exit=0,
        command="import",
    ),
    Bad(
        row=67,
        what="not mobiles",
        spoil=each(
            "Mobile",
            "0899 10 20 30",
            "01 42 68 53 00",
            "06 12 34 56 78 poste 12",
            "06 12",
            "+44 7911 123456",
        ),
        codes=["csv/phone", "csv/phone-premium", "csv/not-mobile"],
        exit=0,
        command="import",
    ),
    Bad(
        row=68,
        what="wrong check digits",
        spoil=rows({"SIREN": "732829321"}, {"IBAN": "FR7630006000011234567890180"}),
        codes=["csv/siren", "csv/iban"],
        exit=0,
        command="import",
    ),
    Bad(
        row=69,
        what="addresses",
        spoil=rows(
            {"CP": "7501"},
            {"Adresse": "12 bis rue de la très longue avenue des Lilas"},
            {"Pays": "France"},
            {"Pays": ""},
        ),
        codes=["csv/postcode", "csv/long-line", "csv/country", "csv/phone"],
        exit=0,
        command="import",
    ),
    Bad(
        row=70,
        what="language without words",
        spoil=each("Langue", "fr-CA", "de", "klingon"),
        codes=["csv/language", "run/language"],
        exit=0,
        command="import",
    ),
    Bad(
        row=71,
        what="file of last week",
        spoil=dated("2026-11-17"),
        codes=["run/stale"],
        exit=3,
        command="import",
    ),
    Bad(
        row=71,
        what="file of last week and a whole run",
        spoil=dated("2026-11-17"),
        codes=["run/stale"],
        exit=3,
        command="run",
    ),
    Bad(
        row=72,
        what="empty file",
        spoil=write(EXPORT, ""),
        codes=["csv/empty-file"],
        exit=2,
        command="import",
    ),
    Bad(
        row=72,
        what="no rows",
        spoil=write(EXPORT, ";".join(GOOD_ROW) + "\n"),
        codes=["csv/no-rows"],
        exit=2,
        command="import",
    ),
    Bad(row=73, what="no file", spoil=gone, codes=["home/no-file"], exit=2, command="import"),
    Bad(
        row=73,
        what="folder instead of a file",
        spoil=folder,
        codes=["home/is-folder"],
        exit=2,
        command="import",
    ),
)
