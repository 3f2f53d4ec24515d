import asyncio
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest

from channels.console import Console
from channels.sms import SmsChannel
from dispatcher import outlets
from dispatcher.home import Home
from dispatcher.model.settings import ChannelSettings, Environment, Settings
from dispatcher.outlets import open_channels
from dispatcher.ports import Accepted, BadInput
from tests.channels.sms_provider import ACCOUNT, TEXT, message
from tests.decide.decide_world import settings as world


SMS = ChannelSettings(
    name="sms",
    adapter="twilio",
    options={"account_sid": ACCOUNT, "sender": "Credit SA", "edge": "dublin"},
    secrets={"auth_token": "env:NOT_THERE"},
)


def home_of(environment: Environment, *channels: ChannelSettings) -> Settings:
    return world(environment=environment, channels={each.name: each for each in channels})


def test_in_the_sandbox_an_sms_is_a_file_and_no_secret_is_asked_for(tmp_path: Path) -> None:
    settings = home_of(Environment.SANDBOX, SMS)
    with open_channels(settings, Home(folder=tmp_path)) as channels:
        assert isinstance(channels["sms"], SmsChannel)
        outcome = asyncio.run(channels["sms"].send(message(), lambda: None))
        asyncio.run(channels["sms"].close())
    assert isinstance(outcome, Accepted)
    (written,) = (tmp_path / "var" / "sinks" / "sms").iterdir()
    assert written.name == "token-1.txt"
    assert TEXT in written.read_text("utf-8")


@pytest.mark.parametrize("url", ["http://127.0.0.1:8080", "http://api.test"])
def test_production_speaks_no_clear_text(tmp_path: Path, url: str) -> None:
    told = ChannelSettings(
        name="sms", adapter="twilio", options={**SMS.options, "base_url": url}, secrets={}
    )
    settings = home_of(Environment.PRODUCTION, told)
    with pytest.raises(BadInput) as refused, open_channels(settings, Home(folder=tmp_path)):
        pass
    assert [each.code for each in refused.value.problems] == ["deliver/clear-web"]


def test_in_the_sandbox_what_others_would_send_is_printed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plug-in that would really send is not even loaded."""
    installed = [
        EntryPoint(name="theirs", value="nowhere:open_channel", group=outlets.CHANNELS),
        EntryPoint(name="console", value="channels.console:open_channel", group=outlets.CHANNELS),
    ]
    monkeypatch.setattr(
        outlets, "entry_points", lambda group: [each for each in installed if each.group == group]
    )
    theirs = ChannelSettings(name="email", adapter="theirs", secrets={"token": "env:NOT_THERE"})
    settings = home_of(Environment.SANDBOX, theirs)
    with open_channels(settings, Home(folder=tmp_path)) as channels:
        assert isinstance(channels["email"], Console)
