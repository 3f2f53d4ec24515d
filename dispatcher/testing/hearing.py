"""What a channel must pass whose provider reports over HTTP."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from itertools import permutations
from typing import Final

from dispatcher.model.news import News, NewsKind
from dispatcher.ports import Answered, Heard, Hears
from dispatcher.testing.suite import Check


#: How far a piece of news brings a message; the farthest holds, whatever came when.
RANKS: Final = {NewsKind.SENT: 1, NewsKind.DELIVERED: 2, NewsKind.BOUNCED: 3}

_REFUSED: Final = range(400, 500)
_MOST_ORDERS: Final = 24


def hearing(channel: Hears, reports: Sequence[Heard], *, signed_by: str) -> tuple[Check, ...]:
    """The checks for one channel that `Hears`.

    `reports` are true requests about one message, in their order, at least two of them with
    news. `signed_by` is the header, in lower case, that proves who is speaking.
    """
    checks: dict[str, Callable[[], None]] = {
        "what the provider says is heard": partial(_heard, channel, reports),
        "what is repeated is the same news": partial(_repeated, channel, reports),
        "in any order it ends the same": partial(_any_order, channel, reports),
        "what nobody signed is refused": partial(_unsigned, channel, reports, signed_by),
        "a signature of another request is refused": partial(_moved, channel, reports, signed_by),
        "what was changed on the way is refused": partial(_changed, channel, reports),
        "an empty request is refused": partial(_empty, channel, reports[0]),
    }
    return tuple(Check(name=name, run=check) for name, check in checks.items())


def _heard(channel: Hears, reports: Sequence[Heard]) -> None:
    told = [channel.hear(each) for each in reports]
    assert all(each.status // 100 == 2 for each in told), "a true report is refused"  # noqa: PLR2004 - 2xx
    assert sum(bool(each.news) for each in told) >= 2, "nothing was heard"  # noqa: PLR2004 - as asked


def _repeated(channel: Hears, reports: Sequence[Heard]) -> None:
    for each in reports:
        once, again = channel.hear(each), channel.hear(each)
        assert _names(once.news) == _names(again.news), "the same report has two names"


def _any_order(channel: Hears, reports: Sequence[Heard]) -> None:
    ends = {
        _state([news for each in order for news in channel.hear(each).news])
        for order in list(permutations(reports))[:_MOST_ORDERS]
    }
    assert len(ends) == 1, f"the end depends on the order: {sorted(ends)}"


def _unsigned(channel: Hears, reports: Sequence[Heard], signed_by: str) -> None:
    for each in reports:
        bare = {name: value for name, value in each.headers.items() if name != signed_by}
        _refused(channel.hear(replace(each, headers=bare)))
        _refused(channel.hear(replace(each, headers={**bare, signed_by: "x"})))


def _moved(channel: Hears, reports: Sequence[Heard], signed_by: str) -> None:
    first, *others = reports
    for each in others:
        headers = {**each.headers, signed_by: first.headers[signed_by]}
        _refused(channel.hear(replace(each, headers=headers)))


def _changed(channel: Hears, reports: Sequence[Heard]) -> None:
    for each in reports:
        fields = [*each.fields[:-1], (each.fields[-1][0], f"{each.fields[-1][1]}x")]
        _refused(channel.hear(replace(each, fields=fields)))
        _refused(channel.hear(replace(each, url=f"{each.url}&x=1")))


def _empty(channel: Hears, report: Heard) -> None:
    _refused(channel.hear(replace(report, fields=(), headers={}, body=b"")))


def _refused(answered: Answered) -> None:
    assert answered.status in _REFUSED, f"not refused: {answered.status} {answered.why}"
    assert not answered.news, "refused, and believed all the same"


def _names(news: Sequence[News]) -> list[tuple[str, str, NewsKind]]:
    return [(each.source, each.reference, each.kind) for each in news]


def _state(news: Sequence[News]) -> tuple[int, int]:
    """How far the message is, and how many pieces of news there are: each name counts once."""
    first: dict[tuple[str, str], News] = {}
    for each in news:
        first.setdefault((each.source, each.reference), each)
    return max((RANKS.get(each.kind, 0) for each in first.values()), default=0), len(first)
