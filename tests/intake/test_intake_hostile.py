"""Whatever the bytes, every row is accounted for once, and quick paths agree with slow ones."""

import csv
import io
import string

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.intake.reach import look_at_email, look_at_phone
from dispatcher.intake.records import read_records
from dispatcher.intake.sheet import read_sheet
from dispatcher.intake.take import Status
from dispatcher.problems.render import as_text
from tests.intake.intake_cases import GOOD, File, source, take


ODD = ["", " ", '"', '""', ";", "\n", "\r\n", "\r", "=?x?q?y?=", "\u202e", "é", "-5,00", "0", "1,5"]
CELL = st.one_of(st.sampled_from([*GOOD.values(), *ODD]), st.text(max_size=12))
ROW = st.lists(CELL, min_size=len(GOOD), max_size=len(GOOD))
HEADER = list(GOOD)


def written(table: list[list[str]], *, quoting: int = csv.QUOTE_MINIMAL) -> str:
    out = io.StringIO()
    # a NUL refuses the whole file and a lone surrogate is no text; both have tests of their own
    clean = [[cell.replace("\0", "") for cell in row] for row in table]
    csv.writer(out, delimiter=";", quoting=quoting, lineterminator="\r\n").writerows(clean)  # type: ignore[arg-type] # the stubs want a literal
    return out.getvalue()


@given(st.lists(ROW, max_size=6))
@settings(max_examples=60, deadline=None)
def test_every_row_of_a_well_formed_file_ends_exactly_once(table: list[list[str]]) -> None:
    taken = take(File(content=written([HEADER, *table]).encode(), source=source()))
    if taken.refused_whole:
        # values that look as if a quote had swallowed rows are the only fault left
        assert {p.code for p in taken.problems} <= {"csv/swallowed-rows", "csv/no-rows"}
        return
    assert taken.account.height == len(table)
    assert taken.account["row"].is_unique().all()
    assert sum(taken.counts.values()) == taken.account.height
    assert taken.account["status"].is_in([s.value for s in Status]).all()
    silent = ("taken", "settled", "future")
    told = taken.account.with_columns(pl.col("status").is_in(silent).alias("silent"))
    assert told.filter(pl.col("silent") != (pl.col("code") == "")).is_empty()
    items = taken.frames["invoices"].height + taken.frames["credits"].height
    assert items == taken.counts[Status.TAKEN] + taken.counts[Status.REMARK]
    assert taken.frames["invoices"].select(pl.struct("number", "term").is_unique().all()).item()
    assert taken.frames["credits"]["number"].is_unique().all()


@given(st.text(alphabet='ab;,"\n\r €\x1f', max_size=60))
@settings(max_examples=200, deadline=None)
def test_any_text_is_accounted_for_or_refused_with_words(text: str) -> None:
    header = ";".join(HEADER)
    taken = take(File(content=f"{header}\n{text}".encode(), source=source()))
    for problem in taken.problems:
        assert as_text(problem, lang="fr") != as_text(problem, lang="en")
    assert taken.frames or taken.problems
    assert sum(taken.counts.values()) == taken.account.height


@given(st.binary(max_size=80))
@settings(max_examples=100, deadline=None)
def test_any_bytes_are_refused_with_words(content: bytes) -> None:
    taken = take(File(content=content, source=source()))
    assert taken.refused_whole
    assert all(as_text(problem) for problem in taken.problems)


PLAIN = st.text(alphabet=string.ascii_letters + ' ;"é,.\t', max_size=8)


@given(st.lists(st.lists(PLAIN, min_size=3, max_size=3), max_size=5), st.booleans())
@settings(max_examples=100, deadline=None)
def test_the_quick_reader_agrees_with_the_strict_one(table: list[list[str]], quoted: bool) -> None:
    quoting = csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL
    text = written([["a", "b", "c"], *table], quoting=quoting)
    sheet, problems = read_sheet(text.encode(), source({}))
    strict = read_records(text, source({}))
    assert not problems
    assert sheet is not None
    assert [list(row) for row in sheet.cells.rows()] == strict.records[1:] == table
    assert sheet.rows.to_list() == strict.rows[1:]


LOCAL = st.text(alphabet="abZ09._+-é'", min_size=1, max_size=12)
DOMAINS = ["x.fr", "Crème.fr", "a.test", "local", "x..fr", "-a.fr", "x.local", "1.2"]


@given(LOCAL, st.sampled_from(DOMAINS))
@settings(max_examples=300, deadline=None)
def test_the_quick_look_at_an_address_agrees_with_the_library(local: str, domain: str) -> None:
    value = f"{local}@{domain}"
    try:
        found = validate_email(
            value, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
        expected = found.ascii_email or ""
    except EmailNotValidError:
        expected = ""
    assert look_at_email(value).clean == expected


@given(st.from_regex("0[1-9][0-9]{8}", fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_the_quick_look_at_a_french_number_agrees_with_the_library(value: str) -> None:
    number = phonenumbers.parse(value, "FR")
    kind = phonenumbers.number_type(number)
    costly = {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
    }
    usable = phonenumbers.is_valid_number(number) and kind not in costly
    looked = look_at_phone(value, "FR")
    form = phonenumbers.PhoneNumberFormat.E164
    assert looked.clean == (phonenumbers.format_number(number, form) if usable else "")
    assert looked.mobile == (usable and kind == phonenumbers.PhoneNumberType.MOBILE)
