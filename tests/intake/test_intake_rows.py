"""What becomes of rows: taken, credits, settled, future, debtors from open items, facts."""

import csv
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest

from dispatcher.intake.account import summary
from dispatcher.intake.take import Status, take_in
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.model.tables import TAKEN
from tests.intake.intake_cases import FACTS, TODAY, File, rows, source, table, take, text


IBM = Path(__file__).parents[2] / "../shared/data/ibm-late-payments.csv"


def test_a_good_row_becomes_a_debtor_and_an_invoice() -> None:
    taken = take(rows({}))
    debtor = taken.frames["debtors"].drop("digest").row(0, named=True)
    invoice = taken.frames["invoices"].drop("digest").row(0, named=True)
    assert debtor == {
        "reference": "C002",
        "name": "Menuiserie Éluard",
        "legal_kind": "business",
        "profile": "sme",
        "email": "compta@eluard.example.test",
        "phone": "+33142685300",
        "mobile": "+33612345678",
        "address": "12 rue des Lilas",
        "postcode": "75011",
        "city": "Paris",
        "country": "FR",
        "language": "fr",
        "contact_name": "",
        "account_manager": "",
        "siren": "",
        "siret": "",
        "iban": "",
        "extra": "{}",
        "as_of": TODAY,
        "source": "export",
        "row": 2,
    }
    assert invoice == {
        "number": "F-0002",
        "term": 1,
        "debtor": "C002",
        "currency": "EUR",
        "amount": 120_000,
        "balance": 120_000,
        "issued": date(2026, 3, 1),
        "due": date(2026, 3, 31),
        "extra": "{}",
        "as_of": TODAY,
        "source": "export",
        "row": 2,
    }


@pytest.mark.parametrize("name", TAKEN)
def test_frames_have_the_agreed_columns_even_when_empty(name: str) -> None:
    for file in (rows({}, {"Solde": "-1,00"}), rows({"Solde": "0,00"})):
        schema = take(file).frames[name].schema
        assert {n: str(t) for n, t in schema.items()} == TAKEN[name]


def test_an_export_without_any_item_is_refused_before_it_closes_every_case() -> None:
    taken = take(File(content=text(), source=source()))
    assert taken.refused_whole
    assert [problem.code for problem in taken.problems] == ["csv/no-rows"]


def test_items_in_refused_rows_are_named_for_they_are_still_open() -> None:
    taken = take(rows({}, {"Pièce": "F-9", "Solde": "n/c"}))
    assert taken.refused == (("F-9", 1),)


@pytest.mark.parametrize(
    ("written", "stored"),
    [
        ("1200", 120_000),
        ("0,5", 50),
        ("0,05", 5),
        ("-0,05", -5),
        ("007,00", 700),
        ("9999999999999,99", 999_999_999_999_999),
        ("1 234 567,89", 123_456_789),
        ("1\u202f234,50", 123_450),
    ],
)
def test_an_amount_is_exact_to_the_cent(written: str, stored: int) -> None:
    file = rows({"Solde": written})
    taken = take(File(content=file.content, source=source(thousands=" ")))
    table = taken.frames["invoices" if stored > 0 else "credits"]
    assert table["balance" if stored > 0 else "amount"].to_list() == [abs(stored)]


@pytest.mark.parametrize(
    ("words", "written"),
    [
        ("DD/MM/YYYY", "05/04/2026"),
        ("YYYY-MM-DD", "2026-04-05"),
        ("DD.MM.YY", "05.04.26"),
        ("YYYYMMDD", "20260405"),
        ("MM DD YYYY", "04 05 2026"),
    ],
)
def test_dates_are_read_as_declared(words: str, written: str) -> None:
    file = rows({"Due": written, "Émise": written})
    taken = take(File(content=file.content, source=source(dates=words)))
    assert taken.frames["invoices"]["due"].to_list() == [date(2026, 4, 5)]


def test_two_digit_years_are_of_this_century() -> None:
    file = rows({"Due": "05/04/99", "Émise": ""})
    taken = take(File(content=file.content, source=source(dates="DD/MM/YY")))
    assert taken.frames["invoices"]["due"].to_list() == [date(2099, 4, 5)]


@pytest.mark.parametrize("words", ["DD/MM", "DD/MM/YYYY/YY", "JJ/MM/AAAA", "%d/%m/%Y", ""])
def test_a_format_that_is_none_is_named(words: str) -> None:
    taken = take(File(content=text({}), source=source(dates=words)))
    assert [p.code for p in taken.problems] == ["csv/date-format"]
    assert taken.refused_whole


def test_references_keep_case_and_zeros_and_are_normalised() -> None:
    taken = take(rows({"Client": " 00e\u0301A ", "Pièce": " 0001a "}))
    assert taken.frames["debtors"]["reference"].to_list() == ["00éA"]
    assert taken.frames["invoices"]["number"].to_list() == ["0001a"]


