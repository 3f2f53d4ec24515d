"""The configured channels, opened: adapters by entry point, secrets resolved, sandbox sinks."""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from importlib.metadata import entry_points

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
    found = {entry.name: entry for entry in entry_points(group=CHANNELS)}
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


def _from_home(settings: ChannelSettings, home: Home) -> Mapping[str, str | int | bool]:
    """The options, with the paths of files taken from the home, wherever the command is run."""
    paths = {
        name: str(home.folder / str(value))
        for name, value in settings.options.items()
        if name.endswith("_file")
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


def _sandboxed(settings: ChannelSettings, port: int) -> ChannelSettings:
    """The same channel, delivering into the embedded mail server."""
    kept = {key: settings.options[key] for key in ("sender", "pool") if key in settings.options}
    options = {**kept, "host": "127.0.0.1", "port": port, "tls": "none"}
    return replace(settings, options=options, secrets={})


@contextmanager
def open_channels(settings: Settings, home: Home) -> Iterator[Mapping[str, Channel]]:
    """Every configured channel; in the sandbox e-mail ends in files under `var/sinks/email`."""
    with ExitStack() as stack:
        wanted = dict(settings.channels)
        if settings.environment is Environment.SANDBOX:
            from channels.sink import sink  # noqa: PLC0415 - a mail server, only in the sandbox

            mail = [name for name, each in wanted.items() if each.adapter == "email"]
            for name in mail:
                port = stack.enter_context(sink(home.sinks / name))
                wanted[name] = _sandboxed(wanted[name], port)
        yield {name: open_channel(each, home) for name, each in wanted.items()}
