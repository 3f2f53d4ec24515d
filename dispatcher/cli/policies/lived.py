"""Simulated days as a report: figures, tables and what is stuck; `assumed` stands before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Any, Final

import polars as pl

from dispatcher.cli.policies.sections import Section
from dispatcher.cli.say import Speaker
from dispatcher.decide.costs import Prices
from dispatcher.decide.explain_text import channel_words, reason_words
from dispatcher.model.message import HUMAN_CHANNELS
from dispatcher.model.plan import HAND_OVER
from dispatcher.model.settings import Settings
from dispatcher.prove.days.assumptions import Assumption
from dispatcher.prove.days.diary import ALSO, ANSWER, Diary
from dispatcher.prove.days.forecast import Forecast, Load, Period, Sent
from dispatcher.prove.days.pressure import worst


DASH: Final = "–"
EUR: Final = "EUR"
STEPS_SHOWN: Final = 12  # columns of the table of what is owed


# -- figures ---------------------------------------------------------------------------------------


def sections(
    speaker: Speaker, told: Forecast, settings: Settings, debtors: pl.DataFrame
) -> Iterator[Section]:
    """All that a forecast says."""
    yield Section(lines=tuple(_head(speaker, told)))
    if told.sent:
        yield _sent(speaker, told, settings.currency)
    if told.loads:
        yield _loads(speaker, told, settings)
    yield _limits(speaker, told)
    if told.pressure:
        yield _pressure(speaker, told, debtors)
    yield _periods(speaker, told)
    yield _owed(speaker, told, settings.currency)
    yield _stuck(speaker, told, settings.currency)


def _head(speaker: Speaker, told: Forecast) -> Iterator[str]:
    yield speaker.words(
        "lived/title",
        start=speaker.day(told.start),
        end=speaker.day(told.end),
        contacts=told.contacts,
        debtors=told.debtors,
        cost=euros(speaker, told.cost),
    )
    unpriced = sorted(
        {each.channel for each in told.sent if each.cost is None} - set(HUMAN_CHANNELS)
    )
    if unpriced:
        names = ", ".join(channel_words(name, speaker.lang) for name in unpriced)
        yield speaker.words("lived/unpriced", channels=names)
    if told.hand_overs:
        yield speaker.words("lived/hand-overs", count=told.hand_overs)
    if told.confirmations:
        yield speaker.words("lived/confirmations", count=told.confirmations)


def euros(speaker: Speaker, cost: Decimal | None) -> str:
    """A cost to the cent, upwards; a dash where nobody said the price."""
    if cost is None:
        return DASH
    return speaker.money(int(cost.scaleb(2).to_integral_value(ROUND_UP)), EUR)


def _headings(speaker: Speaker, *names: str) -> tuple[str, ...]:
    return tuple(speaker.words(f"lived/{name}") for name in names)


def _sent(speaker: Speaker, told: Forecast, currency: str) -> Section:
    names = ("policy", "step", "channel", "messages", "cases", "amount", "cost")
    return Section(
        title=speaker.words("lived/sent"),
        headings=_headings(speaker, *names),
        rows=[_sent_row(speaker, each, currency) for each in told.sent],
        right=(3, 4, 5, 6),
    )


def _sent_row(speaker: Speaker, each: Sent, currency: str) -> tuple[str, ...]:
    channel = channel_words(each.channel, speaker.lang)
    sorts = {ALSO: "lived/also", ANSWER: "lived/answer"}
    shown = speaker.words(sorts[each.sort], channel=channel) if each.sort in sorts else channel
    claims = each.sort not in sorts
    return (
        each.policy,
        each.step,
        shown,
        str(each.messages),
        str(each.cases) if claims else "",
        speaker.money(each.amount, currency) if claims else "",
        euros(speaker, each.cost),
    )


def _loads(speaker: Speaker, told: Forecast, settings: Settings) -> Section:
    return Section(
        title=speaker.words("lived/load"),
        headings=_headings(speaker, "what", "total", "most", "can", "full"),
        rows=[_load_row(speaker, each, settings) for each in told.loads],
        right=(1, 2, 3, 4),
    )


def _load_row(speaker: Speaker, each: Load, settings: Settings) -> tuple[str, ...]:
    text = settings.tasks.get(each.what)
    name = channel_words(each.what, speaker.lang) if text is None else ""
    if each.what in {"approvals", HAND_OVER}:
        name = speaker.words(f"lived/{each.what}")
    if text is not None:
        name = text.labels.get(speaker.lang, each.what)
    limited = each.can is not None
    can, full = (str(each.can), str(each.full)) if limited else ("", "")
    return name, str(each.total), str(each.most), can, full


def _limits(speaker: Speaker, told: Forecast) -> Section:
    if not told.limits:
        return Section(lines=(speaker.words("lived/no-limits"),))
    return Section(
        title=speaker.words("lived/limits"),
        headings=_headings(speaker, "gate", "waits", "days", "longest"),
        rows=[
            (
                reason_words(each.gate, speaker.lang),
                str(each.contacts),
                str(each.days),
                str(each.longest),
            )
            for each in told.limits
        ],
        right=(1, 2, 3),
    )


def _pressure(speaker: Speaker, told: Forecast, debtors: pl.DataFrame) -> Section:
    names = {row[0]: f"{row[1]} ({row[2]})" for row in _named(debtors)}
    return Section(
        title=speaker.words("lived/pressure"),
        headings=_headings(speaker, "debtor", "contacts", "most30", "shortest"),
        rows=[
            (
                names.get(each.debtor_id, str(each.debtor_id)),
                str(each.contacts),
                str(each.most),
                DASH if each.shortest is None else str(each.shortest),
            )
            for each in worst(told.pressure)
        ],
        right=(1, 2, 3),
    )


def _named(debtors: pl.DataFrame) -> Iterator[tuple[Any, ...]]:
    return debtors.select("id", "name", "reference").iter_rows()


def _periods(speaker: Speaker, told: Forecast) -> Section:
    channels = sorted({name for period in told.periods for name in period.contacts})
    shown = [channel_words(name, speaker.lang) for name in channels]
    return Section(
        title=speaker.words("lived/months" if told.monthly else "lived/weeks"),
        headings=(*_headings(speaker, "week"), *shown, *_headings(speaker, "tasks", "approvals")),
        rows=[
            (
                speaker.day(period.start),
                *(str(period.contacts.get(name, 0)) for name in channels),
                str(period.tasks),
                str(period.approvals),
            )
            for period in told.periods
        ],
        right=tuple(range(1, len(channels) + 3)),
    )


def _owed(speaker: Speaker, told: Forecast, currency: str) -> Section:
    steps = sorted(
        {step for period in told.periods for step in period.standing}, key=_rank(told.periods)
    )
    steps = steps[:STEPS_SHOWN]
    none = speaker.words("lived/none-yet")
    return Section(
        title=speaker.words("lived/owed-months" if told.monthly else "lived/owed"),
        headings=(
            *_headings(speaker, "week"),
            *(none if step in {"", "none"} else step for step in steps),
        ),
        rows=[
            (
                speaker.day(period.start),
                *(speaker.money(period.standing.get(step, 0), currency) for step in steps),
            )
            for period in told.periods
        ],
        right=tuple(range(1, len(steps) + 1)),
    )


def _rank(periods: Sequence[Period]) -> Any:  # noqa: ANN401 - a key to sort by
    """Steps in the order in which cases come to stand there."""
    first: dict[str, int] = {}
    for number, period in enumerate(periods):
        for step in period.standing:
            first.setdefault(step, number)
    return lambda step: (step not in {"", "none"}, first[step], step)


def _stuck(speaker: Speaker, told: Forecast, currency: str) -> Section:
    if not told.stuck:
        return Section(lines=(speaker.words("lived/not-stuck"),))
    names = ("answer-word", "policy", "reason", "rule", "cases", "amount")
    return Section(
        title=speaker.words("lived/stuck"),
        headings=_headings(speaker, *names),
        rows=[
            (
                speaker.words(f"action/{each.action}"),
                each.policy or DASH,
                reason_words(each.reason, speaker.lang),
                each.rule,
                str(each.cases),
                speaker.money(each.amount, currency),
            )
            for each in told.stuck
        ],
        right=(4, 5),
    )


# -- for programs ----------------------------------------------------------------------------------


def plain(value: object) -> Any:  # noqa: ANN401 - what JSON writes
    """Days and amounts of euros as texts, everything else as it is."""
    if isinstance(value, Mapping):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, date | Decimal):
        return str(value)
    return value


def as_data(told: Forecast, assumption: Assumption) -> dict[str, Any]:
    """The assumption, then every figure; amounts in minor units, costs in euros as texts."""
    found = {"assumption": asdict(assumption), **asdict(told)}
    data: dict[str, Any] = plain(found)
    return data


def as_csv(diary: Diary, prices: Prices) -> str:
    """A row per day, policy, step and channel; amounts in euros with a point."""
    keys = ["day", "policy", "step", "channel", "sort", "currency"]
    rows = (
        diary.table("messages")
        .with_columns(step=pl.when(pl.col("step") == "").then("rule").otherwise("step"))
        .group_by(keys)
        .agg(messages=pl.len(), cases=pl.col("cases").sum(), amount=pl.col("amount").sum())
        .sort(keys)
    )
    each = [prices.get(name) for name in rows["channel"]]
    cost = [
        "" if price is None else str(price * count)
        for price, count in zip(each, rows["messages"], strict=True)
    ]
    whole = rows.with_columns(
        amount=(pl.col("amount") / 100).round(2), cost=pl.Series(cost, dtype=pl.String)
    )
    return whole.write_csv(float_precision=2).rstrip("\n")
