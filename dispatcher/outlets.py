"""The configured channels, opened: adapters by entry point, secrets resolved, sandbox sinks."""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings, Environment, Settings
from dispatcher.ports import Channel
from dispatcher.problems.suggest import nearest


#: The entry point group in which adapters are found, ours like anybody's.
CHANNELS = "relance.channels"


def open_channel(settings: ChannelSettings, home: Home) -> Channel:
    """One channel, its secrets resolved.

    Raises:
        BadInput: no such adapter, a secret is missing, or the adapter refuses its settings.
    """
    found = _installed()
    if settings.adapter not in found:
        raise BadInput(
            Problem(
                code="config/no-adapter",
                place=settings.place,
                fields={"value": settings.adapter, "allowed": ", ".join(sorted(found))},
                suggestion=nearest(settings.adapter, found),
            )
        )
    secrets = {key: _secret(settings, key, home) for key in settings.secrets}
    told = replace(settings, options=_from_home(settings, home), secrets=secrets)
    channel: Channel = found[settings.adapter].load()(told)
    return channel


def _installed() -> Mapping[str, EntryPoint]:
    return {entry.name: entry for entry in entry_points(group=CHANNELS)}


def _from_home(settings: ChannelSettings, home: Home) -> Mapping[str, str | int | bool]:
    """The options, with the paths of files taken from the home, wherever the command is run."""
    paths = {
        name: str(home.folder / str(value))
        for name, value in settings.options.items()
        if name.endswith("_file") or name == "folder"
    }
    return {**settings.options, **paths}


def _secret(settings: ChannelSettings, key: str, home: Home) -> str:
    reference = settings.secrets[key]
    kind, _, name = reference.partition(":")
    if kind == "env" and name in os.environ:
        return os.environ[name]
    path = home.folder / name
    if kind == "file" and path.is_file():
        return path.read_text("utf-8").rstrip("\r\n")
    fields = {"key": f"channels.{settings.name}.{key}", "reference": reference}
    raise BadInput(Problem(code="config/secret-missing", place=settings.place, fields=fields))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sandbox:
    """How an adapter is kept inside: its sink, and what it is told instead of its settings.

    `sink` names a function of a folder that runs a server on this machine and gives its port.
    `kept` are the options that stay.
    """

    sink: str
    kept: tuple[str, ...]
    told: Callable[[int], Mapping[str, str | int | bool]]

    def settings(self, settings: ChannelSettings, port: int) -> ChannelSettings:
        kept = {key: settings.options[key] for key in self.kept if key in settings.options}
        return replace(settings, options={**kept, **self.told(port)}, secrets={})


def _mail(port: int) -> Mapping[str, str | int | bool]:
    return {"host": "127.0.0.1", "port": port, "tls": "none"}


def _sms(port: int) -> Mapping[str, str | int | bool]:
    return {
        "account_sid": "AC" + "0" * 32,
        "base_url": f"http://127.0.0.1:{port}",
        "public_url": "https://sandbox.invalid/sms",  # carries the token, which names the file
    }


_SANDBOXES: Mapping[str, _Sandbox] = {
    "email": _Sandbox(sink="channels.sink", kept=("sender", "pool", "copies"), told=_mail),
    "twilio": _Sandbox(
        sink="channels.sms_sink",
        kept=("sender", "pool", "validity"),
        told=_sms,
    ),
}


#: Nothing of what these do leaves the house.
_HARMLESS = ("call", "console")


@contextmanager
def open_channels(settings: Settings, home: Home) -> Iterator[Mapping[str, Channel]]:
    """Every configured channel; in the sandbox what it sends is files under `var/sinks/<name>`.

    Raises:
        BadInput: a channel cannot be opened, or would send in clear text.
    """
    with ExitStack() as stack:
        wanted = settings.channels
        if settings.environment is Environment.SANDBOX:
            wanted = {name: _inside(each, home, stack) for name, each in wanted.items()}
        else:
            _refuse_clear_text(wanted.values())
        yield {name: open_channel(each, home) for name, each in wanted.items()}


def _inside(settings: ChannelSettings, home: Home, stack: ExitStack) -> ChannelSettings:
    """The same channel, kept inside; whoever else's, what it would send is printed instead."""
    folder = home.sinks / settings.name
    if settings.adapter == "letter":
        return replace(settings, options={**settings.options, "folder": str(folder)})
    if settings.adapter in _SANDBOXES:
        sandbox = _SANDBOXES[settings.adapter]
        sink = import_module(sandbox.sink).sink  # a server, only in the sandbox
        return sandbox.settings(settings, stack.enter_context(sink(folder)))
    if settings.adapter in _HARMLESS or settings.adapter not in _installed():
        return settings
    return replace(settings, adapter="console", options={}, secrets={})


def _refuse_clear_text(channels: Iterable[ChannelSettings]) -> None:
    """In production not even this machine is spoken to in clear text over HTTP."""
    problems = [
        Problem(
            code="deliver/clear-web",
            place=each.place,
            fields={"channel": each.name, "host": str(each.options["base_url"])},
        )
        for each in channels
        if not str(each.options.get("base_url", "https://")).startswith("https://")
    ]
    if problems:
        raise BadInput(problems)