def test_what_hides_in_a_name_is_removed_and_the_row_is_taken() -> None:
    names = ['"A\r\nBcc: x"', "\u202eab\u202c", "=?utf-8?q?x?=", "=HYPERLINK(1)", "{{ 7*7 }}"]
    taken = take(rows(*({"Raison sociale": name} for name in names)))
    stored = taken.frames["debtors"]["name"].to_list()
    assert stored == ["A Bcc: x", "ab", "= ?utf-8?q?x?=", "=HYPERLINK(1)", "{{ 7*7 }}"]


def test_an_unusable_contact_leaves_the_channel_empty_and_the_debt_taken() -> None:
    bad = {"Courriel": "x", "Téléphone": "0899701234", "Portable": "06", "CP": "1000"}
    taken = take(rows(bad))
    debtor = taken.frames["debtors"].row(0, named=True)
    assert [debtor[n] for n in ("email", "phone", "mobile", "postcode")] == ["", "", "", ""]
    assert taken.counts[Status.REMARK] == 1
    assert taken.frames["invoices"].height == 1


@pytest.mark.parametrize(
    ("cells", "phone", "mobile"),
    [
        ({"Téléphone": "06 12 34 56 78", "Portable": ""}, "+33612345678", "+33612345678"),
        ({"Téléphone": "", "Portable": "0612345678"}, "+33612345678", "+33612345678"),
        ({"Téléphone": "0590 82 12 34", "Portable": "", "CP": "97110"}, "+590590821234", ""),
        (
            {"Téléphone": "", "Portable": "0692 12 34 56", "CP": "97400"},
            "+262692123456",
            "+262692123456",
        ),
        (
            {"Téléphone": "0612345678", "Portable": "", "CP": "97400"},
            "+33612345678",
            "+33612345678",
        ),
        (
            {"Téléphone": "02 555 12 12", "Portable": "", "Pays": "be", "CP": "1000"},
            "+3225551212",
            "",
        ),
    ],
)
def test_numbers_are_read_by_territory(cells: Mapping[str, str], phone: str, mobile: str) -> None:
    debtor = take(rows(cells)).frames["debtors"].row(0, named=True)
    assert (debtor["phone"], debtor["mobile"]) == (phone, mobile)


def test_a_negative_balance_is_a_credit_tied_when_it_names_an_invoice() -> None:
    file = table(
        "debtor;invoice_number;amount_due;due;credit_for\n"
        "C1;A-1;-50,00;;F-1\nC1;A-2;-10,00;;\nC1;;-5,00;;\nC1;;-5,00;;\nC1;A-3;-1,00;;\n"
        "C1;A-3;-2,00;;\n",
        SourceKind.OPEN_ITEMS,
    )
    taken = take(file)
    credits = taken.frames["credits"]  # noqa: A001 - the field's own word
    assert credits["amount"].to_list() == [5000, 1000, 500, 500, 100, 200]
    assert credits["invoice_number"].to_list() == ["F-1", "", "", "", "", ""]
    assert credits["number"].n_unique() == 6
    assert credits["number"].to_list()[:2] == ["A-1", "A-2"]
    assert taken.counts[Status.REFUSED] == 0


def test_a_credit_needs_no_legal_kind_and_says_nothing_of_who_the_debtor_is() -> None:
    credit = {"Client": "C1", "Nature": "", "Solde": "-5,00", "Raison sociale": "?"}
    taken = take(rows(credit, {"Client": "C1"}, {"Client": "C1", "Nature": ""}))
    assert taken.account["status"].to_list() == ["taken", "taken", "refused"]
    assert [problem.code for problem in taken.problems] == ["csv/no-legal-kind"]
    debtors = taken.frames["debtors"].select("reference", "name", "legal_kind", "row")
    assert debtors.rows() == [("C1", "Menuiserie Éluard", "business", 3)]


def test_a_source_of_credits_is_written_positive() -> None:
    file = table(
        "debtor;invoice_number;amount_due;issued\nC1;A-1;50,00;01/02/2026\nC1;A-2;-1,00;\nC1;A-3;0;\n",
        SourceKind.CREDITS,
    )
    taken = take(file)
    assert taken.frames["credits"]["amount"].to_list() == [5000]
    assert taken.account["status"].to_list() == ["taken", "refused", "settled"]


