"""Every template announces what its own ladder does next, whatever the ladder, and nothing else."""

from dataclasses import replace
from datetime import date

import pytest

from dispatcher.compose.printed import printed_digest
from dispatcher.compose.render import render
from dispatcher.model.following import NOT_KNOWN, Following, NextKind
from dispatcher.model.letter import NO_OCCASION
from tests.compose.compose_uses import SAMPLES, USES, Use, follows, limit_of, with_next
from tests.compose.compose_world import shipped


SHIPPED = shipped()

LATER, SOON = date(2026, 12, 14), date(2026, 11, 23)
CHANNEL = {
    NextKind.REMINDER: "email",
    NextKind.LETTER: "letter",
    NextKind.CALL: "call",
    NextKind.VISIT: "visit",
    NextKind.NOTICE: "registered_letter",
}

#: What each kind is announced by; no message whose ladder goes elsewhere may say it.
SAID = {
    NextKind.REMINDER: "nous vous écrirons",
    NextKind.LETTER: "nous vous adresserons un courrier",
    NextKind.CALL: "nous vous appellerons",
    NextKind.VISIT: "un rendez-vous",
    NextKind.CONTACT: "nous reprendrons contact",
    NextKind.NOTICE: "demande formelle de paiement, par lettre recommandée",
    NextKind.HAND_OVER: "nous pourrons confier votre dossier à un avocat",
    NextKind.REVIEW: "nous examinerons la suite",
}
ANSWERS = {use.template for use in USES if use.answer}
ASKING = {
    f"{use.template} {use.tone} {channel}": (use, channel)
    for use, channel, size in SAMPLES.values()
    if size == "full" and use.template not in ANSWERS
}


def words(use: Use, channel: str, following: Following) -> str:
    data = with_next(use, channel, following)
    parts = render(SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data)
    told = "\n".join(text for name, text in parts.items() if name not in {"html", "tree"})
    return told.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def ahead(kind: NextKind, day: date = LATER) -> Following:
    channels = (CHANNEL[kind],) if kind in CHANNEL else ()
    to = ("lawyer",) if kind is NextKind.HAND_OVER else ()
    return Following(kind=kind, channels=channels, earliest=day, to=to)


@pytest.mark.parametrize("kind", NextKind)
@pytest.mark.parametrize(("use", "channel"), ASKING.values(), ids=ASKING)
def test_nothing_is_announced_that_does_not_come(use: Use, channel: str, kind: NextKind) -> None:
    text = words(use, channel, ahead(kind))
    # A notice tells what the law allows, and a script what its own call may come to.
    for other, said in SAID.items():
        assert other is kind or said not in text, (other, use.template)
    if kind not in {NextKind.NOTICE, NextKind.LETTER}:
        assert "puis courrier" not in text
    if kind in SAID and channel in {"email", "letter"} and not use.template.endswith("notice"):
        assert SAID[kind] in text


LAST = [name for name in ASKING if "last-" in name]


@pytest.mark.parametrize("kind", NextKind)
@pytest.mark.parametrize("name", LAST)
def test_it_is_called_the_last_only_where_it_is(name: str, kind: NextKind) -> None:
    use, channel = ASKING[name]
    text = words(use, channel, ahead(kind)).lower()
    nothing_more = {NextKind.HAND_OVER, NextKind.REVIEW, NextKind.NOTHING}
    if "last-reminder" in name:
        nothing_more |= {NextKind.NOTICE}  # a notice is no reminder, but it is a demand
    assert bool(
        "dernier rappel" in text or "la dernière" in text or "dernière demande" in text
    ) == (kind in nothing_more)


@pytest.mark.parametrize("name", [name for name in ASKING if "email" in name])
def test_after_that_date_is_said_only_if_it_comes_after(name: str) -> None:
    use, channel = ASKING[name]
    if use.template.endswith("formal-notice"):
        return
    assert "à cette date, nous vous appellerons" in words(use, channel, ahead(NextKind.CALL))
    soon = words(use, channel, ahead(NextKind.CALL, SOON))
    assert "nous vous appellerons" in soon
    assert "à cette date" not in soon


WAITING = {
    "promise": ("call-note", "nous ne vous relancerons pas"),
    "promise after a visit": ("visit-note", "nous ne vous relancerons pas"),
    "plan": ("plan-confirmed", "nous ne vous relançons pas"),
    "dispute": ("dispute-received", "nous ne vous relançons pas"),
    "dispute in a reminder": ("firm-reminder", "nous suspendons la relance"),
}


@pytest.mark.parametrize("name", WAITING)
def test_we_promise_to_wait_only_where_the_policy_does(name: str) -> None:
    template, said = WAITING[name]
    use = next(use for use in USES if use.template == template)
    waits = Following(waits=frozenset({name.split(maxsplit=1)[0]}))
    assert said in words(use, "email", waits)
    assert said not in words(use, "email", NOT_KNOWN)


def test_what_comes_next_is_no_reason_to_withdraw_a_message() -> None:
    """The guard does not know it; the policy's hash tells it of another ladder."""
    use = USES[0]
    same = {
        printed_digest(with_next(use, "email", each))
        for each in (NOT_KNOWN, ahead(NextKind.CALL), follows(use, "full"))
    }
    assert len(same) == 1
    assert replace(NO_OCCASION, following=NOT_KNOWN) == NO_OCCASION
    assert limit_of(use) < LATER
