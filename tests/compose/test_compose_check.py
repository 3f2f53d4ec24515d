"""What templates may not do, and what is said about it."""

import pytest

from dispatcher.compose.library import load
from dispatcher.model.problem import Problem
from dispatcher.problems.render import as_text


HEAD = "---\nsubject: Rappel\n---\n"
FILE = "fr/rappel/body.md.j2"


def _problems(body: str, head: str = HEAD) -> tuple[Problem, ...]:
    library, problems = load({FILE: head + body})
    assert (library is None) == bool(problems)
    return problems


FORBIDDEN = {
    "power": "{{ 10 ** 1000000000 }}",
    "repetition": "{{ 'a' * 1000000000 }}",
    "sum": "{{ counts.claimed + 1 }}",
    "formatting": "{{ '%500000000d' % 1 }}",
    "dunder": "{{ ''.__class__ }}",
    "format filter": "{{ '%d'|format(1) }}",
    "center": "{{ today|center(500000000) }}",
    "safe": "{{ debtor.name|safe }}",
    "attr": "{{ debtor|attr('name') }}",
    "include": "{% include 'x' %}",
    "import": "{% import 'x' as x %}",
    "from": "{% from 'x' import y %}",
    "extends": "{% extends 'x' %}",
    "macro": "{% macro m() %}{% endmacro %}",
    "block": "{% block b %}{% endblock %}",
    "set": "{% set x = 1 %}",
    "with": "{% with x = 1 %}{% endwith %}",
    "filter block": "{% filter upper %}x{% endfilter %}",
    "autoescape": "{% autoescape false %}{% endautoescape %}",
    "method": "{{ today.upper() }}",
    "range": "{% for i in range(1000000000) %}{% endfor %}",
    "literal rows": "{% for i in [1, 2] %}{% endfor %}",
    "recursion": "{% for item in claimed recursive %}{% endfor %}",
    "getitem": "{{ claimed[0] }}",
    "slice": "{{ today[:2] }}",
    "test": "{{ today is defined }}",
    "filter argument": "{{ claimed|first(1) }}",
    "computed table": "{{ table(today) }}",
    "over a text": "{% for c in today %}{% endfor %}",
}


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN)
def test_what_could_run_away_is_refused_when_read(body: str) -> None:
    codes = {problem.code for problem in _problems(body)}
    assert codes & {"template/forbidden", "template/unknown-filter", "template/unknown-name"}


@pytest.mark.parametrize("body", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_subject_and_a_layout_may_do_no_more_than_a_body(body: str) -> None:
    quoted = body.replace('"', '\\"')
    assert _problems("Bonjour", head=f'---\nsubject: "{quoted}"\n---\n')
    library, _ = load({FILE: HEAD, "fr/_layout/email.html.j2": body + "{{ content }}"})
    assert library is None


UNKNOWN = {
    "name": ("{{ creditorr.name }}", "template/unknown-name", "creditor.name"),
    "field": ("{{ creditor.nmae }}", "template/unknown-name", "creditor.name"),
    "row field": (
        "{% for item in claimed %}{{ item.balanse }}{% endfor %}",
        "template/unknown-name",
        "item.balance",
    ),
    "loop": (
        "{% for item in claimed %}{{ loop.cycle }}{% endfor %}",
        "template/unknown-name",
        "",
    ),
    "row after its loop": (
        "{% for item in claimed %}{% endfor %}{{ item.balance }}",
        "template/unknown-name",
        "",
    ),
    "filter": ("{{ today|uper }}", "template/unknown-filter", "upper"),
    "table": ('{{ table("invoice") }}', "template/unknown-table", "invoices"),
    "condition": ("{% if debtor.naem %}x{% endif %}", "template/unknown-name", "debtor.name"),
}


@pytest.mark.parametrize(("body", "code", "suggestion"), UNKNOWN.values(), ids=UNKNOWN)
def test_an_unknown_name_gets_the_nearest_one(body: str, code: str, suggestion: str) -> None:
    (problem,) = _problems(body)
    assert (problem.code, problem.suggestion or suggestion) == (code, suggestion)
    assert problem.suggestion or not suggestion


TORN = {
    "paragraphs": "Un {% if today %}deux\n\ntrois{% endif %} quatre",
    "list": "- un {% if today %}\n- deux {% endif %}",
    "emphasis": "**un {% if today %}deux** trois{% endif %}",
    "half a list": "- un\n\n  {% if today %}\n- deux\n\n{% endif %}",
}


@pytest.mark.parametrize("body", TORN.values(), ids=TORN)
def test_a_statement_stays_in_its_paragraph(body: str) -> None:
    assert {problem.code for problem in _problems(body)} == {"template/balance"}


LINKS = {
    "script": "[x](javascript:alert(1))",
    "plain http": "[x](http://a.example)",
    "value": "[x]({{ debtor.name }})",
    "value first": "[x]({{ creditor.pay_url }}/y)",
    "nowhere": "[x]()",
}


@pytest.mark.parametrize("body", LINKS.values(), ids=LINKS)
def test_a_link_goes_where_it_may(body: str) -> None:
    assert [problem.code for problem in _problems(body)] == ["template/link"]


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ("Voici {{ table('invoices') }} la suite", "template/table-place"),
        ("{{ claimed }}", "template/not-printable"),
        ("{{ today ~ claimed }}", "template/not-printable"),
        ("{{ claimed if today else today }}", "template/not-printable"),
        ("{{ promised or listed }}", "template/not-printable"),
        ("{{ claimed|upper }}", "template/not-printable"),
        ("{{ has.credits }}", "template/not-printable"),
        ("{{ x", "template/not-closed"),
        ("{% for %}", "template/syntax"),
        ("{% if today %}", "template/not-closed"),
        ("{% endif %}", "template/closes-nothing"),
    ],
)
def test_other_mistakes_have_their_own_code(body: str, code: str) -> None:
    assert {problem.code for problem in _problems(body)} == {code}


