"""Letters over a whole day: made once, kept, sent as they were made, or not at all."""

import csv
import io
import json
from hashlib import sha256
from pathlib import Path

import pytest

from dispatcher import app, questions
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.model.problem import Place
from dispatcher.ports import Claim
from dispatcher.schemas import further_problems
from dispatcher.wiring import looking, opened_house, verified
from dispatcher.writings import read_writings
from tests.app.narrow_rules import narrowed
from tests.app.test_days import TUESDAY, export, row


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """A home whose first reminder is a letter."""
    home = lay_down(tmp_path / "home")
    return narrowed(home, reminder="contact: letter, template: courteous-reminder, tone: courteous")


def run(home: Home) -> Report:
    export(home, TUESDAY, row("F-1"), row("F-2", Compte="C2"), row("F-3", 12, Compte="C3"))
    with looking(home, day=str(TUESDAY)) as house:
        digest = questions.preview(house).plan.digest
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        report = app.run(house, confirm=digest)
    assert verified(home).first_fault is None
    return report


def claims(home: Home) -> list[Claim]:
    with opened_house(home, day=str(TUESDAY), writes=True) as house:
        return list(
            house.outbox.claim(
                channel="letter",
                limit=25,
                owner="test",
                boot="test",
                now=house.clock.now(),
                guard=lambda _: {},
            )
        )


def test_a_day_of_letters_lies_ready_to_be_printed(home: Home) -> None:
    report = run(home)
    assert report.frozen.written == 3
    assert not report.frozen.unrendered
    assert report.delivered.count("accepted") == 3
    place = home.sinks / "letter" / str(TUESDAY)
    text = (place / "manifest.csv").read_text("utf-8-sig")
    listed = list(csv.DictReader(io.StringIO(text), delimiter=";"))
    assert len(listed) == 3
    for each in listed:
        printed = (place / each["file"]).read_bytes()
        assert sha256(printed).hexdigest() == each["sha256"]
        assert (home.blobs / each["sha256"]).read_bytes() == printed
        assert each["recipient_1"] == "Menuiserie Éluard"
        assert each["recipient_3"] == "69003 LYON"
        assert each["pages"] in {"1", "2"}
    assert {path.name for path in home.blobs.iterdir()} == {each["sha256"] for each in listed}
    before = {path: path.stat().st_mtime_ns for path in place.iterdir()}
    assert run(home).frozen.written == 0
    assert {path: path.stat().st_mtime_ns for path in place.iterdir()} == before


def test_a_letter_is_frozen_by_its_digest(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "send", lambda *_: None)
    monkeypatch.setattr(app, "deliver", lambda *_: pytest.fail("sent"))
    with pytest.raises(BaseException, match="sent"):
        run(home)
    found = claims(home)
    assert len(found) == 3
    for claim in found:
        content = json.loads(claim.content)
        assert content.keys() >= {"subject", "text", "address", "pages", "files"}
        assert "tree" not in content
        made = (home.blobs / content["files"]["letter.pdf"]).read_bytes()
        assert made.startswith(b"%PDF-")


@pytest.mark.parametrize("harm", ["gone", "changed"])
def test_a_letter_whose_file_was_touched_is_not_sent(
    home: Home, monkeypatch: pytest.MonkeyPatch, harm: str
) -> None:
    deliver = app.deliver

    def after_harm(house, post):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202 - as the real one
        first = min(home.blobs.iterdir())
        if harm == "gone":
            first.unlink()
        else:
            first.write_bytes(b"%PDF-1.7 another")
        monkeypatch.setattr(app, "deliver", deliver)
        return deliver(house, post)

    monkeypatch.setattr(app, "deliver", after_harm)
    report = run(home)
    assert report.delivered.count("rejected") == 1
    assert len(list((home.sinks / "letter").glob("*/*.pdf"))) == 2
    with (
        opened_house(home, day=str(TUESDAY), writes=False) as house,
        house.book.store.reading() as c,
    ):
        codes = c.exec_driver_sql("SELECT DISTINCT code FROM attempt WHERE code != ''").scalars()
        word = {"gone": "missing", "changed": "changed"}[harm]
        assert list(codes) == [f"deliver/file-{word}"]


def test_check_names_the_place_where_a_layout_does_not_compile(home: Home) -> None:
    assert further_problems(read_writings(home)) == ()
    layout = home.templates / "fr" / "_layout" / "letter.typ"
    text = layout.read_text("utf-8")
    layout.write_text(f"{text}#nothing-of-this-name()\n", "utf-8")
    (problem,) = further_problems(read_writings(home))
    line = len(text.splitlines()) + 1
    place = Place(file="templates/fr/_layout/letter.typ", line=line, column=2)
    assert (problem.code, problem.place) == ("template/layout", place)
    layout.unlink()
    (problem,) = further_problems(read_writings(home))
    assert (problem.code, problem.fields) == ("template/no-layout", {"lang": "fr"})
