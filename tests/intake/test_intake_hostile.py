"""Whatever the bytes, every row is accounted for once, and quick paths agree with slow ones."""

import csv
import io
import re
import string
import unicodedata

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.intake.names import cleaned
from dispatcher.intake.reach import EMAIL, MOBILE_NUMBER, PHONE, Look, look_at_email, looked_at
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
LABEL = st.text(alphabet="abZé019-", max_size=6)
DOMAINS = st.one_of(
    st.sampled_from(["x.fr", "Crème.fr", "a.test", "local", "x..fr", "-a.fr", "x.local", "1.2"]),
    st.builds(".".join, st.lists(LABEL, min_size=1, max_size=3)),
    st.builds("{}.fr".format, LABEL),
    st.just("a" * 70 + ".fr"),
)


def looked(how: Look, values: list[str]) -> list[tuple[str, bool]]:
    """What the columns make of these values: stored form, and whether it receives SMS."""
    cells = pl.DataFrame({how.keys[0]: values, "is.region": "FR"}).with_row_index("row")
    found = looked_at(cells, how).select(f"{how.keys[0]}.clean", f"{how.keys[0]}.mobile")
    return found.rows()


@given(st.lists(st.builds("{}@{}".format, LOCAL, DOMAINS), min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_the_quick_look_at_an_address_agrees_with_the_library(values: list[str]) -> None:
    expected = [_address(value) for value in values]
    assert [look_at_email(value).clean for value in values] == expected
    assert [clean for clean, _ in looked(EMAIL, values)] == expected


def _address(value: str) -> str:
    try:
        found = validate_email(
            value, check_deliverability=False, allow_smtputf8=False, test_environment=True
        )
    except EmailNotValidError:
        return ""
    return found.ascii_email or ""


NUMBER = st.from_regex("0[1-9][0-9]{8}", fullmatch=True)
SPACED = st.builds(
    lambda digits, mark: mark.join(digits[n : n + 2] for n in range(0, 10, 2)),
    NUMBER,
    st.sampled_from([" ", ".", "-", "/", "\u00a0", "\u202f", " . "]),
)


@given(st.lists(NUMBER | SPACED, min_size=1, max_size=8))
@settings(max_examples=80, deadline=None)
def test_the_quick_look_at_a_french_number_agrees_with_the_library(values: list[str]) -> None:
    expected = [_number(value) for value in values]
    assert looked(PHONE, values) == expected
    only_mobile = [found if found[1] else ("", False) for found in expected]
    assert looked(MOBILE_NUMBER, values) == only_mobile


def _number(value: str) -> tuple[str, bool]:
    number = phonenumbers.parse(value.replace("\u202f", " "), "FR")
    kind = phonenumbers.number_type(number)
    costly = {
        phonenumbers.PhoneNumberType.PREMIUM_RATE,
        phonenumbers.PhoneNumberType.SHARED_COST,
    }
    if not phonenumbers.is_valid_number(number) or kind in costly:
        return "", False
    clean = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return clean, kind == phonenumbers.PhoneNumberType.MOBILE


#: Texts near the border between what is cleaned and what is stored as it came.
TEXTS = st.text(
    alphabet=st.one_of(
        st.sampled_from("aZ =?éÉœ×ÿ\u0301\u200b\u202e\u00a0\t\n~ﬁ"),
        st.characters(blacklist_categories=["Cs"]),
    ),
    max_size=10,
)


@given(st.lists(TEXTS, max_size=6))
@settings(max_examples=200, deadline=None)
def test_a_text_that_is_stored_as_it_came_is_one_that_cleaning_leaves_alone(
    values: list[str],
) -> None:
    cells = pl.DataFrame({"text": values}, schema={"text": pl.String})
    found = cells.select(cleaned(pl.col("text")))["text"].to_list()
    assert found == [_clean(value) for value in values]


def _clean(value: str) -> str:
    """By the letter of the rule, one character after the other."""
    spaced = re.sub("[\x00-\x1f\x7f-\x9f\u2028\u2029]+", " ", unicodedata.normalize("NFC", value))
    seen = "".join(mark for mark in spaced if unicodedata.category(mark) != "Cf")
    word = re.search(r"=\?[^?]*\?[^?]*\?.*\?=", seen)
    return (seen.replace("=?", "= ?") if word else seen).strip()


#: Lines that Polars and the standard library may take differently.
MARKS = st.sampled_from(["a", "b", "1", ";", ";", ";", ",", '"', '"', "\n", "\n", "\r\n", "\r",
                         " ", "\t", "#", "\\", "'", "é", "\x01", "\x0b", "\x1c", "\x85", "\u2028",
                         "\u202f", "\ufeff"])  # fmt: skip
RAW = st.lists(MARKS, max_size=40).map("".join)


@given(RAW, st.integers(min_value=1, max_value=4), st.booleans())
@settings(max_examples=250, deadline=None)
def test_any_text_is_read_as_the_strict_reader_reads_it_or_refused_alike(
    text: str, width: int, whole: bool
) -> None:
    ended = "\n" if whole else ""
    header = ";".join("wxyz"[:width])
    content = f"{header}\n{text}{ended}"
    sheet, problems = read_sheet(content.encode(), source({}))
    strict = read_records(content, source({}))
    assert [problem.code for problem in problems] == [problem.code for problem in strict.problems]
    if sheet is not None:
        assert [list(row) for row in sheet.cells.rows()] == strict.records[1:]
        assert sheet.rows.to_list() == strict.rows[1:]


FIELDS = st.lists(st.text(alphabet="ab;é #", max_size=4), min_size=1, max_size=4)


@given(st.lists(FIELDS, max_size=8), st.sampled_from(["\n", "\r\n"]))
@settings(max_examples=100, deadline=None)
def test_without_quotes_a_field_too_few_is_never_made_good_by_one_too_many(
    lines: list[list[str]], end: str
) -> None:
    text = end.join(["w;x;y", *(";".join(line) for line in lines)])
    sheet, problems = read_sheet(text.encode(), source({}))
    strict = read_records(text, source({}))
    assert (sheet is None) == bool(strict.problems)
    assert [problem.code for problem in problems] == [problem.code for problem in strict.problems]
    if sheet is not None:
        assert [list(row) for row in sheet.cells.rows()] == strict.records[1:]
