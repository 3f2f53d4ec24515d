"""A French export as operators send it, and the bad inputs that are made from it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from dispatcher.intake.take import Taken, take_in
from dispatcher.model.problem import Place
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.model.vocabulary import Fact, FactType, Owner, Source


TODAY = date(2026, 5, 4)

HEADINGS: Mapping[str, str] = {
    "Client": "debtor",
    "Raison sociale": "debtor_name",
    "Nature": "legal_kind",
    "Profil": "profile",
    "Courriel": "email",
    "Téléphone": "phone",
    "Portable": "mobile",
    "Adresse": "address_1",
    "CP": "postcode",
    "Ville": "city",
    "Pays": "country",
    "Langue": "language",
    "Pièce": "invoice_number",
    "Échéance n°": "term",
    "Montant": "amount",
    "Solde": "amount_due",
    "Émise": "issued",
    "Due": "due",
}

GOOD: Mapping[str, str] = {
    "Client": "C001",
    "Raison sociale": "Menuiserie Éluard",
    "Nature": "business",
    "Profil": "sme",
    "Courriel": "compta@eluard.example.test",
    "Téléphone": "01 42 68 53 00",
    "Portable": "06 12 34 56 78",
    "Adresse": "12 rue des Lilas",
    "CP": "75011",
    "Ville": "Paris",
    "Pays": "FR",
    "Langue": "fr",
    "Pièce": "F-0001",
    "Échéance n°": "1",
    "Montant": "1200,00",
    "Solde": "1200,00",
    "Émise": "01/03/2026",
    "Due": "31/03/2026",
}


def fact(name: str, kind: FactType, of: Owner, **rest: object) -> Fact:
    return Fact(name=name, type=kind, of=of, **rest)  # type: ignore[arg-type] # a shorthand of tests


FACTS: Mapping[str, Fact] = {
    one.name: one
    for one in (
        fact(
            "legal_kind",
            FactType.ENUM,
            Owner.DEBTOR,
            values=("business", "consumer", "public_body", "non_professional"),
        ),
        fact("profile", FactType.ENUM, Owner.DEBTOR, values=("consumer", "micro", "sme")),
        fact("amount_due", FactType.MONEY, Owner.INVOICE, minimum=0, maximum=10_000_000_00),
        fact(
            "insolvency",
            FactType.BOOL,
            Owner.DEBTOR,
            nullable=True,
            default=False,
            has_default=True,
        ),
        fact(
            "invoice_status",
            FactType.ENUM,
            Owner.INVOICE,
            values=("unknown_status", "delivered", "refused"),
            default="unknown_status",
            has_default=True,
        ),
        fact("visits", FactType.INT, Owner.DEBTOR, minimum=0, maximum=99, nullable=True),
        fact("credit_limit", FactType.MONEY, Owner.DEBTOR, minimum=0, nullable=True),
        fact(
            "last_step",
            FactType.STEP,
            Owner.INVOICE,
            source=Source.LEDGER,
            values=("none", "reminder", "second-reminder"),
        ),
        fact("dispute", FactType.BOOL, Owner.INVOICE, source=Source.LEDGER),
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A file to take in: its bytes and how it is declared."""

    content: bytes
    source: SourceSettings


def source(
    columns: Mapping[str, Column] | None = None,
    *,
    kind: SourceKind = SourceKind.OPEN_ITEMS,
    delimiter: str = ";",
    encoding: str = "utf-8",
    decimal: str = ",",
    thousands: str = "",
    dates: str = "DD/MM/YYYY",
) -> SourceSettings:
    place = Place(file="config.yaml", line=12, column=3)
    mapped = {target: Column(heading=heading) for heading, target in HEADINGS.items()}
    return SourceSettings(
        name="export",
        kind=kind,
        file=Path("in/export.csv"),
        delimiter=delimiter,
        encoding=encoding,
        decimal=decimal,
        thousands=thousands,
        dates=dates,
        columns=mapped if columns is None else columns,
        place=place,
    )


