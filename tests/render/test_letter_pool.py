"""Letters through the limited processes: made there, refused there, and layouts on trial."""

from collections.abc import Iterator

import pytest

from dispatcher.compose.library import load
from dispatcher.model.problem import Place
from dispatcher.render.job import Job
from dispatcher.render.pool import Pool
from dispatcher.render.trial import wrong_layouts
from dispatcher.render.typeset import LAYOUT
from tests.render.paper_world import ADDRESS, BODY, SHIPPED, data, made, texts


GOOD = SHIPPED.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool({**texts(), "en/rappel/body.md.j2": BODY}, workers=1) as opened:
        yield opened


def job(channel: str = "letter", lang: str = "fr", to: str = ADDRESS) -> Job:
    return Job(template="rappel", channel=channel, tone="firm", lang=lang, data=data(to=to))


def test_a_worker_makes_the_bytes_that_this_process_makes(pool: Pool) -> None:
    channels = ("letter", "registered_letter", "letter")
    found = list(pool.render(map(job, channels)))
    assert [each.problem for each in found] == [None] * 3
    here = [made(data(), channel=channel) for channel in channels]
    assert [dict(each.files) for each in found] == [{"letter.pdf": each.pdf} for each in here]
    assert [each.parts for each in found] == [each.parts for each in here]


def test_an_email_has_no_files(pool: Pool) -> None:
    (found,) = pool.render([job("email")])
    assert found.problem is None
    assert found.files == {}


def test_a_letter_that_cannot_be_made_is_kept_back_alone(pool: Pool) -> None:
    unreadable = "東京\n3 rue\n69000 Lyon"
    jobs = [job(), job(to=unreadable), job(lang="en"), job("email", lang="en"), job()]
    found = list(pool.render(jobs))
    codes = [each.problem and each.problem.code for each in found]
    assert codes == [None, "template/address", "template/no-layout", None, None]
    assert found[0].files == found[4].files


def tried(layout: str) -> list[str]:
    found = wrong_layouts({f"fr/{LAYOUT}": layout}, known={}, languages={"fr"})
    return [problem.code for problem in found]


def test_the_shipped_layout_passes_its_trial() -> None:
    assert tried(GOOD) == []


def test_a_known_layout_is_not_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dispatcher.render.trial.Pool", lambda *_, **__: pytest.fail("tried"))
    same = {f"fr/{LAYOUT}": GOOD}
    assert wrong_layouts(same, known=same, languages={"fr"}) == ()


def test_a_language_with_letters_needs_a_layout() -> None:
    same = {f"fr/{LAYOUT}": GOOD}
    (problem,) = wrong_layouts(same, known=same, languages={"fr", "en"})
    assert problem.code == "template/no-layout"
    assert problem.fields == {"lang": "en"}


def test_a_layout_that_does_not_compile_is_named_with_its_place() -> None:
    wrong = f"{GOOD}#nothing-of-this-name()\n"
    (problem,) = wrong_layouts({f"fr/{LAYOUT}": wrong}, known={}, languages=())
    assert problem.code == "template/layout"
    assert problem.place is not None
    line = len(GOOD.splitlines()) + 1
    assert problem.place == Place(file=f"fr/{LAYOUT}", line=line, column=2)
    assert "nothing-of-this-name" in problem.fields["detail"]


TOO_FAR = {
    '#import "@preview/tablex:0.0.9": *': "template/forbidden",
    '#image("/etc/passwd")': "template/layout",
    '#read("../../../../../../etc/passwd")': "template/layout",
    "#{ while true { } }": "template/layout",
    "#let f(n) = f(n + 1)\n#f(0)": "template/layout",
    "\U000f0000": "template/layout",
    '#("a" * 3000000000).len()': "template/crashed",
    "#{ let a = range(3000); for x in a { for y in a { for z in a { } } } }": "template/too-slow",
    "": "good",
}


def test_a_layout_that_goes_too_far_is_stopped_and_the_others_are_not() -> None:
    papers = {f"{chr(97 + number)}x/{LAYOUT}": line for number, line in enumerate(TOO_FAR)}
    layouts = {path: f"{GOOD}\n{line}\n" for path, line in papers.items()}
    found = iter(wrong_layouts(layouts, known={}, languages=()))
    wanted = [code for code in TOO_FAR.values() if code != "good"]
    assert [problem.code for problem in found] == wanted


def test_load_leaves_layouts_of_letters_alone() -> None:
    library, problems = load(texts())
    assert problems == ()
    assert library is not None
    assert library.templates == {"rappel"}
