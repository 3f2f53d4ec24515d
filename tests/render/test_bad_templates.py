"""Every bad input of a template, and what its author reads in both languages (golden files).

The rows of the table of bad inputs have their numbers, 74 to 85; more have been added. What needs
a whole process (a template that takes all time or memory) is in `test_render_pool`.
`GOLDEN=write` writes the golden files.
"""

import os
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import pytest

from dispatcher.compose.gsm import dear
from dispatcher.compose.library import load
from dispatcher.compose.render import NotRendered, render
from dispatcher.legal.lint import Used, lint
from dispatcher.model.problem import Problem
from dispatcher.problems.catalog.template import PROBLEMS
from dispatcher.problems.render import as_text
from dispatcher.render.typeset import LAYOUT, Press
from tests.compose.compose_world import loaded, small_data


FILE = "fr/rappel/body.md.j2"
HEAD = "---\nsubject: Rappel\n---\n"
GOLDEN = Path(__file__).parent
OWN = dict[str, str]  # templates by path

Case = tuple[OWN, Callable[[OWN], Iterable[Problem]]]


def reading(texts: OWN) -> Iterable[Problem]:
    """What `relance check` says of templates."""
    return load(texts)[1]


def speaking(channel: str, *, lang: str = "fr", **changes: str) -> Callable[[OWN], list[Problem]]:
    """What keeps a message back when it is put into words."""

    def spoken(texts: OWN) -> list[Problem]:
        data = {**small_data(), **changes}
        try:
            render(loaded(texts), "rappel", channel=channel, tone="firm", lang=lang, data=data)
        except NotRendered as error:
            return [error.problem]
        return []

    return spoken


def drawing(texts: OWN) -> list[Problem]:
    """What keeps a letter back when it is drawn."""
    body = {name: text for name, text in texts.items() if not name.endswith(".typ")}
    data = {**small_data(), "to": "Boulangerie\n3 place du Marché\n69400 Villefranche"}
    parts = render(loaded(body), "rappel", channel="letter", tone="firm", lang="fr", data=data)
    try:
        Press(texts).letter("rappel", parts, data, channel="letter", lang="fr")
    except NotRendered as error:
        return [error.problem]
    return []


def remarking(texts: OWN) -> Iterable[Problem]:
    """What `relance check` remarks on a formal notice."""
    return lint(texts, {"rappel": Used(legal_effect=True)})


def sms(texts: OWN) -> list[Problem]:
    """What keeps an SMS back for its price."""
    library, data = loaded(texts), small_data()
    text = render(library, "rappel", channel="sms", tone="firm", lang="fr", data=data)["sms"]
    found = dear(text, limit=1, template="rappel")
    return [] if found is None else [found]


def body(text: str, head: str = HEAD) -> OWN:
    return {FILE: f"{head}{text}\n"}


def layout(text: str) -> OWN:
    return {**body("Bonjour."), f"fr/{LAYOUT}": text}


MARK = "Bonjour. {{ today }}"