def lines(*rows: Mapping[str, str], delimiter: str = ";") -> list[str]:
    """The header and one line per row: the good row with some cells changed."""
    cells = [list({**GOOD, **row}.values()) for row in rows]
    return [delimiter.join(one) for one in (list(GOOD), *cells)]


def text(*rows: Mapping[str, str]) -> bytes:
    return ("\n".join(lines(*rows)) + "\n").encode()


def numbered(cells: Mapping[str, str], number: int) -> dict[str, str]:
    """A row of its own invoice, unless the cells say which."""
    return {"Pièce": f"F-{number:04}", "Client": f"C{number:03}", **cells}


def rows(*changes: Mapping[str, str]) -> File:
    made = [numbered(cells, number) for number, cells in enumerate(changes, start=2)]
    return File(content=text(*made), source=source())


def take(file: File, *, facts: Mapping[str, Fact] = FACTS, today: date = TODAY) -> Taken:
    return take_in(file.source, file.content, facts=facts, today=today, file_date=today)


def _changed(target: str, column: Column | None) -> dict[str, Column]:
    columns = {**source().columns}
    columns.pop(target, None)
    return columns if column is None else {**columns, target: column}


def _mapped(columns: Mapping[str, Column]) -> File:
    return File(content=text({}), source=source(columns))


def _lines(*changed: str) -> File:
    return File(content=("\n".join([*lines({}), *changed]) + "\n").encode(), source=source())


def headed(*targets: str) -> dict[str, Column]:
    return {target: Column(heading=target) for target in targets}


def table(content: str, kind: SourceKind, **extra: Column) -> File:
    """A file whose headings are the targets themselves."""
    columns = {**headed(*content.splitlines()[0].split(";")), **extra}
    return File(content=content.encode(), source=source(columns, kind=kind))


_ROW = lines({"Pièce": "F-0009"})[1]
_CONFIG = Place(file="config.yaml", line=20, column=7)

