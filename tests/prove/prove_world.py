"""The shipped rules as a world of tests, and test files in a few words."""

from functools import cache
from pathlib import Path

from dispatcher.config.read import read_config
from dispatcher.home import shipped
from dispatcher.policy.promises import Promises
from dispatcher.policy.read import read_rules
from dispatcher.policy.testfile import read_promises
from dispatcher.posting import presented
from dispatcher.problems.render import as_text
from dispatcher.prove.trials.result import Ran
from dispatcher.prove.trials.running import run
from dispatcher.prove.trials.world import World


LEGAL = frozenset({"formal-notice", "consumer-formal-notice", "public-formal-notice"})

HEAD = """\
policy: b2b-standard
today: 2026-05-12
case:
  legal_kind: business
  profile: sme
  amount_due: 1200
  debtor_overdue: 1200
  days_late: 5
  last_step: none
  days_since_step: unknown
  limitation_days: 1800
  payer_history: irregular
  has_email: yes
  has_mobile: yes
  has_phone: yes
  has_address: yes
"""


@cache
def world() -> World:
    """The shipped rules and configuration."""
    folder = shipped()
    rules = {path.name: path.read_text("utf-8") for path in (folder / "rules").glob("*.yaml")}
    rulebook, _ = read_rules({n: t for n, t in rules.items() if not n.endswith(".test.yaml")})
    text = (folder / "config.example.yaml").read_text("utf-8")
    settings, _ = read_config(text, file="config.yaml", home=Path("home"))
    assert rulebook is not None
    assert settings is not None
    return World(
        rulebook=rulebook,
        settings=settings,
        reach=frozenset(settings.channels),
        legal=LEGAL,
        presented=presented(settings),
    )


def promises(text: str, *, head: str = HEAD) -> Promises:
    """A test file of these words after its head; fails with the problems."""
    files = {"a.test.yaml": head + text}
    found, problems = read_promises(files, world().rulebook)
    assert problems == (), "\n".join(as_text(each, sources=files) for each in problems)
    return found[0]


def ran(text: str, *, head: str = HEAD) -> Ran:
    """What came of these tests on the shipped rules."""
    return run([promises(text, head=head)], world())


def single(test: str) -> Ran:
    """What came of one test, written as what follows its name."""
    return ran(f"tests:\n  - {{name: a, {test}}}\n")


def timeline(*days: str, start: str = "2026-06-03", more: str = "") -> Ran:
    """What came of one timeline, of days in flow style."""
    lines = "\n".join(f"      - {{{day}}}" for day in days)
    return ran(f"timelines:\n  - name: a\n    from: {start}\n{more}    days:\n{lines}\n")
