"""What operators write: policies, configuration, exports, templates, command lines."""

import io
import shlex
from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

import openpyxl

from dispatcher.cli.commands import command
from dispatcher.compose.library import load
from dispatcher.config.read import read_config
from dispatcher.home import lay_down
from dispatcher.intake.take import take_in
from dispatcher.model.problem import Place
from dispatcher.model.settings import Column, SourceKind, SourceSettings
from dispatcher.nodes.read import decode
from dispatcher.policy.read import read_rules
from dispatcher.policy.testfile import read_promises
from tests.fuzz.fuzz_target import Target, judged
from tests.intake.intake_cases import FACTS as COLUMNS
from tests.intake.intake_cases import HEADINGS, source, text
from tests.policy.policy_world import FACTS, HEAD, STEPS


ROOT: Final = Path(__file__).resolve().parents[2]
DAY: Final = date(2026, 5, 4)


def _text(raw: bytes, file: str) -> str | None:
    found, problems = decode(raw, file=file)
    judged(problems)
    assert (found is None) is bool(problems)
    return found


def policy(raw: bytes, _folder: Path) -> None:
    """Beside a good vocabulary, and as the vocabulary itself."""
    found = _text(raw, "spoilt.yaml")
    if found is None:
        return
    for texts in (
        {"facts.yaml": FACTS, "spoilt.yaml": found},
        {"spoilt.yaml": found, "standard.yaml": HEAD + STEPS},
    ):
        _, problems = read_rules(texts)
        judged(problems, placed=False)  # of what is missing in all of them nobody knows the place


def promises(raw: bytes, _folder: Path) -> None:
    found = _text(raw, "x.test.yaml")
    rulebook, _ = read_rules({"facts.yaml": FACTS, "standard.yaml": HEAD + STEPS})
    assert rulebook is not None
    if found is not None:
        judged(read_promises({"x.test.yaml": found}, rulebook)[1])


def config(raw: bytes, _folder: Path) -> None:
    found = _text(raw, "config.yaml")
    if found is not None:
        settings, problems = read_config(found, file="config.yaml", home=Path("/a-home"))
        assert (settings is None) is bool(problems)
        judged(problems)


def table(raw: bytes, _folder: Path) -> None:
    taken = take_in(source(), raw, facts=COLUMNS, today=DAY, file_date=DAY)
    judged(taken.problems)
    assert taken.frames or taken.problems
    assert sum(taken.counts.values()) == taken.account.height


def workbook(raw: bytes, _folder: Path) -> None:
    place = Place(file="config.yaml", line=12, column=3)
    columns = {target: Column(heading=heading) for heading, target in HEADINGS.items()}
    declared = SourceSettings(
        name="export",
        kind=SourceKind.OPEN_ITEMS,
        file=Path("in/export.xlsx"),
        columns=columns,
        place=place,
    )
    taken = take_in(declared, raw, facts=COLUMNS, today=DAY, file_date=DAY)
    judged(taken.problems)
    assert taken.frames or taken.problems


def template(raw: bytes, _folder: Path) -> None:
    """As the words of an e-mail, of an SMS, of a call, and as the frame of an e-mail."""
    found = _text(raw, "fr/rappel/body.md.j2")
    if found is not None:
        for file in ("fr/rappel/body.md.j2", "fr/rappel/sms.txt.j2", "fr/_layout/email.html.j2"):
            library, problems = load({file: found})
            assert (library is None) is bool(problems)
            judged(problems)


@cache
def _home(folder: Path) -> Path:
    return lay_down(folder / "home").folder


def command_line(raw: bytes, folder: Path) -> None:
    """Its words as a shell would hand them over; NUL cannot be handed over."""
    words = raw.replace(b"\x00", b"").decode("utf-8", "surrogateescape")
    try:
        arguments = shlex.split(words)
    except ValueError:
        arguments = words.split()
    home = _home(folder)
    if "listen" in arguments:  # it stays
        return
    code = command([*arguments, "--home", str(home)] if raw[-1:] != b"!" else arguments)
    assert code in {0, 1, 2, 3, 4}


def _workbook() -> bytes:
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for line in text({}).decode().splitlines():
        sheet.append(line.split(";"))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


