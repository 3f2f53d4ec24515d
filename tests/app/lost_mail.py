"""A home whose reminder was handed over, and nobody knows whether it left."""

from dataclasses import replace
from pathlib import Path

from dispatcher import app
from dispatcher.home import Home
from dispatcher.house import House
from dispatcher.ports import Going, Message, Outcome, Unknown
from dispatcher.wiring import opened_house
from tests.channels.test_sms_day import TUESDAY
from tests.day.situation_town import founded, row
from tests.deliver.doubles import ScriptedChannel


LOST = Unknown(stage="answer", evidence="no whole answer in time")


def mailed(folder: Path, on_unknown: str) -> Home:
    """A home in which an e-mail was handed over at nine and nobody knows whether it left."""
    town = founded(folder)
    rules = town.home.rules / "b2b-standard.yaml"
    text = rules.read_text("utf-8")
    assert "template: soft" in text
    rules.write_text(
        text.replace("template: soft", f"template: soft, on_unknown: {on_unknown}"), "utf-8"
    )
    town.comes_in(TUESDAY, row("F-1", late=10))
    with opened_house(town.home, day=str(TUESDAY), writes=True) as house:
        app.act(house, app.decide(house))
        assert lost(house) == 1
    return town.home


def lost(house: House) -> int:
    """Hand over what is due; the relay never answers. How many."""
    channel = ScriptedChannel(deeds=dict.fromkeys(range(99), gone_without_answer))
    with house.post() as post:
        app.deliver(house, replace(post, channels={"email": channel}))
    return len(channel.left)


def gone_without_answer(_message: Message, going: Going) -> Outcome:
    going()
    return LOST