def test_a_source_of_debtors_takes_the_first_row_of_each() -> None:
    file = table(
        "debtor;debtor_name;legal_kind;profile\nC1;Un;business;sme\nC1;Un;business;sme\n"
        "C1;Deux;business;sme\n;Nul;business;sme\nC2;Trois;;sme\n",
        SourceKind.DEBTORS,
    )
    taken = take(file)
    assert taken.frames["debtors"]["name"].to_list() == ["Un"]
    assert taken.account["status"].to_list() == [
        "taken",
        "duplicate",
        "duplicate",
        "refused",
        "refused",
    ]
    assert taken.account["code"].to_list()[1:3] == ["csv/duplicate", "csv/debtor-again"]


def test_rows_that_disagree_about_their_debtor_get_a_remark() -> None:
    taken = take(rows({"Client": "C"}, {"Client": "C"}, {"Client": "C", "Ville": "Lyon"}))
    assert taken.account["status"].to_list() == ["taken", "taken", "remark"]
    assert taken.frames["debtors"]["city"].to_list() == ["Paris"]
    (problem,) = taken.problems
    assert (problem.code, problem.fields["target"]) == ("csv/debtor-differs", "city")
    assert problem.second is not None
    assert problem.second.line == 2


def test_a_settled_row_and_a_future_row_are_counted_and_not_taken() -> None:
    file = table(
        "debtor;invoice_number;amount_due;due;issued;settled_on\n"
        "C1;F1;10;01/05/2026;01/04/2026;04/05/2026\n"
        "C1;F2;10;01/05/2026;01/04/2026;05/05/2026\n"
        "C1;F3;10;01/06/2026;05/05/2026;\n"
        "C1;F4;10;01/06/2026;04/05/2026;\n"
        "C1;F5;0;bad;;\n"
        "C1;F6;10;01/05/2026;;soon\n",
        SourceKind.OPEN_ITEMS,
    )
    taken = take(file)
    assert taken.account["status"].to_list() == [
        "settled",
        "taken",
        "future",
        "taken",
        "settled",
        "refused",
    ]


def test_facts_are_typed_and_empty_is_unknown() -> None:
    file = table(
        "debtor;invoice_number;amount_due;due;legal_kind;profile;invoice_status;visits;credit_limit;"
        "insolvency\n"
        "C1;F1;10;01/05/2026;business;sme;delivered;3;1500,50;Oui\n"
        "C2;F2;10;01/05/2026;business;sme;;;;\n"
        "C3;F3;10;01/05/2026;business;sme;lost;100;-1;peut-être\n"
        "C4;F4;10;01/05/2026;business;sme;delivered;0;0;J\n",
        SourceKind.OPEN_ITEMS,
        insolvency=Column(heading="insolvency", values={"J": "yes"}),
    )
    taken = take(file)
    unknown = {"credit_limit": None, "insolvency": None, "visits": None}
    assert [json.loads(extra) for extra in taken.frames["debtors"]["extra"]] == [
        {"credit_limit": 150050, "insolvency": True, "visits": 3},
        unknown,
        unknown,
        {"credit_limit": 0, "insolvency": True, "visits": 0},
    ]
    statuses = [json.loads(e)["invoice_status"] for e in taken.frames["invoices"]["extra"]]
    assert statuses == ["delivered", None, None, "delivered"]
    assert summary(taken).unknown == {
        "credit_limit": 2,
        "insolvency": 2,
        "visits": 2,
        "invoice_status": 2,
    }
    assert taken.account["status"].to_list() == ["taken", "taken", "remark", "taken"]


def test_a_fact_of_the_ledger_is_no_target() -> None:
    taken = take(
        File(
            content=text({}), source=source({**source().columns, "dispute": Column(constant="no")})
        )
    )
    assert [p.code for p in taken.problems] == ["csv/unknown-target"]


def test_the_oldest_as_of_of_the_rows_speaks_for_the_source() -> None:
    file = table(
        "debtor;invoice_number;amount_due;due;as_of\nC1;F1;10;01/05/2026;03/05/2026\n"
        "C1;F2;10;01/05/2026;02/05/2026\nC1;F3;10;01/05/2026;bad\n",
        SourceKind.OPEN_ITEMS,
    )
    assert take(file).as_of == date(2026, 5, 2)


def test_digests_are_the_same_for_ever_and_ignore_the_day() -> None:
    first, later = take(rows({})), take(rows({}), today=date(2026, 5, 5))
    digest = first.frames["invoices"]["digest"].to_list()
    assert digest == later.frames["invoices"]["digest"].to_list()
    assert digest == ["103ddeda0d60e5466c60a59220f3bf05"]


def test_a_new_as_of_alone_is_no_change() -> None:
    made = "debtor;invoice_number;amount_due;due;as_of\nC1;F1;10;01/05/2026;{}/05/2026\n"
    one, two = (take(table(made.format(day), SourceKind.OPEN_ITEMS)) for day in ("01", "02"))
    assert one.frames["invoices"]["digest"][0] == two.frames["invoices"]["digest"][0]
    assert one.as_of != two.as_of


