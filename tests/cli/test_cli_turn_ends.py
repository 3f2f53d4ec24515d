"""Why a channel's turn ended, in words."""

import pytest

from dispatcher.cli.say import Speaker
from dispatcher.cli.views import show_delivered
from dispatcher.deliver.loop import ChannelSent, Sent
from dispatcher.deliver.recover import Recovered
from dispatcher.house import Delivered


ENDED = {
    "open": ("left alone", "laissé en paix"),
    "configuration": ("correct the settings", "corriger les réglages"),
    "unhealthy": ("takes nothing", "ne prend rien"),
    "throttled": ("asks for a pause", "demande une pause"),
    "rate": ("used up", "épuisé"),
    "slow": ("too slow", "trop lent"),
    "stopped": ("stopped", "arrêt"),
}


def test_what_was_withdrawn_at_the_last_moment_is_said_with_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    delivered = Delivered(recovered=Recovered(counts={}), sent=(), withdrawn={"wait: closed": 3})
    show_delivered(Speaker(lang="en"), delivered)
    said = capsys.readouterr().out
    assert "3 messages withdrawn before leaving" in said
    assert "a season in which nobody is contacted" in said


def test_a_stop_is_said_once_and_not_for_every_idle_channel(
    capsys: pytest.CaptureFixture[str],
) -> None:
    idle = ChannelSent(counts={}, ended="stopped")
    busy = ChannelSent(counts={"accepted": 1}, ended="stopped")
    turn = Sent(channels={"letter": idle, "email": busy})
    show_delivered(
        Speaker(lang="en"), Delivered(recovered=Recovered(counts={}), sent=(turn,), news=1)
    )
    said = capsys.readouterr().out
    assert "letter" not in said
    assert "e-mail ended early: stopped" in said
    assert "1 piece of news for a person to read: relance news" in said


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("word", ENDED)
def test_why_a_channel_ended_early_is_said_with_the_provider_s_code(
    capsys: pytest.CaptureFixture[str], word: str, lang: str
) -> None:
    channel = ChannelSent(counts={"accepted": 2}, ended=word, reason="smtp/4.3.2")
    delivered = Delivered(recovered=Recovered(counts={}), sent=(Sent(channels={"email": channel}),))
    show_delivered(Speaker(lang=lang), delivered)
    (line,) = [each for each in capsys.readouterr().out.splitlines() if "smtp/4.3.2" in each]
    assert ENDED[word][lang == "fr"] in line
