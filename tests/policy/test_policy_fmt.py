"""`fmt`: one way to write a policy; the meaning, the comments and what is right already stay.

`RELANCE_EXAMPLES=20000 python -m pytest -m slow tests/policy/test_policy_fmt.py` looks longer.
"""

import os
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatcher.nodes.read import read_yaml
from dispatcher.policy.document import POLICY_KEYS
from dispatcher.policy.formatting import WIDTH, formatted
from dispatcher.policy.ladder import STEP_KEYS
from dispatcher.policy.read import read_rules
from dispatcher.policy.shapes import POLICY, STEP_ORDER, THEN_ORDER
from dispatcher.policy.terms import Policy
from dispatcher.policy.thens import CONTACT_KEYS, HAND_OVER_KEYS, HOLD_KEYS, WAIT_KEYS, WORK_KEYS
from tests.policy.policy_spellings import mutated, policies, spellings
from tests.policy.policy_world import FACTS, HEAD, STEPS


ROOT = Path(__file__).parents[2]
_DEEDS = (CONTACT_KEYS, WAIT_KEYS, HOLD_KEYS, WORK_KEYS, HAND_OVER_KEYS)
LINE = "# yaml-language-server: $schema=.schema/policy.schema.json\n"


def fmt(text: str, *, file: str = "a.yaml") -> str:
    """The text as it should be written, formatted twice to see that it rests there."""
    after, problems = formatted(text, file=file)
    assert after is not None, problems
    again, _ = formatted(after, file=file)
    assert again == after
    return after


def meant(text: str) -> Policy:
    """What a policy's text means, beside the small vocabulary."""
    rulebook, problems = read_rules({"facts.yaml": FACTS, "1.yaml": text})
    assert rulebook is not None, problems
    return next(iter(rulebook.policies.values()))


# -- one value ----------------------------------------------------------------------------------

VALUES = {
    "{at_least: 30}": "30+",
    "{below: 500.00}": "under 500",
    "{below: 5000, at_least: 150}": "150 to under 5000",
    "{at_least: 4, at_most: 8}": "4 to 8",
    "{at_most: 8}": "{at_most: 8}",  # there are no words for it
    "{at_least: -5}": "-5+",
    "{none_of: [broken]}": "not broken",
    "{none_of: [kept, broken]}": "neither kept nor broken",
    "{ none_of: [-5] }": "not -5",
    "[sme]": "sme",
    "[ sme,mid_cap ]": "[sme, mid_cap]",
    "1500.00": "1500",
    "12.5+": "12.50+",
    "012.50 to 020": "12.50 to 20",
    "0123": "0123",  # may be a word
    '"30+"': "30+",
    "'sme'": "sme",
    '"yes"': '"yes"',  # an editor would take it for a truth value
    '"2025"': '"2025"',
    "not broken": "not broken",
}


@pytest.mark.parametrize(("written", "wanted"), VALUES.items(), ids=VALUES)
def test_a_value_has_one_spelling(written: str, wanted: str) -> None:
    text = f"policy: x\nstart: {{fact: {written}, other: 1}}  # why\n"
    assert f"start: {{fact: {wanted}, other: 1}}  " in fmt(text)
    block = f"policy: x\nconditions:\n  named:\n    fact: {written}   # why\n"
    assert re.search(rf"\n    fact: {re.escape(wanted)} +# why\n", fmt(block))


def test_a_value_by_indentation_is_pulled_up() -> None:
    text = "policy: x\nstart:\n  late:\n    at_least: 30\n  kind:\n    - firm\n  more: 1\n"
    assert "start:\n  late: 30+\n  kind: firm\n  more: 1\n" in fmt(text)


def test_what_stands_under_is_a_name_of_a_condition_and_no_value() -> None:
    assert 'start: {is: "solid"}' in fmt('policy: x\nstart: {is: "solid"}\n')


# -- order --------------------------------------------------------------------------------------


