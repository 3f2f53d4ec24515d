"""What moves in today's plan, as tables: answers, messages and cost, the largest cases."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_UP, Decimal
from typing import Any, Final

from dispatcher.cli.policies.diffwords import Told
from dispatcher.cli.say import Speaker
from dispatcher.decide.explain_text import channel_words, reason_words
from dispatcher.model.decision import Action
from dispatcher.prove.changes.moved_cases import ANSWER, Mail, Moved


MOST_ROWS: Final = 20

#: A table: title, headings, rows, and which columns are figures.
Table = tuple[str, list[str], Sequence[tuple[str, ...]], tuple[int, ...]]


def portfolio_line(speaker: Speaker, told: Told) -> str:
    """How much of the portfolio moves, in one line."""
    moved = told.moved
    if moved is None or not moved.moved:
        cases = 0 if moved is None else moved.cases
        return speaker.words("diff/no-case-moves", day=told.day, cases=cases)
    amount = " + ".join(speaker.money(each, name) for name, each in moved.amounts.items())
    counts = {"moved": moved.moved, "cases": moved.cases, "debtors": moved.debtors}
    return speaker.words("diff/portfolio", day=told.day, amount=amount, **counts)


def tables(speaker: Speaker, moved: Moved) -> Iterator[Table]:
    """The answers that cases move between, the messages of each channel, the largest cases."""
    rows = [_group(speaker, row) for row in moved.groups.head(MOST_ROWS).iter_rows(named=True)]
    if rows:
        names = ("before", "after", "cases", "debtors", "amount")
        yield _further(speaker, moved), _headings(speaker, names), rows, (2, 3, 4)
    elif moved.later:
        yield _further(speaker, moved), _headings(speaker, ("cases",)), [(str(moved.later),)], (0,)
    mails = [_mail(speaker, each) for each in moved.mails if each.old != each.new]
    if mails:
        columns = ("channel", "before", "after", "cost")
        yield "", _headings(speaker, columns), mails, (1, 2, 3)
    first = [_case(speaker, row) for row in moved.first.iter_rows(named=True)]
    if first:
        told = ("case", "debtor", "amount", "before", "after")
        title = speaker.words("diff/first", count=len(first))
        yield title, _headings(speaker, told), first, (2,)


def _further(speaker: Speaker, moved: Moved) -> str:
    said = []
    if moved.later:
        said.append(speaker.words("diff/later", count=moved.later))
    if moved.groups.height > MOST_ROWS:
        said.append(speaker.words("diff/more-rows", count=moved.groups.height - MOST_ROWS))
    return "; ".join(said)


def _headings(speaker: Speaker, names: Sequence[str]) -> list[str]:
    return [speaker.words(f"diff/heading/{name}") for name in names]


def _group(speaker: Speaker, row: Mapping[str, Any]) -> tuple[str, ...]:
    money = speaker.money(row["amount"], row["currency"])
    return (*_sides(speaker, row), str(row["cases"]), str(row["debtors"]), money)


def _case(speaker: Speaker, row: Mapping[str, Any]) -> tuple[str, ...]:
    number = row["number"] if row["term"] == 1 else f"{row['number']}/{row['term']}"
    return (
        number,
        row["debtor"],
        speaker.money(row["amount_due"], row["currency"]),
        *_sides(speaker, row),
    )


def _sides(speaker: Speaker, row: Mapping[str, Any]) -> tuple[str, str]:
    differ = {name for name in ANSWER if row[f"old_{name}"] != row[f"new_{name}"]}
    old, new = ({name: row[f"{side}_{name}"] for name in ANSWER} for side in ("old", "new"))
    return _side(speaker, old, differ), _side(speaker, new, differ)


def _side(speaker: Speaker, said: Mapping[str, str], differ: set[str]) -> str:
    """An answer in a few words: what is done, how, by which rule; beside it what else differs."""
    words = [speaker.words(f"action/{said['action']}")]
    if said["channel"]:
        words.append(channel_words(said["channel"], speaker.lang))
    if said["reason"]:
        under_way = said["action"] == Action.UNDER_WAY.value
        words.append((channel_words if under_way else reason_words)(said["reason"], speaker.lang))
    if said["policy"] and "policy" in differ:
        words.append(said["policy"])
    if said["rule"]:
        words.append(f"[{said['rule']}]")
    beside = () if "action" in differ else ("template", "tone", "offer", "also", "task")
    words += [f"{name}: {said[name]}" for name in beside if name in differ and said[name]]
    return " ".join(words)


def _mail(speaker: Speaker, mail: Mail) -> tuple[str, ...]:
    cost = ""
    if mail.old_cost is not None and mail.new_cost is not None:
        more = mail.new_cost - mail.old_cost
        cost = f"{'+' if more > 0 else ''}{_euros(speaker, more)}"
    return (channel_words(mail.channel, speaker.lang), str(mail.old), str(mail.new), cost)


def _euros(speaker: Speaker, cost: Decimal) -> str:
    return speaker.money(int(cost.scaleb(2).to_integral_value(ROUND_UP)), "EUR")
