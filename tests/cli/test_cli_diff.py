"""`relance diff` on files, folders and revisions of a repository; RELANCE_GOLDEN=write writes."""

import json
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from dispatcher.home import Home, shipped
from tests.app.narrow_rules import NARROW
from tests.cli.cli_shell import DAY, Said, Shell


GOLDEN = Path(__file__).parent / "golden"
GIT = shutil.which("git")

POLICY = "rules/b2b-standard.yaml"
BEFORE, AFTER = "days_late: 30+", "days_late: 25+"

#: What stands in every report of that edit.
PLACE = "third-reminder, days_since_step: 8+, days_late: 25 to under 30"


@pytest.fixture
def repository(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Shell:
    """A repository that holds the shipped rules in its folder `rules`, committed once."""
    if GIT is None:
        pytest.skip("needs git")
    shutil.copytree(shipped() / "rules", tmp_path / "rules")
    monkeypatch.setenv("RELANCE_LANG", "en")
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.chdir(tmp_path)
    git("init", "--quiet", "--initial-branch=main")
    commit()
    return Shell(Home(folder=tmp_path), capsys)


def git(*arguments: str) -> str:
    assert GIT is not None
    name = ("-c", "user.name=a", "-c", "user.email=a@example.test")
    done = subprocess.run([GIT, *name, *arguments], check=True, capture_output=True, text=True)
    return done.stdout


def commit() -> None:
    git("add", "-A")
    git("commit", "--quiet", "-m", "x")


def found(said: Said) -> list[tuple[str, str, list[str]]]:
    """By difference the rules before and after, and where, of the report for programs."""
    assert said.code == 1, said.err
    return [
        (change["old"]["rule"], change["new"]["rule"], change["where"])
        for policy in json.loads(said.out)["policies"]
        for change in policy["changes"]
    ]


def edited(shell: Shell, after: str = AFTER) -> None:
    """The policy with another threshold, written now: git looks at the time of a file."""
    path = shell.home.folder / POLICY
    path.write_text(path.read_text("utf-8").replace(BEFORE, after), encoding="utf-8")


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("HEAD",),
        ("main", "rules"),
        ("HEAD:rules", "rules"),
        ("rules",),
        (f"main:{POLICY}", POLICY),
    ],
    ids=["nothing", "revision", "both", "path in revision", "own folder", "one file"],
)
def test_an_edit_that_is_not_committed_is_compared(
    repository: Shell, arguments: tuple[str, ...]
) -> None:
    same = repository("diff", *arguments)
    assert (same.code, "mean the same" in same.out) == (0, True)
    edited(repository)
    before = git("status", "--porcelain")
    changes = found(repository("diff", *arguments, "--format", "json"))
    assert {new for _, new, _ in changes} >= {"formal-notice/registered", "formal-notice/small"}
    assert all(PLACE in text for _, _, where in changes for text in where)
    assert git("status", "--porcelain") == before


