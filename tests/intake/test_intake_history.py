"""The history of items before we came, and numbers with check digits."""

from datetime import date
from typing import Any

import pytest

from dispatcher.intake.take import Taken
from dispatcher.model.identifiers import is_iban, is_siren, is_siret
from dispatcher.model.settings import Column, SourceKind
from tests.intake.intake_cases import TODAY, File, headed, source, table, take


HEAD = "debtor;invoice_number;amount_due;due;last_step;last_step_on;last_contact_on"


def told(*rows: str) -> Taken:
    lines = [f"C1;F{number};10,00;01/03/2026;{row}" for number, row in enumerate(rows, 1)]
    return take(table("\n".join([HEAD, *lines]) + "\n", SourceKind.OPEN_ITEMS))


def history(taken: Taken) -> list[tuple[Any, ...]]:
    columns = ["number", "last_step", "last_step_on", "last_contact_on"]
    return taken.frames["history"].select(columns).rows()


APRIL = date(2026, 4, 2)
ROWS = [
    pytest.param("reminder;02/04/2026;03/04/2026", ("reminder", APRIL, date(2026, 4, 3)), id="all"),
    pytest.param("reminder;02/04/2026;", ("reminder", APRIL, APRIL), id="a step is a contact"),
    pytest.param("reminder;;02/04/2026", ("reminder", APRIL, APRIL), id="day of the contact"),
    pytest.param("reminder;;", ("reminder", TODAY, None), id="day of the file"),
    pytest.param(";;02/04/2026", ("", None, APRIL), id="contact only"),
    pytest.param("remindre;02/04/2026;", ("", None, APRIL), id="unknown step, known contact"),
    pytest.param("none;02/04/2026;", None, id="a day of nothing"),
    pytest.param(";;", None, id="no history"),
    pytest.param("reminder;05/05/2026;", ("reminder", TODAY, None), id="a day to come"),
]


@pytest.mark.parametrize(("row", "expected"), ROWS)
def test_a_history_is_read_as_far_as_it_can_be(
    row: str, expected: tuple[str, date | None, date | None] | None
) -> None:
    taken = told(row)
    assert taken.frames["invoices"].height == 1
    assert history(taken) == ([] if expected is None else [("F1", *expected)])


def test_steps_are_translated_by_the_mapping() -> None:
    content = "debtor;invoice_number;amount_due;due;Niveau\nC1;F1;10;01/03/2026;2\n"
    columns = headed("debtor", "invoice_number", "amount_due", "due") | {
        "last_step": Column(heading="Niveau", values={"2": "second-reminder"})
    }
    taken = take(File(content=content.encode(), source=source(columns)))
    assert history(taken) == [("F1", "second-reminder", TODAY, None)]


def test_a_credit_has_no_history_and_a_settled_item_none_either() -> None:
    lines = ["C1;F1;-5;;reminder;02/04/2026;", "C1;F2;0;01/03/2026;reminder;02/04/2026;"]
    taken = take(table("\n".join([HEAD, *lines]) + "\n", SourceKind.OPEN_ITEMS))
    assert history(taken) == []


def test_a_changed_history_is_no_news_of_the_item() -> None:
    first, again = told("reminder;02/04/2026;"), told("second-reminder;20/04/2026;")
    digests = [taken.frames["invoices"]["digest"].to_list() for taken in (first, again)]
    assert digests[0] == digests[1]


@pytest.mark.parametrize("kind", [SourceKind.DEBTORS, SourceKind.CREDITS])
def test_only_open_items_have_a_history(kind: SourceKind) -> None:
    taken = take(
        table("debtor;amount_due;legal_kind;profile;last_step\nC1;1;business;sme;x\n", kind)
    )
    assert taken.refused_whole
    named = [p.fields["target"] for p in taken.problems if p.code == "csv/unknown-target"]
    assert "last_step" in named


# -- numbers with check digits ------------------------------------------------------------------

NUMBERS = [
    pytest.param(is_siren, "732829320", True, id="siren"),
    pytest.param(is_siren, "732829321", False, id="siren, wrong key"),
    pytest.param(is_siren, "73282932", False, id="siren, too short"),
    pytest.param(is_siren, "７32829320", False, id="siren, other digits"),
    pytest.param(is_siret, "73282932000074", True, id="siret"),
    pytest.param(is_siret, "73282932000075", False, id="siret, wrong key"),
    pytest.param(is_siret, "35600000000048", True, id="head office of La Poste"),
    pytest.param(is_siret, "35600000000100", True, id="an office of La Poste"),
    pytest.param(is_siret, "35600000009076", False, id="no office of La Poste"),
    pytest.param(is_iban, "FR7630006000011234567890189", True, id="iban"),
    pytest.param(is_iban, "FR7630006000011234567890188", False, id="iban, wrong key"),
    pytest.param(is_iban, "FR763000600001123456789018", False, id="iban, too short for France"),
    pytest.param(is_iban, "BE68539007547034", True, id="iban of Belgium"),
    pytest.param(is_iban, "", False, id="nothing"),
]


@pytest.mark.parametrize(("check", "number", "right"), NUMBERS)
def test_check_digits(check: Any, number: str, right: bool) -> None:  # noqa: ANN401 - a table
    assert check(number) is right


def test_every_single_wrong_figure_of_a_number_is_seen() -> None:
    for check, number in ((is_siren, "732829320"), (is_iban, "FR7630006000011234567890189")):
        for place in range(4 if check is is_iban else 0, len(number)):
            for figure in "0123456789":
                wrong = number[:place] + figure + number[place + 1 :]
                assert check(wrong) is (wrong == number)


def test_identifiers_are_stored_bare_and_wrong_ones_left_out() -> None:
    content = (
        "debtor;legal_kind;profile;siren;siret;iban\n"
        "C1;business;sme;732 829 320;732 829 320 00074;fr76 3000 6000 0112 3456 7890 189\n"
        "C2;business;sme;732829321;;\n"
    )
    debtors = take(table(content, SourceKind.DEBTORS)).frames["debtors"]
    assert debtors.select("siren", "siret", "iban").rows() == [
        ("732829320", "73282932000074", "FR7630006000011234567890189"),
        ("", "", ""),
    ]
