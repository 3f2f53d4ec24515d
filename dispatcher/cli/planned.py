"""A plan as tables: what goes out and what it costs, what people get to do, what waits and why."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import ROUND_UP, Decimal
from typing import Final

import polars as pl

from dispatcher.caution import short
from dispatcher.cli.labels import task_label
from dispatcher.cli.say import Speaker
from dispatcher.decide.costs import Share, prices_of, shares, total
from dispatcher.decide.explain_text import channel_words, reason_words, turn_words
from dispatcher.decide.plan import Plan
from dispatcher.model.decision import Action
from dispatcher.model.plan import PlannedContact
from dispatcher.model.settings import Settings


#: Answers after which nothing is done today.
STILL: Final = (Action.UNDER_WAY, Action.WAIT, Action.HOLD, Action.NOTHING_YET)

DASH: Final = "–"

OUT: Final = ("policy", "step", "channel", "messages", "cases", "amount", "cost")
WORK: Final = ("policy", "rule", "task", "tasks", "cases", "amount")
REST: Final = ("answer", "reason", "turn", "since", "policy", "until", "cases", "debtors", "amount")


def show_replies(speaker: Speaker, contacts: Iterable[PlannedContact]) -> None:
    """Answers to what has happened, beside the plan: by policy, rule and channel."""
    found = Counter(
        (each.policy, each.rule, channel_words(each.channel, speaker.lang)) for each in contacts
    )
    rows: list[tuple[str, ...]] = [(*said, str(n)) for said, n in sorted(found.items())]
    _table(speaker, "replies", ("policy", "rule", "channel", "messages"), rows)


def show_plan(speaker: Speaker, plan: Plan, day: date, settings: Settings) -> None:
    """The plan as tables, then what safety says of it and its digest."""
    speaker.say(
        "plan/title",
        day=speaker.day(day),
        cases=plan.answers.height,
        contacts=len(plan.contacts),
        tasks=len(plan.tasks),
    )
    _show_out(speaker, plan, settings)
    _show_work(speaker, plan, settings)
    _show_rest(speaker, plan.answers)
    speaker.line()
    for each in plan.exceeded:
        digest = short(plan.digest)
        fields = {"policy": each.policy, "share": each.share, "limit": each.limit}
        speaker.say("plan/exceeded", **fields, digest=digest)
    speaker.say("plan/digest", digest=short(plan.digest))


def _table(
    speaker: Speaker, title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]
) -> None:
    """A table under its title, without columns in which nothing stands; nothing without rows."""
    if not rows:
        return
    speaker.line()
    speaker.say(f"plan/{title}")
    used = [at for at in range(len(headings)) if any(row[at] for row in rows)]
    speaker.table(
        [speaker.words(f"plan/{headings[at]}") for at in used],
        [tuple(row[at] for at in used) for row in rows],
        right=[place for place, at in enumerate(used) if headings[at] in FIGURES],
    )


FIGURES: Final = frozenset({"messages", "tasks", "cases", "debtors", "amount", "cost"})


# -- what goes out ----------------------------------------------------------------------------


def _show_out(speaker: Speaker, plan: Plan, settings: Settings) -> None:
    found = shares(plan.contacts, prices_of(settings))
    currencies = _currencies(plan.answers)
    rows = [_share_row(speaker, share, currencies[share.policy]) for share in found]
    if len({currencies[share.policy] for share in found}) == 1 and len(rows) > 1:
        rows.append(_total_row(speaker, found, currencies[found[0].policy]))
    _table(speaker, "out", OUT, rows)
    priced = {share.channel for share in found if share.cost is not None}
    if "sms" in priced:
        speaker.say("plan/segments")
    unpriced = sorted({share.channel for share in found if share.cost is None})
    if unpriced and priced:
        names = ", ".join(channel_words(name, speaker.lang) for name in unpriced)
        speaker.say("plan/unpriced", channels=names)


def _share_row(speaker: Speaker, share: Share, currency: str) -> tuple[str, ...]:
    channel = channel_words(share.channel, speaker.lang)
    return (
        share.policy,
        share.step,
        speaker.words("plan/also", channel=channel) if share.also else channel,
        str(share.messages),
        "" if share.also else str(share.cases),
        "" if share.also else speaker.money(share.amount, currency),
        _euros(speaker, share.cost),
    )


def _total_row(speaker: Speaker, found: tuple[Share, ...], currency: str) -> tuple[str, ...]:
    return (
        speaker.words("plan/total"),
        "",
        "",
        str(sum(share.messages for share in found)),
        str(sum(share.cases for share in found)),
        speaker.money(sum(share.amount for share in found), currency),
        _euros(speaker, total(found)),
    )


def _euros(speaker: Speaker, cost: Decimal | None) -> str:
    """A cost to the cent, upwards: what costs something is never shown as nothing."""
    if cost is None:
        return DASH
    return speaker.money(int(cost.scaleb(2).to_integral_value(ROUND_UP)), "EUR")


def _currencies(answers: pl.DataFrame) -> Mapping[str, str]:
    """The currency of each policy: a policy names one."""
    return dict(answers.select("policy", "currency").unique().iter_rows())


# -- what people get to do --------------------------------------------------------------------


def _show_work(speaker: Speaker, plan: Plan, settings: Settings) -> None:
    if not plan.tasks:
        return
    _table(speaker, "work", WORK, list(_work_rows(speaker, plan, settings)))


def _work_rows(speaker: Speaker, plan: Plan, settings: Settings) -> Iterator[tuple[str, ...]]:
    rows = [(task.policy, task.rule, task.name, list(task.case_ids)) for task in plan.tasks]
    tasks = pl.DataFrame(
        rows,
        schema={
            "policy": pl.String,
            "rule": pl.String,
            "name": pl.String,
            "case_id": pl.List(pl.Int64),
        },
        orient="row",
    )
    owed = plan.answers.select("case_id", "amount_due", "currency")
    found = (
        tasks.with_row_index("task")
        .explode("case_id")
        .join(owed, on="case_id", how="left")
        .group_by("policy", "rule", "name")
        .agg(
            pl.col("task").n_unique(),
            pl.col("case_id").n_unique(),
            pl.col("amount_due").sum(),
            pl.col("currency").first(),
        )
        .sort("policy", "rule", "name")
    )
    for policy, rule, name, count, cases, amount, currency in found.iter_rows():
        text = settings.tasks.get(name)
        label = task_label(speaker, name, text)
        yield policy, rule, label, str(count), str(cases), speaker.money(amount, currency)


# -- what waits or holds ----------------------------------------------------------------------


def _show_rest(speaker: Speaker, answers: pl.DataFrame) -> None:
    order = {action.value: place for place, action in enumerate(STILL)}
    found = (
        answers.filter(pl.col("action").is_in(list(order)))
        .group_by("action", "reason", "turn", "policy", "currency")
        .agg(
            pl.col("until", "since").min(),
            pl.len().alias("cases"),
            pl.col("debtor_id").n_unique().alias("debtors"),
            pl.col("amount_due").sum(),
        )
        .with_columns(place=pl.col("action").replace_strict(order, return_dtype=pl.Int64))
        .sort("place", "reason", "turn", "policy", "currency")
    )
    _table(speaker, "rest", REST, [_rest_row(speaker, row) for row in found.iter_rows(named=True)])


def _rest_row(speaker: Speaker, row: Mapping[str, object]) -> tuple[str, ...]:
    until, since, amount = row["until"], row["since"], row["amount_due"]
    reason = str(row["reason"])
    under_way = row["action"] == Action.UNDER_WAY.value
    words = channel_words if under_way else reason_words
    return (
        speaker.words(f"action/{row['action']}"),
        words(reason, speaker.lang),
        turn_words(str(row["turn"]), speaker.lang) if row["turn"] else "",
        speaker.day(since) if isinstance(since, date) else "",
        str(row["policy"]) or DASH,
        speaker.day(until if isinstance(until, date) else None),
        str(row["cases"]),
        str(row["debtors"]),
        speaker.money(amount, str(row["currency"])) if isinstance(amount, int) else "",
    )
