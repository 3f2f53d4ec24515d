"""YAML as our own nodes: what is kept, what is refused, and where everything stands."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dispatcher.model.problem import Place
from dispatcher.nodes.node import Map, Scalar, Sequence
from dispatcher.nodes.read import MAX_BYTES, MAX_DEPTH, decode, read_yaml


def _top(text: str) -> Map:
    top, problems = read_yaml(text, file="f.yaml")
    assert not problems
    assert top is not None
    return top


def _codes(text: str) -> list[str]:
    return [problem.code for problem in read_yaml(text, file="f.yaml")[1]]


@pytest.mark.parametrize(
    "written",
    ["18:00", "0123", "yes", "NO", "1e3", "1_000", ".inf", "2026-02-30", "~", "null", "0x1F"],
)
def test_a_scalar_is_the_text_that_was_written(written: str) -> None:
    value = _top(f"a: {written}").get("a")
    assert isinstance(value, Scalar)
    assert (value.text, value.quoted) == (written, False)


def test_quotes_are_remembered_and_not_part_of_the_text() -> None:
    value = _top("a: '7'").get("a")
    assert isinstance(value, Scalar)
    assert (value.text, value.quoted) == ("7", True)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        pytest.param("a: b", Place(file="f.yaml", line=1, column=4), id="first-line"),
        pytest.param("é: bé", Place(file="f.yaml", line=1, column=4, length=2), id="accent"),
        pytest.param("😀😀: b", Place(file="f.yaml", line=1, column=5), id="emoji"),
        pytest.param("\ufeffa: b", Place(file="f.yaml", line=1, column=4), id="mark"),
        pytest.param("\r\nx: b", Place(file="f.yaml", line=2, column=4), id="crlf"),
    ],
)
def test_columns_count_characters_from_1(text: str, place: Place) -> None:
    (entry,) = _top(text)
    assert entry.value.place == place


def test_order_and_places_of_keys_survive() -> None:
    top = _top("b: 1\na: {d: [x, y], c: 2}\n")
    assert list(top.entries) == ["b", "a"]
    inner = top.get("a")
    assert isinstance(inner, Map)
    assert inner.entries["c"].key_place == Place(file="f.yaml", line=2, column=16)
    items = inner.get("d")
    assert isinstance(items, Sequence)
    assert [item.text for item in items if isinstance(item, Scalar)] == ["x", "y"]


def test_all_that_is_no_syntax_error_is_reported_together() -> None:
    text = "a: &x 1\nb: *x\nc: !t 2\nb: 3\nb: 4\n<<: {d: 1}\n---\ne: 5\n"
    assert _codes(text) == [
        "yaml/anchor",
        "yaml/alias",
        "yaml/tag",
        "yaml/duplicate-key",
        "yaml/merge-key",
        "yaml/documents",
    ]


def test_the_first_of_two_equal_keys_counts_and_both_places_are_told() -> None:
    top, problems = read_yaml("a: 1\na: 2\n", file="f.yaml")
    assert top is not None
    assert isinstance(value := top.get("a"), Scalar)
    assert value.text == "1"
    assert problems[0].place == Place(file="f.yaml", line=2, column=1)
    assert problems[0].second == Place(file="f.yaml", line=1, column=1)


def test_nesting_ends_at_twenty() -> None:
    def nested(levels: int) -> str:
        return "a: " + "[" * levels + "]" * levels

    assert not _codes(nested(MAX_DEPTH - 1))
    assert _codes(nested(MAX_DEPTH)) == ["yaml/too-deep"]


def test_a_hundred_thousand_brackets_neither_crash_nor_take_long() -> None:
    assert _codes("[" * 100_000) == ["yaml/too-deep"]


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "~\n"])
def test_a_file_without_keys_is_said_to_be_empty_or_no_map(text: str) -> None:
    top, problems = read_yaml(text, file="f.yaml")
    assert top is None
    assert [problem.code for problem in problems] in (["yaml/empty"], ["yaml/not-a-map"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("é".encode("cp1252") + b"t\xe9", "yaml/windows-1252", id="cp1252"),
        pytest.param("prix 5 €".encode("cp1252"), "yaml/windows-1252", id="euro"),
        pytest.param("a: b".encode("utf-16"), "yaml/utf-16", id="utf-16"),
        pytest.param("a: b".encode("utf-16-le") + b"\xff", "yaml/utf-16", id="utf-16-bare"),
        pytest.param(b"a: \xf5 b", "yaml/not-utf-8", id="neither"),
        pytest.param(b"a" * (MAX_BYTES + 1), "yaml/too-large", id="large"),
    ],
)
def test_bytes_that_are_no_text_of_ours_are_refused(content: bytes, code: str) -> None:
    text, problems = decode(content, file="f.yaml")
    assert text is None
    assert [problem.code for problem in problems] == [code]


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert decode(b"\xef\xbb\xbfa: \xc3\xa9", file="f.yaml") == ("a: é", ())


def test_the_place_of_a_wrong_byte_counts_characters() -> None:
    _, (problem,) = decode("a: b\né: ".encode() + b"\xe9t", file="f.yaml")
    assert problem.place == Place(file="f.yaml", line=2, column=4)


@given(st.text(st.sampled_from("ab:-[]{},'\"|>&*!#%@ \n\t?é😀"), max_size=40))
def test_whatever_is_written_is_read_or_refused_with_a_place_inside_the_file(text: str) -> None:
    top, problems = read_yaml(text, file="f.yaml")
    assert top is not None or problems
    lines = text.split("\n")
    for problem in problems:
        assert problem.place is not None
        assert 1 <= problem.place.line <= len(lines)
        assert problem.place.column <= len(lines[problem.place.line - 1]) + 1


@pytest.mark.parametrize(
    ("text", "found", "at"),
    [
        pytest.param("a: 1\nx: [\n", "[", (2, 4), id="nothing in it"),
        pytest.param("a: 1\nx: [1, 2,\n", "[", (2, 4), id="after a comma"),
        pytest.param("x: [{a: 1},\n\n", "[", (1, 4), id="a closed one inside"),
        pytest.param("x: [1, {\n", "{", (1, 8), id="the inner one"),
    ],
)
def test_a_bracket_that_the_file_ends_in_is_named_where_it_opens(
    text: str, found: str, at: tuple[int, int]
) -> None:
    _, (problem,) = read_yaml(text, file="rules.yaml")
    assert problem.code == "yaml/bracket"
    assert problem.fields["found"] == found
    assert problem.place is not None
    assert (problem.place.line, problem.place.column) == at
