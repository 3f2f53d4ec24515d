"""The gallery: complete, whole in itself, the same for equal input, safe with any name.

The gallery of everything, with its letters: `./run test -m slow tests/preview`.
"""

import stat
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from dispatcher.model.message import Tone
from dispatcher.preview.accounts import Asked
from dispatcher.preview.cases import CASES, TYPICAL, Due, SampleCase
from dispatcher.preview.choice import chosen, everything
from dispatcher.preview.gallery import FILES, Made, gallery, stem_of
from dispatcher.problems.kind import words
from tests.preview.preview_world import DAY, LIBRARY, LINKS, made, settings, sound


GOLDEN = Path(__file__).parent / "golden"

ALL = everything(LIBRARY, "fr")

HOSTILE = (
    '"><script>alert(1)</script><img src=https://evil.example/x>{{ 7*7 }}{% if %} [a](b) \u202eabc'
)


def shown_in(folder: Path, asked: list[Asked]) -> Made:
    with made(asked) as shown:
        return gallery(
            folder,
            zip(asked, shown, strict=True),
            creditor=settings().creditor.name,
            day=DAY,
            lang="fr",
            tell=lambda _done: None,
        )


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three templates on every channel they have, on the typical case."""
    asked = [
        each
        for template in ("courteous-reminder", "formal-notice", "visit")
        for each in chosen(LIBRARY, template, lang="fr")
    ]
    folder = tmp_path_factory.mktemp("gallery")
    assert shown_in(folder, asked).failed == ()
    return folder


def listed(folder: Path) -> str:
    """Its files, without further pages of letters: a new paragraph may bring one."""
    paths = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    kept = (path for path in paths if not path.endswith(".png") or path.endswith(".1.png"))
    return "\n".join(sorted(kept)) + "\n"


def test_a_small_gallery_has_these_files(small: Path) -> None:
    assert listed(small) == (GOLDEN / "small-gallery.txt").read_text(encoding="utf-8")


def test_every_message_of_the_gallery_of_everything_has_its_name() -> None:
    names = [stem_of(each) for each in ALL]
    assert len(set(names)) == len(names)
    wanted = (GOLDEN / "everything.txt").read_text(encoding="utf-8")
    assert "\n".join(sorted(names)) + "\n" == wanted


WORDS = [
    (template, tone, channel)
    for template in sorted(LIBRARY.templates)
    for channel in sorted(LIBRARY.channels(template))
    for tone in Tone
]


def test_every_template_stands_in_it_in_every_tone_and_channel_that_it_has_words_for() -> None:
    """Whatever file a message of that tone and channel would be made of, the gallery shows it."""

    def sheet(template: str, tone: str, channel: str) -> tuple[str, str]:
        found = LIBRARY.sheet(template, channel=channel, tone=tone, lang="fr")
        assert found is not None
        return found.file, channel

    shown = {sheet(each.template, each.tone, each.channel) for each in ALL}
    assert {sheet(*each) for each in WORDS} == shown


def test_the_tone_asked_for_has_its_own_words_and_others_the_common_ones() -> None:
    asked = [
        chosen(LIBRARY, "courteous-reminder", channel="email", tone=tone, lang="fr")
        for tone in ("firm", "courteous", "formal")
    ]
    assert [len(each) for each in asked] == [1, 1, 1]
    with made([each for (each,) in asked]) as shown:
        firm, courteous, formal = (sound(each).message.parts["text"] for each in shown)
    assert courteous == formal
    assert firm != courteous


def test_every_template_is_shown_on_every_case_it_is_for() -> None:
    shown = {(each.template, each.case.name) for each in ALL}
    anybody = {name for name, case in CASES.items() if case.kind is None}
    for template in LIBRARY.templates:
        assert anybody <= {case for name, case in shown if name == template}
    assert ("consumer-formal-notice", "consumer") in shown
    assert ("consumer-formal-notice", "public-body") not in shown
    assert ("formal-notice", TYPICAL) in shown


def pages(folder: Path) -> Iterator[Path]:
    yield from folder.glob("*.html")


def test_every_link_leads_to_a_file_or_a_place_that_is_there(small: Path) -> None:
    followed = 0
    for page in pages(small):
        text = page.read_text(encoding="utf-8")
        for link in LINKS.findall(text):
            path, _, place = link.partition("#")
            target = small / path if path else page
            assert target.is_file(), (page.name, link)
            if place and target.suffix == ".html":
                assert f'id="{place}"' in target.read_text(encoding="utf-8"), link
            followed += 1
    assert followed > 100


def test_every_page_and_every_message_is_reached_from_the_first_page(small: Path) -> None:
    seen, wanted = set[Path](), [small / "index.html"]
    while wanted:
        page = wanted.pop()
        if page in seen or page.suffix != ".html":
            seen.add(page)
            continue
        seen.add(page)
        links = LINKS.findall(page.read_text(encoding="utf-8"))
        wanted += [small / link.partition("#")[0] for link in links if ":" not in link]
    assert {path for path in small.rglob("*") if path.is_file()} - seen == set()


class Loads(HTMLParser):
    """What a page would fetch or run without being asked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.scripts = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.scripts += tag == "script" or any(name.startswith("on") for name in given)
        if tag != "a":
            self.found += [given[name] for name in ("src", "href", "data") if name in given]


