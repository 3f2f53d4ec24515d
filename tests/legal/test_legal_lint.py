"""What `check` remarks on operators' own French words, and that it remarks nothing on ours."""

from dataclasses import dataclass

import pytest

from dispatcher.legal.lint import Used, lint
from dispatcher.problems.catalog.template import PROBLEMS
from dispatcher.problems.render import as_text
from tests.compose.compose_uses import USES
from tests.compose.compose_world import shipped, shipped_texts


FILE = "fr/rappel/body.md.j2"
HEAD = "---\nsubject: Rappel\n---\n"
CONSUMERS = Used(kinds=frozenset({"consumer"}), tones=frozenset({"courteous"}))
BUSINESS = Used(kinds=frozenset({"business"}), tones=frozenset({"firm"}))
NOTICE = Used(kinds=frozenset({"business"}), tones=frozenset({"formal"}), legal_effect=True)


@dataclass(frozen=True, kw_only=True)
class Wrong:
    body: str
    code: str
    words: str  # what the remark quotes
    used: Used = BUSINESS
    line: int = 6


#: All that makes a formal notice one.
WHOLE = (
    '# Mise en demeure\n{{ today }} {{ table("invoices") }} {{ asked }} {{ limit }} '
    "{{ creditor.iban }} {{ creditor.name }}"
)

WRONG = {
    "surcharged": Wrong(
        body="Appelez le 08 99 12 34 56.",
        code="surcharged-number",
        words="08 99 12 34 56",
        used=CONSUMERS,
    ),
    "surcharged, from abroad": Wrong(
        body="+33 892 70 70 70", code="surcharged-number", words="+33 892 70 70 70", used=CONSUMERS
    ),
    "threat": Wrong(body="Nous porterons plainte.", code="threat", words="plainte"),
    "employer": Wrong(body="Nous préviendrons votre employeur.", code="threat", words="employeur"),
    "advertisement": Wrong(
        body="Découvrez notre gamme.", code="promotion", words="Découvrez", used=CONSUMERS
    ),
    "hard word in a soft step": Wrong(
        body="Notre service contentieux.", code="tone-word", words="contentieux", used=CONSUMERS
    ),
    "warm word in a notice": Wrong(
        body="Un simple oubli ?", code="tone-word", words="simple oubli", used=NOTICE
    ),
    "the first of a month": Wrong(body="Le 1 mars.", code="typography", words="1 mars"),
    "no space": Wrong(body="Il reste 12€.", code="typography", words="2€"),
    "tu": Wrong(body="Si tu as payé.", code="typography", words="tu"),
    "a registered letter": Wrong(
        body="Ensuite, une lettre recommandée.", code="announced", words="lettre recommandée"
    ),
    "a formal notice": Wrong(
        body="Ensuite, une mise en\u00a0demeure.", code="announced", words="mise en demeure"
    ),
    "old article": Wrong(
        body="Selon l’article 1153 du Code civil.", code="old-article", words="1231-6"
    ),
    "old code": Wrong(body="Selon l'article L.441-6.", code="old-article", words="L. 441-10"),
    "old word": Wrong(
        body="Un huissier.", code="old-article", words="commissaire de justice", used=NOTICE
    ),
    "a notice that lacks what makes one": Wrong(
        body="**{{ asked }}** avant le {{ limit }}, {{ creditor.iban }}, le {{ today }}.",
        code="mention",
        words='mise en demeure, table("invoices"), creditor.name',
        used=NOTICE,
        line=1,
    ),
    "law of merchants": Wrong(
        body="Article L. 441-10 du Code de commerce.",
        code="foreign-article",
        words="L. 441-10",
        used=CONSUMERS,
    ),
}


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_words_that_do_not_belong_are_remarked_where_they_stand(wrong: Wrong) -> None:
    whole = WHOLE.replace("\n", " ") if wrong.used is NOTICE and wrong.line == 6 else ""
    text = f"{HEAD}Bonne lecture, {{{{ debtor.contact_name }}}}. {whole}\n\n{wrong.body}\n"
    (problem,) = lint({FILE: text}, {"rappel": wrong.used})
    assert problem.code == f"template/{wrong.code}"
    assert problem.place is not None
    assert (problem.place.file, problem.place.line) == (FILE, wrong.line)
    for lang in ("en", "fr"):
        assert wrong.words in as_text(problem, lang=lang, sources={FILE: text})


def test_a_column_is_counted_over_tags() -> None:
    text = f"{HEAD}{{{{ debtor.name }}}} : le 1 mars.\n"
    (problem,) = lint({FILE: text}, {"rappel": BUSINESS})
    assert problem.place is not None
    assert problem.place.column == text.split("\n")[3].index("1 mars") + 1


RIGHT = {
    "a number at the price of a call": ("Le 0 805 12 34 56.", CONSUMERS),
    "surcharged between merchants": ("Le 08 99 12 34 56.", BUSINESS),
    "a hard word in a hard step": ("Le service contentieux.", BUSINESS),
    "a notice says what it is": (f"{WHOLE} par lettre recommandée.", NOTICE),
    "what asks what comes next": (
        '{% if next.kind == "notice" %}Puis une lettre recommandée.{% endif %}',
        BUSINESS,
    ),
    "the eleventh": ("Le 11 mars, le 1er avril.", BUSINESS),
    "an amount that is no article": ("Il reste 1153 unités.", BUSINESS),
    "an article in force": ("Article 1231-6 du Code civil.", CONSUMERS),
    "the law by whom it is for": (
        '{% if debtor.legal_kind == "business" %}Article L. 441-10.{% endif %}',
        CONSUMERS,
    ),
    "a tag is no word": ("{{ offer.label }}{# huissier, plainte #}", BUSINESS),
}


@pytest.mark.parametrize(("body", "used"), RIGHT.values(), ids=RIGHT)
def test_right_words_are_not_remarked(body: str, used: Used) -> None:
    assert lint({FILE: HEAD + body}, {"rappel": used}) == ()


def test_a_remark_is_switched_off_with_a_reason_and_not_without() -> None:
    off = "{# allow template/promotion: the members' magazine #}\n"
    body = "Découvrez. 1 mars."
    found = lint({FILE: HEAD + off + body}, {"rappel": BUSINESS})
    assert [problem.code for problem in found] == ["template/typography"]
    bare = off.replace(" the members' magazine ", "")
    assert len(lint({FILE: HEAD + bare + body}, {"rappel": BUSINESS})) == 2


def test_other_languages_and_layouts_are_left_alone() -> None:
    texts = {"en/rappel/body.md.j2": "tu prison", "fr/_layout/footer.md.j2": "tu prison"}
    assert lint(texts, {}) == ()


def test_every_remark_of_the_catalogue_has_its_words() -> None:
    ours = {f"template/{wrong.code}" for wrong in WRONG.values()}
    assert ours == {code for code, kind in PROBLEMS.items() if str(kind.level) == "warning"}


def test_nothing_is_remarked_on_the_shipped_templates() -> None:
    library = shipped()
    uses = {
        name: Used(
            kinds=frozenset(str(use.kind) for use in USES if use.template == name),
            tones=frozenset(use.tone for use in USES if use.template == name),
            legal_effect=library.legal_effect(name),
        )
        for name in library.templates
    }
    found = lint(shipped_texts(), uses)
    assert [(p.place and (p.place.file, p.place.line), p.fields["words"]) for p in found] == []
