"""Whole days: a message announces what its own ladder does next, and the guard lets it go."""

from pathlib import Path

import pytest

from dispatcher.home import Home, lay_down
from tests.app.test_correspondence import day, mails
from tests.app.test_days import TUESDAY


SECOND = "then: {contact: email else sms else letter, template: firm-reminder"


def said(folder: Path, *changes: tuple[str, str]) -> str:
    """The first reminder of a home whose second step has been changed."""
    home: Home = lay_down(folder / "home")
    path = home.rules / "b2b-standard.yaml"
    text = path.read_text("utf-8")
    assert SECOND in text
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path.write_text(text, encoding="utf-8")
    day(home, TUESDAY, "FA1")
    (mail,) = mails(home)
    body = mail.get_body(("plain",))
    assert body is not None
    words: str = body.get_content()
    return words.replace("\u2019", "'")


CALL = (SECOND, SECOND.replace("email else sms else letter", "call else email, due_in: 3 days"))
LETTER = (SECOND, SECOND.replace("email else sms else letter", "letter"))
NOTICE = (
    SECOND,
    "then: {contact: letter, template: formal-notice",
)

LADDERS = {
    "as shipped": ((), "Sans nouvelles de vous à cette date, nous vous écrirons de nouveau."),
    "a call": ((CALL,), "Sans nouvelles de vous à cette date, nous vous appellerons."),
    "a letter": ((LETTER,), "Sans nouvelles de vous à cette date, nous vous adresserons un cour"),
    "a notice": (
        (NOTICE,),
        "Sans nouvelles de vous à cette date, l'étape suivante sera une demande formelle",
    ),
}


@pytest.mark.parametrize(("changes", "words"), LADDERS.values(), ids=LADDERS)
def test_a_reminder_announces_the_next_step_of_its_ladder(
    tmp_path: Path, changes: tuple[tuple[str, str], ...], words: str
) -> None:
    assert words in said(tmp_path, *changes)
