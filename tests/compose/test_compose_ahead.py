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
BEFORE_DUE = {"pre-due"}  # asks for nothing, so nothing is to follow
ASKING = {
    f"{use.template} {use.tone} {channel}": (use, channel)
    for use, channel, size in SAMPLES.values()
    if size == "full" and use.template not in ANSWERS | BEFORE_DUE
}


def words(use: Use, channel: str, following: Following, *, alone: bool = False) -> str:
    data = with_next(use, channel, following, alone=alone)
    parts = render(SHIPPED, use.template, channel=channel, tone=use.tone, lang="fr", data=data)
    told = "\n".join(text for name, text in parts.items() if name not in {"html", "tree"})
    return told.replace("’", "'").replace("\u00a0", " ").replace("\u202f", " ")


def ahead(kind: NextKind, day: date = LATER) -> Following:
    channels = (CHANNEL[kind],) if kind in CHANNEL else ()
    to = ("lawyer",) if kind is NextKind.HAND_OVER else ()
    return Following(kind=kind, channels=channels, earliest=day, to=to)


@pytest.mark.parametrize(("use", "channel"), ASKING.values(), ids=ASKING)
def test_nothing_is_announced_that_does_not_come(use: Use, channel: str) -> None:
    for kind in NextKind:
        text = words(use, channel, ahead(kind))
        # A notice tells what the law allows, and a script what its own call may come to.
        for other, said in SAID.items():
            assert other is kind or said not in text, (kind, other)
        if kind not in {NextKind.NOTICE, NextKind.LETTER}:
            assert "puis courrier" not in text, kind
        if kind in SAID and channel in {"email", "letter"} and not is_notice(use):
            assert SAID[kind] in text, kind


def is_notice(use: Use) -> bool:
    return use.template.endswith("notice")


@pytest.mark.parametrize("channel", ["email", "letter", "call"])
def test_before_the_due_date_nothing_is_announced_whatever_comes(channel: str) -> None:
    use = next(use for use in USES if use.template in BEFORE_DUE)
    for kind in NextKind:
        text = words(use, channel, ahead(kind))
        assert not [said for said in (*SAID.values(), "à cette date") if said in text], kind


LAST = [name for name in ASKING if "last-" in name]


@pytest.mark.parametrize("alone", [True, False], ids=["one invoice", "several"])
@pytest.mark.parametrize("name", LAST)
def test_it_is_called_the_last_only_where_it_is(name: str, *, alone: bool) -> None:
    use, channel = ASKING[name]
    nothing_more = {NextKind.HAND_OVER, NextKind.REVIEW, NextKind.NOTHING}
    if "last-reminder" in name:
        nothing_more |= {NextKind.NOTICE}  # a notice is no reminder, but it is a demand
    elif not alone:
        nothing_more = set()  # of some of them it may be our first word
    for kind in NextKind:
        text = words(use, channel, ahead(kind), alone=alone).lower()
        called = any(said in text for said in ("dernier rappel", "la dernière", "dernière demande"))
        assert called == (kind in nothing_more), kind


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