def test_two_revisions_are_compared_wherever_one_stands(
    repository: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    edited(repository)
    commit()
    assert repository("diff").code == 0
    assert len(found(repository("diff", "HEAD~1", "HEAD", "--format", "json"))) == 4
    monkeypatch.chdir("rules")
    assert len(found(repository("diff", "HEAD~1", "--format", "json"))) == 4
    assert len(found(repository("diff", "HEAD~1:./", ".", "--format", "json"))) == 4
    back = found(repository("diff", "main:rules", "main~1:rules", "--format", "json"))
    assert {old for old, _, _ in back} >= {"formal-notice/registered"}


def test_a_file_that_lies_elsewhere_has_the_vocabulary_of_the_other(repository: Shell) -> None:
    text = (repository.home.folder / POLICY).read_text("utf-8")
    Path("drafts").mkdir()
    Path("drafts/ours.yaml").write_text(text.replace(BEFORE, AFTER), encoding="utf-8")
    assert len(found(repository("diff", POLICY, "drafts/ours.yaml", "--format", "json"))) == 4


def test_the_sample_can_be_pasted_into_a_test(started: Shell) -> None:
    text = (started.home.folder / POLICY).read_text("utf-8")
    Path("old.yaml").write_text(text, encoding="utf-8")
    started.edit(POLICY, "days_late: 4+", "days_late: 6+")
    told = json.loads(started("diff", "old.yaml", POLICY, "--no-portfolio", "--format", "json").out)
    tests = [change["test"] for policy in told["policies"] for change in policy["changes"]]
    assert tests
    name = told["policies"][0]["policy"]
    file = started.home.rules / "diff.test.yaml"
    file.write_text(f"policy: {name}\ntests:\n{''.join(tests)}", encoding="utf-8")
    said = started("test", str(file))
    assert said.code == 0, said.all


def test_a_case_on_a_step_that_is_gone_is_shown_and_is_no_test(repository: Shell) -> None:
    for name in ("key-accounts", "consumers", "public-bodies"):  # they may have such a step
        (repository.home.folder / f"rules/{name}.yaml").unlink()
    commit()
    policy = repository.home.folder / POLICY
    text = policy.read_text("utf-8").replace("from: third-reminder", "from: second-reminder")
    head, rest = text.split("  - id: third-reminder")
    policy.write_text(f"{head}  - id: formal-notice{rest.split('  - id: formal-notice')[1]}")
    told = json.loads(repository("diff", "--format", "json").out)
    changes = told["policies"][0]["changes"]
    gone = [x for x in changes if x["case"]["last_step"] == "third-reminder"]
    assert [(x["new"]["reason"], x["test"]) for x in gone] == [("unknown-step", "")] * len(gone)
    assert gone
    assert all(x["test"] for x in changes if x not in gone)
    assert "last_step: third-reminder" in repository("diff").out


MISTAKES: list[tuple[tuple[str, ...], str]] = [
    (("nowhere",), "diff/nothing"),
    (("--", "-x"), "diff/nothing"),
    (("HEAD:nowhere",), "diff/no-path"),
    (("empty", "rules"), "diff/no-rules"),
    (("HEAD", "--portfolio"), "diff/no-portfolio"),
    (("HEAD", "--format", "xml"), "run/format"),
]


@pytest.mark.parametrize(("arguments", "code"), MISTAKES, ids=[code for _, code in MISTAKES])
def test_what_cannot_be_compared_is_said(
    repository: Shell, arguments: tuple[str, ...], code: str
) -> None:
    Path("empty").mkdir()
    said = repository("diff", *arguments)
    assert (said.code, code in said.err, said.out) == (2, True, "")


def test_rules_that_cannot_be_read_are_named_with_their_revision(repository: Shell) -> None:
    edited(repository, "days_late: many")
    commit()
    said = repository("diff", "HEAD", "HEAD~1")
    assert (said.code, said.out) == (2, "")
    assert f"HEAD:{POLICY}" in said.err


def test_what_is_wrong_with_the_rules_together_is_said_and_compared(repository: Shell) -> None:
    repository.edit(POLICY, "under 20000}", "under 30000}")
    said = repository("diff", "HEAD")
    assert said.code == 1
    assert "policy/overlap" in said.err
    assert "key-accounts → b2b-standard + key-accounts" in said.out


# -- with cases -----------------------------------------------------------------------------------


@pytest.fixture
def moved(started: Shell) -> Callable[..., Said]:
    """The report on a home with cases whose reminder goes by letter now, and who rest longer."""
    shutil.copytree(started.home.rules, "before")
    started.edit(POLICY, NARROW, NARROW.replace("email else call", "letter else call"))
    started.edit("rules/base.yaml", "gap: 5 days", "gap: 6 days")

    def say(*arguments: str) -> Said:
        return started("diff", "before", "--date", DAY, *arguments)

    return say


def test_todays_plan_is_decided_by_both(moved: Callable[..., Said], started: Shell) -> None:
    store = started.home.var / "relance.sqlite"
    before = store.read_bytes()
    told = json.loads(moved("--format", "json").out)["portfolio"]
    assert told["day"] == DAY
    assert told["moved"] == sum(row["cases"] for row in told["groups"]) > 0
    assert {row["new_action"] for row in told["groups"]} <= {"contact", "task"}
    emails = next(each for each in told["messages"] if each["channel"] == "email")
    assert emails["new"] < emails["old"]
    assert len(told["first"]) == min(told["moved"], 10)
    assert store.read_bytes() == before
    assert json.loads(moved("--format", "json", "--no-portfolio").out)["portfolio"] is None


def test_rules_are_compared_though_the_day_cannot_be_planned(
    moved: Callable[..., Said], started: Shell
) -> None:
    (started.home.incoming / "open-items.csv").unlink()
    said = moved()
    assert (said.code, "reminder/standard" in said.out) == (1, True)
    assert "today's plans were not compared" in said.err
    assert moved("--portfolio").code == 2


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("form", ["text", "markdown"])
def test_the_report_reads_as_it_should(moved: Callable[..., Said], form: str, lang: str) -> None:
    said = moved("--format", form, "--lang", lang)
    path = GOLDEN / f"diff.{lang}.{'md' if form == 'markdown' else 'txt'}"
    text = "\n".join(line.rstrip() for line in said.out.splitlines()) + "\n"
    if os.environ.get("RELANCE_GOLDEN") == "write":
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text("utf-8")
    assert said.code == 1