_WORDS: Final = tuple(
    word.encode()
    for word in (
        "policy: ", "facts: ", "steps:", "choose:", "when: ", "then: ", "any", "none", "not none",
        "unknown", "known", "under 100", "8+", "8 to 4", "30 days", "1 business day", "extends: ",
        "stops:", "limits:", "hand_over", "wait", "id: ", "contact: email", "{", "}", "[", "]",
        ", ", "\n  ", "\n    - ", "100.00", "enum", "money", "type: ", "step", "email", "channels:",
        "cost: ", "env:NAME", "file:x", "sources:", "yes", "no", "people:", "encoding: ",
        "utf-8", "cp1252", "path: ", "from: ", "expect:", "tests:", "never:",
    )
)  # fmt: skip
_TAGS: Final = tuple(
    word.encode()
    for word in (
        "{{ today }}", "{{ debtor.name }}", "{% for item in claimed %}", "{% endfor %}", "{% if ",
        "{% endif %}", "{% else %}", "{{ table('invoices') }}", "{% include 'x' %}", "|attr('x')",
        "{% raw %}", "{#", "#}", "{%- ", " -%}", "---\n", "subject: ", "__class__", "**", "](http:",
        "| a | b |\n|---|---|\n", "> ", "```", "<b>", "<!--", "&#x0;", "{% set x = 1 %}",
        "loop.index",
        "{% for a in claimed recursive %}", "{% macro m() %}", "{{ 9**9**9 }}",
        "{{ 'a' * 9999999 }}",
    )
)  # fmt: skip

_LINES: Final = (
    "plan --date 2026-11-24", "explain FA1 --lang fr", "show standard", "history FA1/2",
    "event FA1 reply_received --person anne --note x --date 2026-11-24", "check --format json",
    "outbox --state planned", "news --all", "news show 1", "unknown list", "unknown show 1",
    "audit verify --against 1:00", "stop --reason x --person y", "resume --person y", "doctor",
    "approve 1 --role manager", "fmt rules/b2b-standard.yaml --check",
    "task done 1 --until 2026-11-24",
    "outbox hold 1 --person anne --reason x", "erase C001", "recover --yes", "schema", "--help",
    "backup to.zip", "diff", "work --date 2026-02-30", "audit checkpoint", "explain", "test",
)  # fmt: skip

TARGETS: Final = (
    Target(
        name="policy",
        seeds=(
            (HEAD + STEPS).encode(),
            FACTS.encode(),
            (ROOT / "rules" / "facts.yaml").read_bytes()
            if (ROOT / "rules" / "facts.yaml").exists()
            else FACTS.encode(),
        ),
        feed=policy,
        words=_WORDS,
        examples=60,
    ),
    Target(
        name="promises",
        seeds=(
            (b"tests:\n  - name: x\n    case: {days_late: 5}\n    expect: {action: wait}\n"
            b"never:\n  - {when: {dispute: open}, contact: letter}\n"),
        ),
        feed=promises,
        words=_WORDS,
    ),
    Target(
        name="config",
        seeds=((ROOT / "config.example.yaml").read_bytes(),),
        feed=config,
        words=_WORDS,
        examples=25,
    ),
    Target(
        name="table",
        seeds=(text({}), text({"Client": "C2"}, {"Pièce": "F-2", "Solde": "1 200,50"})),
        feed=table,
        words=(b";", b",", b'""', b'";"', b"\r\n", b"31/02/2026", b"1.234,56", b"=1+1", b"@"),
        examples=25,
    ),
    Target(name="workbook", seeds=(_workbook(),), feed=workbook, words=(b"PK\x03\x04",)),
    Target(
        name="template",
        seeds=(
            (b"---\nsubject: Facture {{ reference }}\n---\nBonjour **{{ debtor.name }}**,\n\n"
            b"{% for item in claimed %}\n- {{ item.number }}\n{% endfor %}\n\n"
            b"{{ table('invoices') }}\n"),
            b"{% if plan.count %}Plan{% else %}{{ totals.net }}{% endif %} au {{ today }}.",
            b"<html><head><title>{{ subject }}</title></head><body>{{ content }}</body></html>",
        ),
        feed=template,
        words=_TAGS,
        examples=60,
    ),
    Target(
        name="command line",
        seeds=tuple(line.encode() for line in _LINES),
        feed=command_line,
        words=(
            b" --lang fr", b" --home ", b" --format json", b" --", b" -", b" -h", b" plan", b" ''",
            b" --date 2026-13-01", b" --person ", b" 1", b" FA1/0", b" 99999999999999999999",
            b"\xff",
        ),
        examples=40,
        closed=True,
    ),
)  # fmt: skip