def test_the_orders_name_every_key_of_the_tables() -> None:
    then = {key.name for keys in _DEEDS for key in keys}
    assert set(THEN_ORDER) == then
    assert {key.name for key in STEP_KEYS} <= set(STEP_ORDER)
    assert {key.name for key in POLICY_KEYS} == set(POLICY.order)


def test_keys_in_brackets_are_put_in_order() -> None:
    text = (
        "policy: x\nstops:\n  - {then: {due_in: 1 day, task: look,hold: why}, when: any, id: a}\n"
    )
    assert "  - {id: a, when: any, then: {hold: why, task: look, due_in: 1 day}}\n" in fmt(text)


def test_keys_by_indentation_move_with_their_comments() -> None:
    text = """\
# about the file

policy: x
# about the steps
steps:
  # about the first
  - when: {late: 3+}   # when it may
    # about its name
    id: first
    choose:
      - then: wait
        when: any  # always
        id: only
        # below the last
  - {id: second, choose: []}
language: 1   # of the rules
"""
    assert fmt(text) == LINE + (
        """\
# about the file

language: 1   # of the rules
policy: x

# about the steps
steps:
  # about the first
  # about its name
  - id: first
    when: {late: 3+}   # when it may
    choose:
      - id: only
        # below the last
        when: any  # always
        then: wait

  - {id: second, choose: []}
"""
    )


def test_what_a_cap_counts_stands_before_its_days() -> None:
    text = "policy: x\nlimits:\n  at_most: [{per: 30 days, call: 2}]\n"
    assert "at_most: [{call: 2, per: 30 days}]" in fmt(text)


def test_yes_and_no_are_written_so() -> None:
    assert "optional: yes, choose" in fmt("policy: x\nsteps: [{optional: true, choose: []}]\n")


# -- lines --------------------------------------------------------------------------------------


def test_brackets_that_are_too_long_are_opened() -> None:
    many = ", ".join(f"word-{n}" for n in range(40))
    text = f"policy: x\nstops:\n  - {{id: a, when: {{kind: [{many}]}}}}  # why\n"
    lines = fmt(text).splitlines()
    assert lines[3:7] == ["stops:", "  - id: a  # why", "    when:", "      kind:"]
    assert len(lines) == 7 + 40
    assert all(len(line) <= WIDTH for line in lines)


def test_a_comment_in_brackets_keeps_them_as_they_are() -> None:
    text = LINE + "policy: x\nstart: {b: [sme,   # one\n  mid],\n  a: {at_least: 1}}  # two\n"
    assert fmt(text) == text


def test_alignment_by_hand_stays() -> None:
    text = LINE + "policy: x\n\nstops:\n  - {id: a,    when: any}\n  - {id: long, when: any}\n"
    assert fmt(text) == text


def test_a_comment_keeps_its_column_where_it_can() -> None:
    text = "policy: x\nstart: {late: {at_least: 3}}   # one\nowner: y                       # two\n"
    first, second = (line for line in fmt(text).splitlines() if "# " in line[1:])
    assert first.index("#") == second.index("#") == 31


def test_blank_lines_are_single_and_stand_before_sections_and_steps() -> None:
    text = (
        "\n\npolicy: x  \n\n\n\nowner: y\nsteps:\n  - {id: a}\n  # b\n  - {id: b}\nstart: any\n\n"
    )
    wanted = "policy: x\n\nowner: y\nstart: any\n\nsteps:\n  - {id: a}\n\n  # b\n  - {id: b}\n"
    assert fmt(text) == LINE + wanted


def test_ends_of_lines_and_a_byte_order_mark_stay() -> None:
    text = "\ufeffpolicy: x\r\nlanguage: 1\r\n"
    assert fmt(text) == "\ufeff" + (LINE + "language: 1\npolicy: x\n").replace("\n", "\r\n")