ROWS: Mapping[str, Case] = {
    "74 unknown variable": (body("Il reste {{ totals.nett }} à payer."), reading),
    "74 unknown field of a row": (
        body("{% for item in claimed %}{{ item.montant }}{% endfor %}"),
        reading,
    ),
    "74 unknown in the subject": (
        body("Bonjour.", head='---\nsubject: "Dette {{ debtor.nam }}"\n---\n'),
        reading,
    ),
    "74 missing when it speaks": (
        {"fr/rappel/sms.txt.j2": "{% if plan.count %}{{ plan.total }}{% endif %}{{ today }}"},
        speaking("sms", plan=""),
    ),
    "75 expression not closed": (body(f"{MARK} et {{{{ x"), reading),
    "75 for without rows": (body(f"{MARK}, {{% for %}}"), reading),
    "75 if not closed": (body("{% if today %}Bonjour."), reading),
    "75 end without beginning": (body("Bonjour.\n\n{{ today }} {% endif %}"), reading),
    "75 unknown statement": (body("{% fro item in claimed %}{% endfor %}"), reading),
    "76 class of a text": (body("{{ ''.__class__ }}"), reading),
    "76 attr": (body("{{ debtor|attr('__class__') }}"), reading),
    "76 globals": (body("{{ lipsum.__globals__ }}"), reading),
    "76 a way round over a name": (body("{{ creditor.__init__.__globals__ }}"), reading),
    "77 include": (body("{% include debtor.name %}"), reading),
    "77 import": (body("{% import '/etc/passwd' as x %}"), reading),
    "77 extends": (body("{% extends 'autre' %}"), reading),
    "78 repeated text": (body("{{ 'a' * 500000000 }}"), reading),
    "78 wide number": (body("{{ '%500000000d'|format(1) }}"), reading),
    "78 centred text": (body("{{ today|center(500000000) }}"), reading),
    "78 format": (body("{{ '{:>500000000}'.format(1) }}"), reading),
    "78 a message that is too long": (
        {"fr/rappel/sms.txt.j2": "{{ reference }}"},
        speaking("sms", reference="x" * 1001),
    ),
    "79 power": (body("{{ 9 ** 9 ** 9 }}"), reading),
    "80 loop over a range": (body("{% for i in range(2000000) %}x{% endfor %}"), reading),
    "80 loop with itself": (
        body("{% for item in claimed recursive %}{{ loop(claimed) }}{% endfor %}"),
        reading,
    ),
    "81 safe": (body("{{ debtor.name|safe }}"), reading),
    "81 autoescape off": (body("{% autoescape false %}{% endautoescape %}"), reading),
    "82 method": (body("{{ debtor.items }}"), reading),
    "82 rows": (body("{{ claimed }}"), reading),
    "82 flag": (body("{{ next.last }}"), reading),
    "82 unknown filter": (body("{{ totals.net|uper }}"), reading),
    "83 too many segments": ({"fr/rappel/sms.txt.j2": "{{ today }}" + " bla" * 50}, sms),
    "84 a letter reads a file": (layout('#read("/etc/passwd")'), drawing),
    "84 a letter fetches a package": (layout('#import "@preview/tiaoma:0.3.0": *'), drawing),
    "84 a letter with an image of the web": (
        layout('#image("https://example.test/x.png")'),
        drawing,
    ),
    "84 layout that cannot be read": (layout("#let x = \n#set page("), drawing),
    "84 no layout at all": (body("Bonjour."), drawing),
    "84 link elsewhere": (body("[voir](http://example.test/facture)"), reading),
    "84 link that runs": (body("[voir](javascript:alert)"), reading),
    "84 layout of an e-mail without content": (
        {**body("Bonjour."), "fr/_layout/email.html.j2": "<p>{{ lang }}</p>"},
        reading,
    ),
    "85 notice without what makes one": (
        body("Payez {{ asked }}.", head="---\nsubject: Courrier\nlegal_effect: yes\n---\n"),
        remarking,
    ),
    "file of another name": ({"fr/rappel/corps.md.j2": HEAD}, reading),
    "tone that does not exist": ({**body("x"), "fr/rappel/body.frim.md.j2": HEAD}, reading),
    "words of one tone only": ({"fr/rappel/body.firm.md.j2": HEAD}, reading),
    "no head": ({FILE: "Bonjour."}, reading),
    "no subject": (body("Bonjour.", head="---\nlegal_effect: no\n---\n"), reading),
    "unknown key of a head": (body("x", head="---\nsubject: x\nlegal_efect: yes\n---\n"), reading),
    "value of a head": (body("x", head="---\nsubject: x\nattach: [factures]\n---\n"), reading),
    "unknown table": (body('{{ table("facture") }}'), reading),
    "table in a sentence": (body("Voici {{ table('invoices') }} la suite."), reading),
    "statement over two paragraphs": (body("Un {% if today %}deux\n\ntrois{% endif %}."), reading),
    "no words for the channel": (body("Bonjour."), speaking("sms")),
    "no words in the language": (body("Bonjour."), speaking("email", lang="de")),
    "nothing said": (body("{% if promised %}x{% endif %}"), speaking("email", promised="")),
    "unprintable value": (body("{{ reference }}"), speaking("email", reference="C\u202e-1")),
    "header in a subject": (
        body("Bonjour.", head='---\nsubject: "{{ reference }}"\n---\n'),
        speaking("email", reference="=?utf-8?q?Bcc:_x?="),
    ),
}  # fmt: skip

#: Raised where a whole process, a channel or an address is needed; they have tests of their own.
ELSEWHERE = {
    "template/too-slow",
    "template/too-much-memory",
    "template/crashed",
    "template/sms-alphabet",  # an SMS is put into the alphabet before it is counted
    "template/address",
    "template/failed",
}


def problems_of(name: str) -> tuple[OWN, list[Problem]]:
    texts, raises = ROWS[name]
    return texts, list(raises(texts))


@pytest.mark.parametrize("name", ROWS)
def test_a_bad_template_is_refused_and_says_where(name: str) -> None:
    texts, problems = problems_of(name)
    assert problems
    for problem in problems:
        assert problem.place is None or problem.place.file in texts
    if name[:2] in {"74", "75", "76", "77", "79", "81"} and "speaks" not in name:
        assert all(problem.place and problem.place.column for problem in problems)


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_its_author_reads_what_the_golden_file_holds(lang: str) -> None:
    told = "".join(f"# {name}\n{shown(name, lang)}\n\n" for name in ROWS)
    golden = GOLDEN / f"bad-templates.{lang}.txt"
    if os.environ.get("GOLDEN") == "write":
        golden.write_text(told, encoding="utf-8")
    assert told == golden.read_text(encoding="utf-8")


def shown(name: str, lang: str) -> str:
    texts, problems = problems_of(name)
    return "\n".join(as_text(problem, lang=lang, sources=texts) for problem in problems)


def test_every_error_of_a_template_stands_in_the_table() -> None:
    raised = {problem.code for name in ROWS for problem in problems_of(name)[1]}
    errors = {code for code, kind in PROBLEMS.items() if str(kind.level) == "error"}
    assert errors - raised == ELSEWHERE