HEADS = {
    "none": ("Bonjour", {"template/head"}),
    "not closed": ("---\nsubject: x\nBonjour", {"template/head"}),
    "no subject": ("---\nlegal_effect: no\n---\nx", {"template/no-subject"}),
    "unknown key": ("---\nsubject: x\nlegal_efect: yes\n---\n", {"template/head-key"}),
    "not a flag": ("---\nsubject: x\nlegal_effect: true\n---\n", {"template/head-value"}),
    "not a text": ("---\nsubject: [x]\n---\n", {"template/head-value"}),
    "two mistakes": ("---\nsubjet: x\n---\n{{ y }}", {"template/no-subject", "template/head-key"}),
}


def test_depth_is_a_mistake_and_no_crash() -> None:
    (problem,) = _problems("{{ " + "(" * 20000 + "today" + ")" * 20000 + " }}")
    assert problem.code in {"template/forbidden", "template/syntax"}


def test_counting_rows_is_allowed() -> None:
    assert _problems("{{ claimed|length }} {{ promised or today }}") == ()


@pytest.mark.parametrize(("text", "codes"), HEADS.values(), ids=HEADS)
def test_a_head_says_its_subject(text: str, codes: set[str]) -> None:
    _, problems = load({FILE: text})
    assert {problem.code for problem in problems} >= codes


@pytest.mark.parametrize(
    ("path", "suggestion"),
    [
        ("fr/rappel/boddy.md.j2", "body.md.j2"),
        ("fr/rappel/body.frim.md.j2", "firm"),
        ("fr/rappel/sms.md.j2", "sms.txt.j2"),
        ("rappel/body.md.j2", "body.md.j2"),
        ("fr/../etc/body.md.j2", "body.md.j2"),
    ],
)
def test_a_file_that_nobody_would_read_is_an_error(path: str, suggestion: str) -> None:
    _, (problem,) = load({path: HEAD})
    assert (problem.code, problem.suggestion) == ("template/name", suggestion)


def test_words_for_one_tone_need_words_for_the_others() -> None:
    _, (problem,) = load({"fr/rappel/body.firm.md.j2": HEAD})
    assert problem.code == "template/no-default"


def test_default_words_that_are_broken_are_not_said_to_be_missing() -> None:
    broken = {"fr/rappel/body.md.j2": HEAD + "{% if limit %}", "fr/rappel/body.firm.md.j2": HEAD}
    _, (problem,) = load(broken)
    assert problem.code == "template/not-closed"


@pytest.mark.parametrize(
    "layout",
    [
        "<p>rien</p>",
        "{{ content }}{{ content }}",
        "<table><tr><td>{{ content }}</td></tr>{{ lang }}</table>",
    ],
)
def test_a_layout_keeps_its_content_where_it_stands(layout: str) -> None:
    _, problems = load({FILE: HEAD, "fr/_layout/email.html.j2": layout})
    assert [problem.code for problem in problems] == ["template/layout"]


def test_all_mistakes_of_all_files_are_told_at_once_with_their_places() -> None:
    text = '---\nsubject: "{{ tody }}"\n---\nBonjour {{ debtor.nam }},\n\n{{ 2 ** 8 }}\n'
    _, problems = load({FILE: text, "fr/autre/call.md.j2": "{{ x }}"})
    places = [(p.place.file, p.place.line, p.place.column) for p in problems if p.place]
    assert places == [
        ("fr/autre/call.md.j2", 1, 4),
        (FILE, 2, 14),
        (FILE, 4, 12),
        (FILE, 6, 6),
    ]
    told = as_text(problems[2], lang="fr", sources={FILE: text})
    assert told.splitlines()[:4] == [
        f"{FILE}:4:12: error[template/unknown-name]: les modèles ne connaissent pas debtor.nam",
        "  4 | Bonjour {{ debtor.nam }},",
        "    |            ^^^^^^^^^^",
        "  vouliez-vous dire debtor.name ?",
    ]
