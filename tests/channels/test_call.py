import asyncio

import pytest

from channels.call import open_channel
from dispatcher.ports import Accepted, BadInput, ChannelSettings, Message, Withheld


TASK = Message(id=1, token="t1", channel="call", to="+33123456789", parts={"script": "Bonjour"})
SETTINGS = ChannelSettings(name="call", adapter="call")


def test_a_call_is_on_the_list_once_it_is_handed_over() -> None:
    said: list[str] = []
    outcome = asyncio.run(open_channel(SETTINGS).send(TASK, lambda: said.append("going")))
    assert outcome == Accepted(provider_id="t1", receipt="on the list")
    assert said == ["going"]


def test_handing_it_over_twice_is_harmless_and_says_so() -> None:
    assert open_channel(SETTINGS).delivery_class == "idempotent"


def test_a_withheld_call_is_not_on_the_list() -> None:
    def withhold() -> None:
        raise Withheld

    with pytest.raises(Withheld):
        asyncio.run(open_channel(SETTINGS).send(TASK, withhold))


def test_a_setting_it_does_not_have_is_refused() -> None:
    settings = ChannelSettings(name="call", adapter="call", options={"host": "x"})
    with pytest.raises(BadInput) as raised:
        open_channel(settings)
    assert raised.value.problems[0].code == "deliver/option-unknown"