def test_text_over_several_lines_is_not_touched() -> None:
    text = LINE + 'policy: x\nowner: |\n  a  \n\n\n  # b\n\nlabel: {fr: "c\n\n\n  d"}\n'
    assert read_yaml(fmt(text), file="a")[0] is not None
    assert "owner: |\n  a  \n\n\n  # b\n" in fmt(text)
    assert '"c\n\n\n  d"' in fmt(text)


def test_the_schema_is_named_by_the_kind_of_file() -> None:
    assert fmt("facts: {a: {of: debtor}}\n").startswith(
        "# yaml-language-server: $schema=.schema/facts"
    )
    test = fmt("tests: []\npolicy: x\n", file="x.test.yaml")
    assert (
        test
        == "# yaml-language-server: $schema=.schema/policy-test.schema.json\ntests: []\npolicy: x\n"
    )
    named = "# yaml-language-server: $schema=https://example.test/mine.json\npolicy: x\n"
    assert fmt(named) == named
    below, _ = formatted("policy: x\n", file="a.yaml", schemas="../.schema")
    assert below == LINE.replace(".schema/", "../.schema/", 1) + "policy: x\n"


def test_a_file_with_a_problem_is_refused() -> None:
    after, problems = formatted("policy: x\npolicy: y\n", file="a.yaml")
    assert after is None
    assert [problem.code for problem in problems] == ["yaml/duplicate-key"]


@pytest.mark.parametrize(
    "path", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda path: path.name
)
def test_the_shipped_rules_are_nearly_written_so(path: Path) -> None:
    before = path.read_text("utf-8").splitlines()
    after = fmt(path.read_text("utf-8"), file=path.name).splitlines()
    same = sum(line in set(after) for line in before)
    assert same >= 0.95 * len(before)


# -- meaning ------------------------------------------------------------------------------------


def test_the_meaning_of_a_policy_in_disorder_is_the_same() -> None:
    text = "\n".join(reversed([HEAD.strip(), STEPS.strip(), "start: {days_late: {at_least: 3}}"]))
    after = fmt(text + "\n")
    assert after.splitlines()[1:3] == ["language: 1", "policy: standard"]
    assert meant(after).text == meant(text).text


@st.composite
def commented(draw: st.DrawFn) -> str:
    """A generated policy with comments behind its lines and between them."""
    lines = draw(policies().flatmap(spellings)).splitlines()
    found = []
    for number, line in enumerate(lines):
        what = draw(st.integers(0, 5))
        if what == 0:
            found += [" " * draw(st.integers(0, 6)) + f"# above {number}"]
        if what == 1:
            found += [""] * draw(st.integers(1, 3))
        found.append(line + (f"  # behind {number}" if what == 2 else ""))
    return "\n".join(found) + "\n"


def comments(text: str) -> list[str]:
    return sorted(re.findall(r"# (?:above|behind) \d+", text))


def check_meaning(text: str) -> None:
    """Same content, same labels, same comments, and a second time nothing."""
    after = fmt(text)
    before, then = meant(text), meant(after)
    assert then.text == before.text
    assert (then.labels, then.file) == (before.labels, before.file)
    assert comments(after) == comments(text)


@given(text=commented())
@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
def test_fmt_never_changes_a_meaning_and_loses_no_comment(text: str) -> None:
    check_meaning(text)


@given(text=policies().flatmap(mutated).flatmap(spellings))
@settings(max_examples=30, deadline=None, suppress_health_check=list(HealthCheck))
def test_a_damaged_policy_has_the_same_problems_afterwards(text: str) -> None:
    def codes(policy: str) -> list[str]:
        return sorted(p.code for p in read_rules({"facts.yaml": FACTS, "1.yaml": policy})[1])

    if formatted(text, file="a.yaml")[0] is not None:
        assert codes(fmt(text)) == codes(text)


@pytest.mark.slow
@given(text=commented())
@settings(
    max_examples=int(os.environ.get("RELANCE_EXAMPLES", "3000")),
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
def test_fmt_never_changes_a_meaning_of_thousands(text: str) -> None:
    check_meaning(text)
