"""A person holds a case and lets it go on; `relance plan` alone goes on showing the day."""

import json
from collections.abc import Sequence

import pytest

from tests.cli.cli_shell import DAY, Shell, events


CASE = "FA26001"
WHO = ("--person", "Paul", "--date", DAY)
HOLD = ("plan", "hold", CASE, "--reason", "Client en visite", *WHO)
LATER = "2026-11-27"


def answer(shell: Shell, day: str = DAY) -> tuple[str, str]:
    said = shell("plan", "--date", day, "--format", "json")
    told = json.loads(said.out)["answers"]
    found = next(each for each in told if each["number"] == CASE)
    return found["action"], found["reason"]


def test_a_hold_lasts_until_a_person_takes_it(started: Shell) -> None:
    said = started(*HOLD)
    assert (said.code, said.out) == (0, f"{CASE}: held by Paul until `relance plan take`\n")
    assert answer(started) == ("hold", "pause")
    assert answer(started, "2027-01-20") == ("hold", "pause")
    explained = started("explain", CASE, "--date", DAY).out
    assert f"held by Paul since {DAY}: Client en visite" in explained
    taken = started("plan", "take", CASE, "--reason", "visite faite", *WHO)
    assert (taken.code, taken.out) == (0, f"{CASE}: goes on, says Paul\n")
    assert answer(started) == ("contact", "")
    assert "held by" not in started("explain", CASE, "--date", DAY).out
    told = started("history", CASE).out
    assert "event: held" in told
    assert "“Client en visite”, by Paul" in told
    assert "event: goes on" in told
    assert "the trail is whole" in started("audit", "verify").out


def test_a_hold_with_a_last_day_ends_by_itself(started: Shell) -> None:
    said = started(*HOLD, "--until", LATER, "--lang", "fr")
    assert said.out == f"{CASE} : bloqué par Paul jusqu'au {LATER} inclus\n"
    assert answer(started, LATER) == ("hold", "pause")
    explained = started("explain", CASE, "--date", LATER, "--lang", "fr").out
    assert f"bloqué par Paul du {DAY} au {LATER} : Client en visite" in explained
    assert answer(started, "2026-11-30") == ("contact", "")
    late = started(
        "plan", "take", CASE, "--reason", "x", "--person", "Paul", "--date", "2026-11-30"
    )
    assert (late.code, "hold/none" in late.err) == (2, True)


MISTAKES = [
    pytest.param(["take", CASE, "--reason", "x", *WHO], "hold/none", id="nobody holds it"),
    pytest.param(["hold", CASE, "--reason", " ", *WHO], "hold/reason", id="no reason"),
    pytest.param(
        ["hold", CASE, "--reason", "x", "--person", "", "--date", DAY], "event/person", id="nobody"
    ),
    pytest.param([*HOLD[1:], "--until", "2026-11-23"], "event/until", id="over already"),
    pytest.param([*HOLD[1:], "--until", "soon"], "run/date", id="no day"),
    pytest.param(["hold", "FA1", "--reason", "x", *WHO], "run/no-case", id="no case"),
    pytest.param(["hold", CASE, *WHO], "--reason", id="reason left out"),
    pytest.param(["--date", DAY, *HOLD[1:]], "stand after it", id="options before the word"),
    pytest.param(["halt", CASE], "halt", id="no such command"),
]


@pytest.mark.parametrize(("arguments", "told"), MISTAKES)
def test_a_mistake_holds_nothing(started: Shell, arguments: Sequence[str], told: str) -> None:
    said = started("plan", *arguments)
    assert said.code == 2
    assert told in said.err
    assert events(started.home) == 0


def test_help_names_both(shell: Shell) -> None:
    said = shell("plan", "--help")
    assert said.code == 0
    for word in ("--date", "--format", "hold", "take"):
        assert word in said.out


def test_the_plan_adds_up_what_goes_out_and_its_cost(shell: Shell) -> None:
    shell.edit("config.yaml", "price: 0.002", "price: 0.10")
    table = shell("plan", "--date", DAY).out
    told = json.loads(shell("plan", "--date", DAY, "--format", "json").out)
    mails = [each for each in told["shares"] if each["channel"] == "email"]
    count = sum(each["messages"] for each in mails)
    assert count > 1
    total = next(line.split() for line in table.splitlines() if line.startswith("total"))
    assert int(total[1]) == told["contacts"]
    assert total[-2:] == [f"{count / 10:.2f}", "EUR"]
    assert sum(each["cases"] for each in told["shares"]) == int(total[2])
    costs = [float(each["cost"]) for each in told["answers"] if each["cost"] is not None]
    assert sum(costs) == pytest.approx(count / 10)


def test_a_channel_without_a_price_shows_a_dash_and_never_nothing(shell: Shell) -> None:
    table = shell("plan", "--date", DAY).out
    calls = [line for line in table.splitlines() if " telephone " in line]
    assert calls
    assert all(line.rstrip().endswith("–") for line in calls)
    assert "without a price in config.yaml, so not in the total: telephone" in table
    told = json.loads(shell("plan", "--date", DAY, "--format", "json").out)
    assert {each["cost"] for each in told["shares"] if each["channel"] == "call"} == {None}
    shell.edit("config.yaml", "    price: 0.002", "    # price: 0.002")
    without = shell("plan", "--date", DAY).out
    assert " 0.00 EUR" not in without
    assert "0.01 EUR" not in without


def test_what_costs_less_than_a_cent_is_shown_as_a_cent(shell: Shell) -> None:
    shell.edit("config.yaml", "price: 0.002", "price: 0.00001")
    assert "0.01 EUR" in shell("plan", "--date", DAY).out


def test_what_waits_and_holds_stands_below_by_reason(started: Shell) -> None:
    started(*HOLD)
    for lang, words in (("en", ("hold", "a pause")), ("fr", ("bloqué", "une pause"))):
        table = started("plan", "--date", DAY, "--lang", lang).out
        assert any(all(word in line for word in words) for line in table.splitlines())


STAGES = (
    "reading files",
    "writing what came in",
    "reading the book",
    "facts of each case",
    "holds that ended",
    "rules",
    "one contact per debtor",
    "choosing channels",
    "days and limits",
    "contacts",
    "an answer for each case",
    "tasks",
)


@pytest.mark.parametrize("command", ["plan", "run"])
def test_timings_name_each_stage_with_its_memory(shell: Shell, command: str) -> None:
    said = shell(command, "--date", DAY, "--timings")
    timed = {line.rsplit("  ", 1)[0].strip(): line for line in said.err.splitlines()}
    for stage in STAGES:
        assert timed[stage].endswith(" MB")
    assert ("sending" in timed) == (command == "run")
    assert "rules" not in shell(command, "--date", DAY).err


def test_timings_leave_the_json_as_it_is(shell: Shell) -> None:
    timed = shell("plan", "--date", DAY, "--timings", "--format", "json")
    assert json.loads(timed.out) == json.loads(shell("plan", "--date", DAY, "--format", "json").out)


@pytest.mark.parametrize("lang", ["fr", "en"])
def test_a_plan_fits_into_80_columns(
    shell: Shell, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    table = shell("plan", "--date", DAY, "--lang", lang).out
    rows = [line for line in table.splitlines() if not line.startswith("b2b-standard con")]
    assert max(map(len, rows)) <= 80
    assert "…" not in table
