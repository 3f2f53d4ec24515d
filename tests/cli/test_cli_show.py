"""`relance show` and what it refuses; its texts are in `tests/prove/test_prove_show.py`."""

import json

from dispatcher.policy.read import read_rules
from tests.cli.cli_shell import Shell


def test_show_says_a_policy_with_the_words_of_the_home(shell: Shell) -> None:
    said = shell("show", "consumers", "--lang", "fr")
    assert said.code == 0
    assert "Étape 1" in said.out
    assert "Répondre au litige" in said.out
    assert "[formal-notice/registered]" in said.out


def test_show_as_a_table_for_people_and_for_programs(shell: Shell) -> None:
    table = shell("show", "base", "--table")
    assert "stops/dispute" in table.out
    plain = json.loads(shell("show", "base", "--format", "json").out)
    assert plain[0]["rule"] == "stops/handed-over"
    written = shell("show", "base", "--table", "--format", "markdown").out.splitlines()
    assert written[0].startswith("| Step | Rule | When")
    assert len(written) == len(plain) + 2


def test_show_resolved_can_be_read_again(shell: Shell) -> None:
    said = shell("show", "key-accounts", "--resolved")
    assert said.code == 0
    assert "# rules/base.yaml:" in said.out
    rules = {path.name: path.read_text("utf-8") for path in shell.home.rules.glob("*.yaml")}
    before, _ = read_rules(rules)
    after, _ = read_rules({**rules, "key-accounts.yaml": said.out})
    assert before is not None
    assert after is not None
    assert after.policies["key-accounts"].hash == before.policies["key-accounts"].hash


def test_show_refuses_with_a_sentence(shell: Shell) -> None:
    unknown = shell("show", "consumer")
    assert unknown.code == 2
    assert "did you mean consumers?" in unknown.err
    both = shell("show", "base", "--resolved", "--table")
    assert (both.code, both.err.count("error[show/together]")) == (2, 1)
    assert shell("show", "base", "--format", "html").code == 2
    shell.edit("rules/base.yaml", "language: 1", "language: 2")
    assert shell("show", "base").code == 2
