"""Reading and checking rules, and commands from start to end: `python -m bench.reading`.

The rules are one vocabulary and policies of one ladder each, written as operators write them: forty
rules in one file, a thousand in twenty. Reading includes every check: names, completeness of each
step, overlap of the policies. `relance` is timed as a process.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.timing import machine, seconds
from dispatcher.policy.read import read_rules


ROOT = Path(__file__).parent.parent
STEPS = 10
GOALS = {40: 0.100, 1000: 1.0}


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.reading", description=__doc__)
    options.add_argument("--runs", type=int, default=5)
    runs = options.parse_args().runs
    print(f"# Reading: {machine()}, median of {runs} runs\n")
    print("| what | KB | seconds | wanted |\n|---|---|---|---|")
    for rules, limit in GOALS.items():
        texts = _texts(rules)
        took = seconds(partial(_read, texts), runs=runs)
        size = sum(map(len, texts.values())) // 1024
        missed = "" if took < limit else " **missed**"
        print(f"| read and check {rules:,} rules | {size} | {took:.3f} | {limit:g}{missed} |")
    with tempfile.TemporaryDirectory() as folder:
        for name, command in _commands(Path(folder)).items():
            print(f"| `{name}`, whole process | | {seconds(command, runs=runs):.3f} | |")


# -- rules ----------------------------------------------------------------------------------------


def _texts(rules: int) -> dict[str, str]:
    """So many rules in policies of fifty; each account's profile has a policy of its own."""
    policies = max(1, rules // 50)
    each = rules // policies
    names = [f"p{number}" for number in range(policies)]
    shipped = (ROOT / "rules" / "facts.yaml").read_text("utf-8")
    head, _, invariants = shipped.partition("invariants:")
    segment = f"  segment: {{of: debtor, type: enum, values: [{', '.join(names)}, other]}}\n"
    texts = {"facts.yaml": f"{head}{segment}invariants:{invariants}"}
    return texts | {f"{name}.yaml": _policy(name, each) for name in names}


def _policy(name: str, rules: int) -> str:
    lines = [
        "language: 1",
        f"policy: {name}",
        "version: 2026.11.1",
        "currency: EUR",
        f"applies_to: {{segment: {name}}}",
        "steps:",
    ]
    for step in range(STEPS):
        lines += [f"  - id: s{step}", "    choose:"]
        lines += [_choice(step, number) for number in range(rules // STEPS - 1)]
        then = "{contact: email else call, template: t, tone: firm, due_in: 2 business days}"
        lines.append(f"      - {{id: rest, when: any, then: {then}}}")
    return "\n".join(lines) + "\n"


def _choice(step: int, number: int) -> str:
    low = 100 * (step + number + 1)
    when = (
        f"{{days_late: {step + number}+, amount_due: {low} to under {low + 5000}, "
        f"profile: [sme, micro], broken_promises: under {number + 1}}}"
    )
    then = "{contact: email else call, template: t, tone: courteous, due_in: 2 business days}"
    return f"      - {{id: c{number}, when: {when}, then: {then}}}"


def _read(texts: dict[str, str]) -> None:
    rulebook, problems = read_rules(texts)
    assert rulebook is not None, problems[0]


# -- commands -------------------------------------------------------------------------------------


def _commands(folder: Path) -> dict[str, Callable[[], object]]:
    home = folder / "home"
    _relance("init", str(home))
    return {
        "python -c pass": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        "relance --help": lambda: _relance("--help"),
        "relance check": lambda: _relance("check", "--home", str(home)),
    }


def _relance(*words: str) -> None:
    command = Path(sys.executable).with_name("relance")
    subprocess.run([command, *words], check=True, capture_output=True)


if __name__ == "__main__":
    main()