#: Bad input by the number of the list of reliability.md and a name. XLSX, IBAN, SIREN, templates
#: of a language, stale and replaced files belong to other stages.
BAD: Mapping[str, File] = {
    "45-unclosed-quote": _lines(
        _ROW.replace("Menuiserie", '"Menuiserie').replace("F-0009", "F-0010"), _ROW, _ROW
    ),
    "45-quote-closed-rows-later": _lines(
        _ROW.replace("Menuiserie", '"Menuiserie'), _ROW.replace("Éluard", 'Éluard"')
    ),
    "45-text-after-quote": _lines(_ROW.replace("Menuiserie Éluard", '"Menuiserie" Éluard')),
    "46-ragged": _lines(_ROW + ";", _ROW.removesuffix(";31/03/2026")),
    "47-duplicate-heading": File(
        content=text({}).replace(b"Ville", b"Client"), source=source(_changed("city", None))
    ),
    "48-missing-heading": _mapped(_changed("amount_due", Column(heading="Soldes", place=_CONFIG))),
    "48-unknown-target": _mapped(_changed("emial", Column(heading="Courriel", place=_CONFIG))),
    "48-missing-target": _mapped(_changed("due", None)),
    "48-unmapped-fact": _mapped(_changed("legal_kind", None)),
    "49-wrong-delimiter": File(content=text({}), source=source(delimiter=",")),
    "50-windows-1252": File(content=text({}).decode().encode("cp1252"), source=source()),
    "50-utf-16": File(content=text({}).decode().encode("utf-16"), source=source()),
    "50-utf-8-declared-windows": File(content=text({}), source=source(encoding="cp1252")),
    "50-unknown-encoding": File(content=text({}), source=source(encoding="ansi")),
    "50-mark-and-mixed-newlines": File(
        content=b"\xef\xbb\xbf" + text({}, {"Pièce": "F-0002"}).replace(b"\n", b"\r\n", 2),
        source=source(),
    ),
    "51-nul": File(content=text({"Ville": "Pa\0ris"}), source=source()),
    "52-long-field": File(content=text({"Ville": "x" * 140_000}), source=source()),
    "53-not-amounts": rows(
        *(
            {"Solde": value}
            for value in (
                "",
                "NaN",
                "Infinity",
                "1e999999",
                "1_000",
                "١٢٣",
                "１２",
                "12 EUR",
                "+12",
                "1200,",
                "9" * 20,
            )
        )
    ),
    "54-other-marks": rows(
        *(
            {"Solde": value}
            for value in (
                "1.234,56",
                "1,234.56",
                "1,234",
                "1.234",
                "97.60",
                "1 234,56",
                "1\u202f234,56",
            )
        )
    ),
    "54-bad-grouping": File(
        content=text(
            *(
                numbered({"Solde": value}, number)
                for number, value in enumerate(("12.34,00", "1.2345,00", "0.123,00", "1.234.5"))
            )
        ),
        source=source(thousands="."),
    ),
    "55-negative-zero-three-decimals": rows(
        {"Solde": "-50,00"}, {"Solde": "0,00"}, {"Solde": "12,3456"}, {"Solde": "0,125"}
    ),
    "56-balance-above-amount": rows({"Solde": "1300,00"}, {"Montant": "n/a"}),
    "57-dates": rows(
        *(
            {"Due": value}
            for value in (
                "",
                "31/02/2026",
                "01/02/26",
                "2026-W09-1",
                "46050",
                "1/2/2026",
                "2026-03-31",
                "03/31/2026",
                "00/00/0000",
                "01/02/0026",
            )
        ),
        {"Émise": "30/02/2026"},
    ),
    "58-due-before-issued-and-far": rows(
        {"Due": "01/02/2026"}, {"Due": "31/03/2126"}, {"Émise": "01/06/2026"}
    ),
    "59-same-invoice": rows(
        {"Pièce": "F-1", "Solde": "10,00"},
        {"Pièce": "F-1", "Solde": "20,00"},
        {"Pièce": "F-1", "Échéance n°": "2"},
        {"Pièce": "F-2", "Client": "C900"},
        {"Pièce": "F-2", "Client": "C900"},
    ),
    "60-several-emails": rows({"Courriel": "a@x.fr, evil@y.fr"}, {"Courriel": "a@x.fr evil@y.fr"}),
    "61-email-headers": rows(
        {"Courriel": '"alice@x.fr\r\nBcc: evil@y.fr"'},
        {"Courriel": '"alice@x.fr\nBcc: evil"'},
        {"Courriel": "alice@x.fr <evil@y.fr>"},
        {"Courriel": "Alice <alice@x.fr>"},
        {"Courriel": "alice"},
    ),
    "62-international-email": rows({"Courriel": "élodie@x.fr"}, {"Courriel": "a@crème.fr"}),
    "63-encoded-word": rows({"Raison sociale": "=?utf-8?q?a=0ABcc:_e?="}),
    "64-hidden-characters": rows(
        {"Raison sociale": '"Dupont\r\nBcc: evil@y.fr"'},
        {"Raison sociale": "Dupont\u2028Durand"},
        {"Raison sociale": "\u202edrawde\u202c SARL"},
        {"Raison sociale": "Du\u200bpont"},
        {"Ville": "Pa\x1bris"},
    ),
    "65-formulas": rows(
        {"Raison sociale": "=HYPERLINK(1)"},
        {"Raison sociale": "@SUM(A1)"},
        {"Raison sociale": "-2+3"},
    ),
    "66-markup": rows({"Raison sociale": "<script>x</script>"}, {"Raison sociale": "{{ 7*7 }}"}),
    "67-telephones": rows(
        {"Téléphone": "0899 70 12 34"},
        {"Téléphone": "+32 2 555 12 12"},
        {"Portable": "01 42 68 53 00"},
        {"Portable": "06 12 34 56 78 poste 12"},
        {"Portable": "06 12"},
        {"Téléphone": "06 12 34 56 78", "Portable": ""},
    ),
    "69-addresses": rows(
        {"CP": "1000"}, {"Adresse": "x" * 39}, {"Pays": "Belgique"}, {"Pays": ""}, {"Adresse": ""}
    ),
    "70-languages": rows({"Langue": "fr-CA"}, {"Langue": "français"}, {"Langue": ""}),
    "72-no-rows": File(content=text(), source=source()),
    "72-empty-file": File(content=b"\xef\xbb\xbf \r\n", source=source()),
    "legal-kind-and-profile": rows(
        {"Nature": ""}, {"Nature": "busines"}, {"Profil": ""}, {"Profil": "smee"}
    ),
    "identity": rows({"Client": ""}, {"Pièce": " "}, {"Échéance n°": "0"}, {"Raison sociale": ""}),
    "constant": _mapped(_changed("legal_kind", Column(constant="busines", place=_CONFIG))),
    "formats": File(content=text({}), source=source(dates="JJ/MM", decimal=",", thousands=",")),
    "debtors-differ": rows({"Client": "C"}, {"Client": "C", "Ville": "Lyon"}),
    "amounts-large-and-currency": table(
        "debtor;invoice_number;amount_due;due;currency\n"
        "C1;F1;10000000,01;01/05/2026;EUR\nC1;F2;10;01/05/2026;euro\nC1;F3;10;01/05/2026;\n",
        SourceKind.OPEN_ITEMS,
    ),
    "history": table(
        "debtor;invoice_number;amount_due;due;last_step;last_step_on;last_contact_on\n"
        "C1;F1;10;01/03/2026;secnd-reminder;02/04/2026;\n"
        "C1;F2;10;01/03/2026;reminder;;01/04/2026\n"
        "C1;F3;10;01/03/2026;none;02/04/2026;\n"
        "C1;F4;10;01/03/2026;reminder;2026-04-02;05/05/2026\n",
        SourceKind.OPEN_ITEMS,
    ),
    "identifiers": table(
        "debtor;legal_kind;profile;siren;siret;iban\n"
        "C1;business;sme;732829321;73282932000075;FR7630006000011234567890188\n"
        "C2;business;sme;73282932;732829320;FR76\n",
        SourceKind.DEBTORS,
    ),
    "settled-on": table(
        "debtor;invoice_number;amount_due;due;settled_on\nC1;F1;10;01/05/2026;2026-05-01\n",
        SourceKind.OPEN_ITEMS,
    ),
    "paid-items": table(
        "debtor;invoice_number;due;settled_on;currency\n"
        "C1;F1;01/05/2025;14/05/2025;EUR\n"
        "C1;F2;01/05/2025;;EUR\n"
        "C1;F3;01/05/2025;2025-05-14;EUR\n"
        "C1;F4;01/05/2025;14/05/2029;EUR\n"
        "C1;F5;01/05/2025;14/05/2025;euro\n"
        "C1;F1;01/05/2025;14/05/2025;EUR\n",
        SourceKind.PAID_ITEMS,
    ),
    "credits": table(
        "debtor;invoice_number;amount_due;due\nC1;;-5;\nC1;A;-5;\nC1;A;-6;\n",
        SourceKind.OPEN_ITEMS,
    ),
    "credits-negative": table("debtor;invoice_number;amount_due\nC1;A;-5\n", SourceKind.CREDITS),
    "debtors-again": table(
        "debtor;debtor_name;legal_kind;profile\nC1;Un;business;sme\nC1;Deux;business;sme\n",
        SourceKind.DEBTORS,
    ),
    "many-of-a-kind": rows(*({"Langue": "?"} for _ in range(102))),
}