def test_a_term_said_twice_alike_leaves_the_other_terms_alone() -> None:
    twice = {"Pièce": "F-3", "Client": "C"}
    second = {**twice, "Échéance n°": "2"}
    taken = take(rows(twice, twice, second, second))
    assert taken.account["status"].to_list() == ["taken", "duplicate", "taken", "duplicate"]
    assert taken.frames["invoices"]["term"].to_list() == [1, 2]


def test_a_refused_row_said_twice_is_refused_twice() -> None:
    bad = {"Pièce": "F-3", "Client": "C", "Solde": "x"}
    assert take(rows(bad, bad)).account["code"].to_list() == ["csv/amount", "csv/amount"]


def test_one_heading_may_serve_two_targets() -> None:
    file = rows({})
    twice = {**file.source.columns, "profile": Column(heading="Nature", values={"business": "sme"})}
    taken = take(replace(file, source=replace(file.source, columns=twice)))
    debtor = taken.frames["debtors"].row(0, named=True)
    assert (debtor["legal_kind"], debtor["profile"]) == ("business", "sme")


def test_cells_are_trimmed() -> None:
    taken = take(rows({"Solde": " 10,00 ", "Due": " 31/03/2026", "Nature": "business "}))
    assert taken.counts[Status.TAKEN] == 1


def test_a_debtors_digest_does_not_move_with_his_invoices() -> None:
    one, two = take(rows({})), take(rows({"Solde": "1,00"}))
    assert one.frames["debtors"]["digest"][0] == two.frames["debtors"]["digest"][0]
    assert one.frames["invoices"]["digest"][0] != two.frames["invoices"]["digest"][0]


def test_many_problems_of_one_kind_end_in_a_count_and_the_account_has_them_all() -> None:
    taken = take(rows(*({"Solde": "x"} for _ in range(150))))
    assert len(taken.problems) == 101
    assert taken.problems[-1].fields["count"] == "50"
    assert summary(taken).reasons[0].rows == taken.counts[Status.REFUSED] == 150


def test_what_is_wrong_with_a_constant_is_said_once() -> None:
    columns = {**source().columns, "country": Column(constant="France")}
    taken = take(File(content=text({}, {"Pièce": "F-2"}), source=source(columns)))
    assert [p.code for p in taken.problems if p.fields["target"] == "country"] == ["csv/country"]


@pytest.mark.skipif(not IBM.exists(), reason="the shared data are not beside this checkout")
def test_real_invoices_are_counted_as_an_independent_reading_counts_them() -> None:
    day = date(2013, 6, 30)
    columns = {
        "debtor": Column(heading="customerID"),
        "invoice_number": Column(heading="invoiceNumber"),
        "issued": Column(heading="InvoiceDate"),
        "due": Column(heading="DueDate"),
        "amount_due": Column(heading="InvoiceAmount"),
        "settled_on": Column(heading="SettledDate"),
        "legal_kind": Column(constant="business"),
        "profile": Column(constant="sme"),
        "currency": Column(constant="EUR"),
    }
    settings = SourceSettings(
        name="ibm",
        kind=SourceKind.OPEN_ITEMS,
        file=IBM,
        delimiter=",",
        decimal=".",
        columns=columns,
    )
    taken = take_in(settings, IBM.read_bytes(), facts=FACTS, today=day, file_date=day)
    with IBM.open(encoding="utf-8", newline="") as opened:
        listed = list(csv.DictReader(opened))
    settled = [one for one in listed if _day(one["SettledDate"]) <= day]
    rest = [one for one in listed if _day(one["SettledDate"]) > day]
    still = [one for one in rest if _day(one["InvoiceDate"]) <= day]
    cents = sum(round(float(one["InvoiceAmount"]) * 100) for one in still)
    assert taken.counts[Status.TAKEN] == len(still) == 84
    assert taken.counts[Status.SETTLED] == len(settled) == 1846
    assert taken.counts[Status.FUTURE] == len(rest) - len(still) == 536
    assert taken.frames["invoices"]["balance"].sum() == cents
    assert taken.frames["debtors"].height == len({one["customerID"] for one in still})
    assert taken.account["row"].to_list() == list(range(2, len(listed) + 2))


def _day(written: str) -> date:
    return datetime.strptime(written, "%d/%m/%Y").date()  # noqa: DTZ007 - a day has no zone


def test_the_account_names_each_row_once() -> None:
    taken = take(rows({}, {"Solde": ""}, {"Solde": "0"}))
    assert taken.account["row"].to_list() == [2, 3, 4]
    assert sum(taken.counts.values()) == taken.account.height
    assert taken.account.filter(pl.col("status") == "refused")["column"].to_list() == ["amount_due"]
