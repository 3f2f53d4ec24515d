"""The configured channels, opened: adapters by entry point, secrets resolved, sandbox sinks."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points

from dispatcher.deliver.discretion import discreet
from dispatcher.errors import BadInput
from dispatcher.home import Home
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings, Environment, Settings
from dispatcher.ports import Channel
from dispatcher.problems.suggest import nearest
from dispatcher.references import secret_problems, secrets_of


#: The entry point group in which adapters are found, ours like anybody's.
CHANNELS = "relance.channels"


def open_channel(settings: ChannelSettings, home: Home) -> Channel:
    """One channel, its secrets resolved.

    Raises:
        BadInput: no such adapter, a secret is missing or open to everybody, or the adapter refuses
            its settings; with everything that is wrong.
    """
    found = _installed()
    if settings.adapter not in found:
        raise BadInput(_no_adapter(settings, found))
    problems = list(secret_problems(settings, home))
    # A secret that is missing is said once, as such: the adapter gets its reference instead.
    secrets = {**settings.secrets, **secrets_of(settings, home)}
    told = replace(settings, options=_from_home(settings, home), secrets=secrets)
    try:
        channel: Channel = found[settings.adapter].load()(told)
    except BadInput as error:
        problems += [_pointed(each, settings) for each in error.problems]
    if problems:
        raise BadInput(problems)
    return channel


def channel_problems(settings: Settings, home: Home) -> tuple[Problem, ...]:
    """Everything that keeps the channels from being opened in production.

    In the sandbox adapters of others are not even loaded, so nothing is said of their settings.
    """
    inside = settings.environment is Environment.SANDBOX
    known = {*_SANDBOXES, *_HARMLESS, "letter"} if inside else set(_installed())
    found = [] if inside else list(_clear_text(settings.channels.values()))
    for each in settings.channels.values():
        if each.adapter not in known and each.adapter in _installed():
            found += secret_problems(each, home)
            continue
        try:
            open_channel(each, home)
        except BadInput as error:
            found += error.problems
    return tuple(found)


def unsigned(settings: Settings) -> Iterator[Problem]:
    """Channels that would be reported to and could not prove by whom: they log in with a key."""
    for each in settings.channels.values():
        if "public_url" in each.options and {"api_key", "auth_token"} & {*each.secrets} == {
            "api_key"
        }:
            place = each.places.get("public_url", each.place)
            yield Problem(code="listen/unsigned", place=place, fields={"channel": each.name})


def _no_adapter(settings: ChannelSettings, found: Iterable[str]) -> Problem:
    return Problem(
        code="config/no-adapter",
        place=settings.places.get("adapter", settings.place),
        fields={"value": settings.adapter, "allowed": ", ".join(sorted(found))},
        suggestion=nearest(settings.adapter, found),
    )


def _pointed(problem: Problem, settings: ChannelSettings) -> Problem:
    """An adapter's problem at the setting that it is about, with what was probably meant."""
    option = problem.fields.get("option", _ABOUT.get(problem.code, ""))
    place = settings.places.get(option)
    if place is None or problem.place != settings.place:
        return problem
    if problem.code != "deliver/option-unknown":
        return replace(problem, place=place)
    names = problem.fields.get("allowed", "").split(", ")
    # length 0: a misspelt secret may stand there, and its line is never shown
    return replace(problem, place=replace(place, length=0), suggestion=nearest(option, names))


#: Which setting a problem is about that does not name one.
_ABOUT: Mapping[str, str] = {
    "deliver/clear-text": "tls",
    "deliver/clear-web": "base_url",
    "deliver/sms-sender": "sender",
}


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
    "email": _Sandbox(
        sink="channels.sink", kept=("sender", "bounces", "pool", "copies"), told=_mail
    ),
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
            _refuse(_clear_text(wanted.values()))
        stack.enter_context(
            discreet([s for each in wanted.values() for s in each.secrets.values()])
        )
        yield _opened(wanted, home)


def _opened(wanted: Mapping[str, ChannelSettings], home: Home) -> Mapping[str, Channel]:
    """Every channel, or every problem of all of them."""
    opened, problems = dict[str, Channel](), list[Problem]()
    for name, each in wanted.items():
        try:
            opened[name] = open_channel(each, home)
        except BadInput as error:
            problems += error.problems
    _refuse(problems)
    return opened


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


def _clear_text(channels: Iterable[ChannelSettings]) -> Iterator[Problem]:
    """In production not even this machine is spoken to in clear text over HTTP."""
    for each in channels:
        if not str(each.options.get("base_url", "https://")).startswith("https://"):
            fields = {"channel": each.name, "host": str(each.options["base_url"])}
            place = each.places.get("base_url", each.place)
            yield Problem(code="deliver/clear-web", place=place, fields=fields)


def _refuse(problems: Iterable[Problem]) -> None:
    found = tuple(problems)
    if found:
        raise BadInput(found)
