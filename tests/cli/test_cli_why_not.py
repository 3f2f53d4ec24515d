"""`relance explain CASE --why-not RULE`: how near a rule is, in the words that people read."""

import pytest

from dispatcher.prove.exact.diagram import OverBudget
from tests.cli.cli_shell import DAY, Shell, export


YOUNG = "FA26013"  # due in five days
LATE = "FA26011"  # nine days late
HELD = LATE
FREE = "FA26011;16/10/2026;15/11/2026;2732,07;2732,07"  # as it stands in the export
SO = "if this were so from today on:"
SINCE = "Days since the last step, or since the last stop ended"


def why(shell: Shell, case: str, rule: str, *more: str) -> list[str]:
    """What is said of a case after its own answer."""
    said = shell("explain", case, "--why-not", rule, "--date", DAY, *more)
    assert said.code == 0, said.all
    return said.out.splitlines()


def test_days_that_go_by_are_enough(started: Shell) -> None:
    lines = why(started, YOUNG, "reminder")
    assert lines[0] == "FA26013 of C00005: 5,075.32 EUR"
    assert lines[-3:] == [
        "reminder/standard would answer in 9 days, on 2026-12-03, if nothing happens until then:",
        "  “Days late” is 4 or more (now: 0)",
        "It would go by e-mail.",
    ]


def test_the_same_in_french(started: Shell) -> None:
    assert why(started, YOUNG, "reminder", "--lang", "fr")[-3:] == [
        "reminder/standard répondrait dans 9 jours, le 03/12/2026, si rien ne se passe d'ici là :",
        "  « Jours de retard » est de 4 ou plus (aujourd'hui : 0)",
        "Le contact se ferait par e-mail.",
    ]


def test_a_dispute_has_to_end_first(started: Shell) -> None:
    started("event", HELD, "dispute_opened", "--person", "Paul", "--date", DAY)
    assert why(started, HELD, "reminder")[1:5] == [
        "It holds: a dispute (stops/dispute).",
        "Task for our people: answer-dispute.",
        "reminder/standard would answer today if this were so:",
        "  “Dispute” is none or part or settled (now: open)",
    ]
    assert why(started, HELD, "stops/dispute")[-1] == "stops/dispute does answer today."


def test_what_happens_and_what_grows_are_said_apart(started: Shell) -> None:
    lines = why(started, LATE, "formal-notice")
    assert any(SO in line for line in lines)
    assert "  “Last step done” is “Third reminder” (now: none)" in lines
    assert "  by itself, day by day: “Days late” is 30 or more (from 9)" in lines
    assert lines[-1] == "It would go by registered letter."


def test_a_limit_that_would_put_it_off_is_named(started: Shell) -> None:
    on = ("--channel", "call", "--person", "Paul", "--date", DAY)
    started("event", LATE, "contacted", *on)
    lines = why(started, LATE, "second-reminder")
    assert lines[-1] == (
        "Limits would then put it off until 2026-11-30: he was contacted a few days ago."
    )
    french = why(started, LATE, "second-reminder", "--lang", "fr")
    assert french[-1].startswith("Les limites le repousseraient alors au 30/11/2026 : ")


def test_a_rule_that_only_waits_for_a_limit_is_said(started: Shell) -> None:
    started("event", LATE, "contacted", "--channel", "call", "--person", "Paul", "--date", DAY)
    lines = why(started, LATE, "reminder")
    assert lines[1].startswith("It waits: he was contacted a few days ago")
    assert lines[-1] == (
        "The rules say reminder/standard today; it only has to wait, as said above."
    )


def test_the_clock_that_starts_again_is_said(shell: Shell) -> None:
    shell.edit("in/open-items.csv", f"{FREE};;;;;;", f"{FREE};;;;;R3;16/11/2026")
    shell("import", "--date", DAY)
    shell("event", HELD, "dispute_opened", "--person", "Paul", "--date", DAY)
    lines = why(shell, HELD, "second-reminder")
    assert lines[3:] == [
        "When the stop ends, the case goes on as if “Courteous reminder” had just been done.",
        f"second-reminder/large would answer in 7 days, on 2026-12-01, {SO}",
        "  “Dispute” is none or part or settled (now: open)",
        f"  by itself, day by day: “{SINCE}” is 7 or more (from 0)",
        "It would go by letter.",
    ]


def test_a_stop_that_lets_the_case_go_on_where_it_stands_is_said(shell: Shell) -> None:
    shell.edit("in/open-items.csv", f"{FREE};;;;;;", f"{FREE};;;;;R3;16/11/2026")
    shell("import", "--date", DAY)
    shell("event", HELD, "reply_received", "--person", "Paul", "--date", DAY)
    lines = why(shell, HELD, "formal-notice/registered")
    assert "The day on which the stop ends, the days since the last step start at 0 again." in lines
    assert any(f"“{SINCE}” is 8 or more (from 0)" in line for line in lines)


def test_a_debtor_whom_no_channel_reaches_is_said(shell: Shell) -> None:
    path = shell.home.incoming / "open-items.csv"
    rows = path.read_text("utf-8").splitlines()
    cells = next(row for row in rows if f";{YOUNG};" in row).split(";")
    gone = [";".join([*cells[:4], "", "", "", "", "", *cells[9:14], "", *cells[15:]])]
    export(shell.home, "\n".join([rows[0], *gone]) + "\n")
    assert why(shell, YOUNG, "reminder")[-1] == "No channel of that rule reaches him now."


def test_a_rule_that_answers_no_case_is_said(
    started: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dispatcher.why_not.nearest", lambda *_, **__: None)
    assert why(started, LATE, "formal-notice")[-1].startswith("Whatever changes, formal-notice ")


def test_a_policy_that_is_too_large_is_said(
    started: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_large(*_: object) -> None:
        raise OverBudget

    monkeypatch.setattr("dispatcher.why_not.analyse", too_large)
    said = started("explain", LATE, "--why-not", "formal-notice", "--date", DAY)
    assert (said.code, said.out, "why/too-large" in said.err) == (2, "", True)


@pytest.mark.parametrize(
    ("rule", "code"), [("registred", "why/no-rule"), ("formal-notise", "why/no-rule")]
)
def test_a_name_that_means_nothing_is_said(started: Shell, rule: str, code: str) -> None:
    said = started("explain", LATE, "--why-not", rule, "--date", DAY)
    assert (said.code, said.out, code in said.err) == (2, "", True)
    assert "steps: pre-due, reminder, second-reminder" in said.err
    assert ("did you mean formal-notice?" in said.err) is (rule == "formal-notise")


def test_a_rule_of_another_policy_is_looked_for_there(started: Shell) -> None:
    lines = why(started, LATE, "bailiff")
    assert "It is a rule of the policy consumers; this case is in b2b-standard." in lines
    assert any("Legal kind" in line and "hardly ever changes" in line for line in lines)
