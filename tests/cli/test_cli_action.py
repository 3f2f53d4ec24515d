"""The hooks and the action: parsed, and the action's own shell steps run in a repository."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from dispatcher.cli.commands import app
from dispatcher.home import lay_down


ROOT = Path(__file__).parents[2]
BASH = shutil.which("bash")
GIT = shutil.which("git")

#: Stands for the real one in the shell steps: says what it was asked, ends as it is told.
FAKE = """\
#!/bin/sh
echo "$@" >> "$RUNNER_TEMP/asked.txt"
case "$1" in
  check) printf '%s' "$CHECK_SAYS"; exit "${CHECK_CODE:-0}" ;;
  diff) echo '## Two rules differ'; exit "${DIFF_CODE:-0}" ;;
esac
"""


def action() -> Any:  # noqa: ANN401 - YAML
    return yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))


def hooks() -> list[dict[str, Any]]:
    found = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8"))
    assert isinstance(found, list)
    return found


def test_the_hooks_run_commands_that_there_are() -> None:
    commands = {
        each.name or getattr(each.callback, "__name__", "") for each in app.registered_commands
    }
    for hook in hooks():
        assert hook["id"] == hook["entry"].replace(" ", "-")
        assert hook["entry"].split()[1] in commands
        assert re.search(hook["files"], "rules/base.yaml")
        assert re.search(hook["files"], "homes/paris/rules/b2b.test.yaml")
        assert not re.search(hook["files"], "README.md")
    assert [hook["id"] for hook in hooks()] == ["relance-fmt", "relance-check", "relance-test"]
    assert hooks()[0].get("pass_filenames", True)


def test_the_action_says_what_every_input_is_and_gives_none_to_a_shell_unquoted() -> None:
    said = action()
    assert said["runs"]["using"] == "composite"
    for each in said["inputs"].values():
        assert each["description"]
        assert "default" in each
    for step in said["runs"]["steps"]:
        assert "${{" not in step.get("run", ""), step["name"]
        assert "run" not in step or step["shell"] == "bash"
    text = (ROOT / "action.yml").read_text("utf-8")
    assert set(re.findall(r"inputs\.(\w+)", text)) == set(said["inputs"])


class Runner:
    """A repository with a home in a folder, and the action's steps run in it."""

    def __init__(self, folder: Path) -> None:
        self.repository = folder / "repository"
        self.temp = folder / "temp"
        for each in (self.temp / "bin", self.repository):
            each.mkdir(parents=True)
        fake = self.temp / "bin" / "relance"
        fake.write_text(FAKE)
        fake.chmod(0o755)
        self.git("init", "--quiet", "--initial-branch=main")

    def git(self, *arguments: str) -> str:
        assert GIT is not None
        name = ("-c", "user.name=a", "-c", "user.email=a@example.test")
        done = subprocess.run(
            [GIT, *name, *arguments],
            cwd=self.repository,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip()

    def commit(self) -> str:
        self.git("add", "-A")
        self.git("commit", "--quiet", "--allow-empty", "-m", "x")
        return self.git("rev-parse", "HEAD")

    def step(self, name: str, **environ: str) -> "subprocess.CompletedProcess[str]":
        """One step as GitHub runs it: bash, stopping at the first fault, in pipes too."""
        assert BASH is not None
        script = next(s["run"] for s in action()["runs"]["steps"] if s.get("id") == name)
        files = {
            "RUNNER_TEMP": self.temp,
            "GITHUB_STEP_SUMMARY": self.temp / "summary.md",
            "GITHUB_OUTPUT": self.temp / "output.txt",
            "GITHUB_PATH": self.temp / "path.txt",
        }
        path = f"{self.temp / 'bin'}{os.pathsep}{os.environ['PATH']}"
        return subprocess.run(
            [BASH, "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
            cwd=self.repository,
            env={**{key: str(value) for key, value in files.items()}, "PATH": path, **environ},
            check=False,
            capture_output=True,
            text=True,
        )

    def read(self, name: str) -> str:
        path = self.temp / name
        return path.read_text() if path.exists() else ""


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    if BASH is None or GIT is None:
        pytest.skip("needs bash and git")
    return Runner(tmp_path)


@pytest.mark.parametrize(
    ("says", "code", "wanted"),
    [
        ("", "0", 0),
        ("::warning file=a::b\n", "1", 0),
        ("::error file=a::b\n", "1", 1),
        ("", "2", 1),
    ],
    ids=["right", "warnings", "errors", "no-home"],
)
def test_the_check_fails_by_errors_only(runner: Runner, says: str, code: str, wanted: int) -> None:
    done = runner.step("check", HOME_FOLDER="my home", CHECK_SAYS=says, CHECK_CODE=code)
    assert done.returncode == wanted, done.stderr
    assert done.stdout == says
    assert runner.read("asked.txt") == "check --home my home --format github\n"


@pytest.mark.parametrize(
    ("code", "wanted", "output"),
    [("0", 0, "differs=no\n"), ("1", 0, "differs=yes\n"), ("2", 2, "")],
    ids=["same", "different", "fault"],
)
def test_the_difference_stands_in_the_summary(
    runner: Runner, code: str, wanted: int, output: str
) -> None:
    lay_down(runner.repository / "my home")
    base = runner.commit()
    (runner.repository / "my home" / "rules" / "base.yaml").write_text("policy: other\n")
    runner.commit()
    done = runner.step("diff", HOME_FOLDER="my home", BASE=base, DIFF_CODE=code)
    assert done.returncode == wanted, done.stderr
    assert runner.read("summary.md") == "## Two rules differ\n"
    assert runner.read("output.txt") == output
    old = runner.temp / "relance-base" / "my home" / "rules"
    assert runner.read("asked.txt") == f"diff {old} my home/rules --format markdown\n"
    shipped = (ROOT / "rules" / "base.yaml").read_text("utf-8")
    assert (old / "base.yaml").read_text("utf-8") == shipped


def test_a_base_without_policies_is_nothing_to_compare(runner: Runner) -> None:
    base = runner.commit()
    done = runner.step("diff", HOME_FOLDER=".", BASE=base)
    assert done.returncode == 0, done.stderr
    assert runner.read("asked.txt") == ""
    assert "nothing to compare" in runner.read("summary.md")


def test_a_base_that_is_no_revision_fails(runner: Runner) -> None:
    runner.commit()
    assert runner.step("diff", HOME_FOLDER=".", BASE="--output=x").returncode != 0
    assert not (runner.repository / "x").exists()
