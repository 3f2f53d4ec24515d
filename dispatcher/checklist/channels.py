"""The area `channels`: settings and secrets, encryption, senders, prices and caps."""

from collections.abc import Iterator
from datetime import UTC
from zoneinfo import ZoneInfo

from dispatcher.checklist.point import Point, State, point, said
from dispatcher.checklist.seen import Seen
from dispatcher.model.host import is_loopback
from dispatcher.model.message import HUMAN_CHANNELS
from dispatcher.model.settings import ChannelSettings


#: Names that exist for examples only (RFC 2606, RFC 6761).
NOWHERE = (".test", ".example", ".invalid", ".localhost", "example.com", "example.org")

_SECRETS = ("config/secret-missing", "config/secret-open")


def channels(seen: Seen) -> Iterator[Point]:
    """Each channel as production would open it."""
    for problem in seen.channel_problems:
        # In the sandbox no secret is used; any other mistake is one in either environment.
        yield said(problem, seen.needed if problem.code in _SECRETS else State.PROBLEM)
    wrong = {_channel(problem.fields) for problem in seen.channel_problems}
    for each in seen.settings.channels.values():
        if each.name not in wrong:
            fields = {"name": each.name, "adapter": each.adapter}
            yield point("channel", good=True, otherwise=State.PROBLEM, **fields)
        yield from _mail(seen, each)
        yield from _price(each)
    yield from _outages(seen)
    yield _caps(seen)


def _channel(fields: object) -> str:
    """The channel that a problem is about: by name, or by the path of a setting."""
    if not isinstance(fields, dict):
        return ""
    path = str(fields.get("key", "")).split(".")
    return str(fields.get("channel", path[1] if len(path) > 1 else ""))


def _mail(seen: Seen, channel: ChannelSettings) -> Iterator[Point]:
    """Encryption, and the domain that receivers ask about; nothing is looked up."""
    host = str(channel.options.get("host", ""))
    if channel.adapter != "email" or not host:
        return
    clear = channel.options.get("tls") == "none" and not is_loopback(host)
    yield point("tls", good=not clear, otherwise=State.PROBLEM, name=channel.name, host=host)
    sender = str(channel.options.get("sender", "")) or seen.settings.creditor.email
    domain = sender.rpartition("@")[2]
    fields = {"name": channel.name, "domain": domain, "host": host}
    if f".{domain}".endswith(NOWHERE) or f".{host}".endswith(NOWHERE):
        yield point("real", good=False, otherwise=seen.needed, **fields)
        return
    own = _registered(host) == _registered(domain)
    yield point("sender", good=own, otherwise=State.TODO, **fields)


def _registered(domain: str) -> str:
    """The last two labels: good enough to tell one's own relay from another's."""
    return ".".join(domain.lower().rsplit(".", 2)[-2:])


def _price(channel: ChannelSettings) -> Iterator[Point]:
    if channel.name not in HUMAN_CHANNELS and channel.adapter != "call":
        good = channel.price is not None
        yield point("price", good=good, otherwise=State.TODO, name=channel.name)


def _outages(seen: Seen) -> Iterator[Point]:
    """Providers that take nothing just now; what is meant for them waits."""
    zone = ZoneInfo(seen.settings.timezone) if seen.zone_found else UTC
    for each in seen.store.shut if seen.store is not None else ():
        fields = {
            "name": each.channel,
            "since": f"{each.since.astimezone(zone):%Y-%m-%d %H:%M}",
            "until": f"{each.until.astimezone(zone):%Y-%m-%d %H:%M}",
            "reason": each.reason,
        }
        yield point("provider", good=False, otherwise=State.PROBLEM, **fields)


def _caps(seen: Seen) -> Point:
    """Something has to bound a day: a total of the home, or the safety of each policy."""
    totals, rulebook = seen.settings.totals, seen.rulebook
    active = rulebook.active if rulebook is not None else ()
    bounded = [
        p.safety.debtors is not None or p.safety.share_of_debtors is not None for p in active
    ]
    good = totals.per_run is not None or bool(totals.per_day) or (bool(active) and all(bounded))
    return point("caps", good=good, otherwise=seen.needed)