def loads(page: Path) -> Loads:
    parser = Loads()
    parser.feed(page.read_text(encoding="utf-8"))
    return parser


def test_no_page_and_no_message_fetches_anything_or_runs_a_script(small: Path) -> None:
    for page in small.rglob("*.html"):
        found = loads(page)
        assert found.scripts == 0, page.name
        assert all("//" not in each and ":" not in each for each in found.found), page.name
        text = page.read_text(encoding="utf-8")
        assert "@import" not in text
        assert "url(" not in text


def test_only_its_owner_reads_it(small: Path) -> None:
    for path in small.rglob("*"):
        mode = stat.S_IMODE(path.stat().st_mode)
        assert mode == (0o600 if path.is_file() else 0o700), path


def test_equal_input_makes_an_equal_gallery(small: Path, tmp_path: Path) -> None:
    asked = chosen(LIBRARY, "formal-notice", lang="fr")
    shown_in(tmp_path, asked)
    for path in (tmp_path / FILES).iterdir():
        assert path.read_bytes() == (small / FILES / path.name).read_bytes(), path.name


def test_a_hostile_name_is_text_and_nothing_else(tmp_path: Path) -> None:
    case = SampleCase(
        name="hostile/../../x",
        title=words(HOSTILE.replace("{", "").replace("}", ""), "fr"),
        claimed=(Due(number=HOSTILE, late=3, balance=100),),
        debtor={"name": HOSTILE, "reference": HOSTILE, "city": HOSTILE, "contact_name": HOSTILE},
    )
    asked = [
        Asked(template="courteous-reminder", channel=channel, tone="courteous", case=case)
        for channel in ("email", "letter", "sms", "call")
    ]
    found = shown_in(tmp_path / "gallery", asked)
    assert found.failed == ()
    assert found.messages == len(asked)
    assert {path.parent.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*.html")} == {
        "gallery",
        "gallery/files",
    }
    told = 0
    for page in (tmp_path / "gallery").rglob("*.html"):
        found_there = loads(page)
        assert found_there.scripts == 0, page.name
        assert not any("evil" in each for each in found_there.found), page.name
        told += "&lt;script&gt;" in page.read_text(encoding="utf-8")
    assert told > 3


def test_what_cannot_be_made_is_named_and_the_rest_is_there(tmp_path: Path) -> None:
    (good,) = chosen(LIBRARY, "thank-you", channel="email", lang="fr")
    bad = Asked(template="visit", channel="email", tone="courteous", case=CASES[TYPICAL])
    found = shown_in(tmp_path, [good, bad])
    assert (found.messages, len(found.failed)) == (1, 1)
    text = (tmp_path / "index.html").read_text(encoding="utf-8")
    assert "template/no-words" in text


@pytest.mark.slow
def test_the_gallery_of_everything_can_be_made(tmp_path: Path) -> None:
    found = shown_in(tmp_path, ALL)
    assert found.failed == ()
    assert found.messages == len(ALL)
    for page in pages(tmp_path):
        for link in LINKS.findall(page.read_text(encoding="utf-8")):
            assert (tmp_path / (link.partition("#")[0] or "index.html")).is_file(), link
