import asyncio

import pytest

from channels.console import open_channel
from dispatcher.ports import BadInput, ChannelSettings, Message, Withheld


SETTINGS = ChannelSettings(name="email", adapter="console")
MESSAGE = Message(
    id=1,
    token="t1",
    channel="email",
    to="a@b.test",
    parts={"subject": "Rappel", "text": "Bonjour\n"},
)


def test_a_message_is_printed_whole(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(open_channel(SETTINGS).send(MESSAGE, lambda: None))
    assert capsys.readouterr().out == "--- email to a@b.test\nsubject: Rappel\ntext: Bonjour\n"


def test_a_withheld_message_is_not_printed(capsys: pytest.CaptureFixture[str]) -> None:
    def withhold() -> None:
        raise Withheld

    with pytest.raises(Withheld):
        asyncio.run(open_channel(SETTINGS).send(MESSAGE, withhold))
    assert capsys.readouterr().out == ""


def test_a_setting_it_does_not_have_is_refused() -> None:
    told = ChannelSettings(
        name="email", adapter="console", options={"host": "x"}, secrets={"a": "b"}
    )
    with pytest.raises(BadInput) as refused:
        open_channel(told)
    assert [each.fields["option"] for each in refused.value.problems] == ["host", "a"]
