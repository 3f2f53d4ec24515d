"""`relance simulate` and `relance replay` as people and machines read them."""

import json
import re

import pytest

from tests.cli.cli_shell import DAY, Said, Shell


PAID = """Compte;Facture;Date facture;Échéance;Montant TTC;Date règlement
{debtor};P1;01/09/2026;01/10/2026;1200,00;07/10/2026
{debtor};P2;01/09/2026;02/10/2026;900,00;30/10/2026
C99999;P3;01/09/2026;02/10/2026;900,00;30/10/2026
"""

ASSUME = "after:\n  reminder: {share: 100%, within: 2 days}\ncalls: {reached: 50%}\n"


def contacts(out: str) -> int:
    (found,) = re.findall(r": (\d+) contacts with", out)
    return int(found)


def simulate(shell: Shell, *more: str) -> Said:
    return shell("simulate", "--date", DAY, "--days", "2", *more)


def test_the_assumption_stands_first_and_nothing_is_written(shell: Shell) -> None:
    said = simulate(shell)
    assert said.code == 0
    assert said.out.splitlines()[:2] == ["Assumption", "nobody pays by himself"]
    assert "2026-11-24 to 2026-11-25: " in said.out
    for title in ("What goes out", "Week by week", "Hardest pressed debtors", "Owed by step"):
        assert title in said.out
    assert not (shell.home.var / "relance.sqlite").exists()


def test_in_french_everything_is_french(shell: Shell) -> None:
    said = simulate(shell, "--lang", "fr", "--assume", "history")
    assert said.out.startswith("Hypothèse\nchacun paie aussi tard que jusqu'ici")
    assert "Ce qui part" in said.out


def test_the_same_seed_says_the_same_from_the_store_as_from_the_files(shell: Shell) -> None:
    (shell.home.folder / "a.yaml").write_text(ASSUME, encoding="utf-8")
    first = simulate(shell, "--assume", "a.yaml", "--seed", "3")
    assert "100 % of cases are paid within 2 days after reminder" in first.out
    assert "seed 3" in first.out
    assert simulate(shell, "--assume", "a.yaml", "--seed", "3").out == first.out
    shell("import", "--date", DAY)
    assert simulate(shell, "--assume", "a.yaml", "--seed", "3").out == first.out


def test_programs_get_the_assumption_and_every_figure(shell: Shell) -> None:
    found = json.loads(simulate(shell, "--format", "json").out)
    assert found["assumption"]["payments"] == "none"
    assert found["contacts"] == sum(
        each["messages"] for each in found["sent"] if each["sort"] == "contact"
    )
    assert found["start"] == DAY


def test_a_table_for_a_spreadsheet_begins_with_the_assumption(shell: Shell) -> None:
    lines = simulate(shell, "--format", "csv").out.splitlines()
    rows = [line for line in lines if not line.startswith("#")]
    assert lines[0] == "# nobody pays by himself"
    assert rows[0].startswith("day,policy,step,channel,sort,currency,messages,cases,amount,cost")
    assert all(row.startswith("2026-11-2") for row in rows[1:])


def test_a_page_for_a_pull_request(shell: Shell) -> None:
    said = simulate(shell, "--format", "markdown")
    assert said.out.startswith("### Assumption\n\n- nobody pays by himself\n")
    assert "| policy | step | channel |" in said.out


def test_other_rules_do_something_else(shell: Shell) -> None:
    other = shell.home.folder / "other"
    other.mkdir()
    for path in shell.home.rules.glob("*.yaml"):
        text = path.read_text("utf-8")
        late = re.sub(r"^start: .*$", "start: {days_late: 1000+}", text, flags=re.MULTILINE)
        (other / path.name).write_text(late, encoding="utf-8")
    before, after = simulate(shell).out, simulate(shell, "--rules", "other").out
    assert contacts(after) < contacts(before)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        pytest.param(("simulate", "--assume", "soon"), "simulate/no-assumption", id="assumption"),
        pytest.param(("simulate", "--assume", "bad.yaml"), "policy/percent", id="file"),
        pytest.param(("simulate", "--assume", "step.yaml"), "simulate/no-step", id="step"),
        pytest.param(("simulate", "--rules", "nowhere"), "diff/nothing", id="rules"),
        pytest.param(("simulate", "--format", "pdf"), "run/format", id="format"),
        pytest.param(("replay", "x.csv", "--disputed", "Litige"), "replay/disputed", id="disputed"),
        pytest.param(("replay", "paid.csv", "--source", "moon"), "replay/no-source", id="source"),
        pytest.param(
            ("replay", "paid.csv", "--disputed", "Litige=Oui"), "replay/no-heading", id="heading"
        ),
        pytest.param(("replay", "paid.csv"), "replay/no-ledger", id="debtors"),
        pytest.param(("replay", "--from", "2001-01-01", "--to", "2001-02-01"), "replay/no-days",
                     id="days"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said(shell: Shell, arguments: tuple[str, ...], code: str) -> None:
    folder = shell.home.folder
    (folder / "bad.yaml").write_text("calls: {reached: often}\n", encoding="utf-8")
    (folder / "step.yaml").write_text("after: {nudge: {share: 1%, within: 1 day}}\n", "utf-8")
    (folder / "paid.csv").write_text(PAID.format(debtor="C00001"), encoding="utf-8")
    said = shell(*arguments)
    assert said.code == 2
    assert f"[{code}]" in said.err


def test_a_store_in_which_nothing_is_open_cannot_be_simulated(shell: Shell) -> None:
    shell("send", "--date", DAY)
    said = simulate(shell)
    assert said.code == 2
    assert "[simulate/no-cases]" in said.err


# -- replay ---------------------------------------------------------------------------------------


def ledger(shell: Shell) -> str:
    """Two past invoices of the first debtor of the export, and one of nobody."""
    text = (shell.home.incoming / "open-items.csv").read_text("utf-8")
    debtor = text.splitlines()[1].split(";")[0]
    path = shell.home.incoming / "paid-items.csv"
    path.write_text(PAID.format(debtor=debtor), encoding="utf-8")
    return debtor


def test_a_ledger_is_replayed_beside_other_rules(shell: Shell) -> None:
    ledger(shell)
    days = ("--from", "2026-10-05", "--to", "2026-10-07")
    said = shell("replay", *days, "--against", "rules")
    assert said.code == 0
    assert "payments are those of the ledger, whatever is sent" in said.out
    assert "1 invoices are left out" in said.out
    (row,) = (line for line in said.out.splitlines() if "paid by the next working day" in line)
    assert row.split()[-1] == "0"
    assert "disputed cases that were claimed (must be 0)" in said.out


def test_a_replay_ends_on_the_day_that_was_asked_for_be_it_a_saturday(shell: Shell) -> None:
    ledger(shell)
    days = ("--from", "2026-10-05", "--to", "2026-10-10")
    (found,) = json.loads(shell("replay", *days, "--format", "json").out)
    assert found["forecast"]["end"] == "2026-10-10"


def test_a_replay_for_programs_names_its_rules_and_assumption(shell: Shell) -> None:
    ledger(shell)
    days = ("--from", "2026-10-05", "--to", "2026-10-07")
    (found,) = json.loads(shell("replay", *days, "--format", "json").out)
    assert found["assumption"] == {"payments": "real", "after": {}}
    assert (found["rules"], found["left_out"], found["disputes"]) == ("rules", 1, 0)
    assert found["forecast"]["start"] == "2026-10-05"
