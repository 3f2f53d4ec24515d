"""How near a rule is to answering a case, in words: in so many days, or if something changes."""

from collections.abc import Iterator
from datetime import date, timedelta

from dispatcher.decide.explain_text import day_words
from dispatcher.problems.registry import phrase
from dispatcher.prove.exact.nearest import Nearest
from dispatcher.prove.exact.needs import Need
from dispatcher.prove.words.wording import Wording


INDENT = "  "


def as_lines(found: Nearest, words: Wording, *, today: date) -> Iterator[str]:
    """When the rule would answer, and what has to be so; a line for each fact."""
    name = "both" if found.days and found.changed else "in-days" if found.days else "today"
    yield phrase(
        f"why/{name}",
        words.lang,
        **_named(found, words, today, dated=bool(found.days)),
    )
    for need in found.changed:
        yield INDENT + _said(need, "stays" if need.stays else "changes", words)
    grows = "grows" if found.changed else "changes"
    yield from (INDENT + _said(need, grows, words) for need in found.grown)


def _named(found: Nearest, words: Wording, today: date, *, dated: bool) -> dict[str, str]:
    if not dated:
        return {"rule": found.rule}
    day = today + timedelta(days=found.days)
    told = {"span": words.civil(found.days), "day": day_words(day, words.lang)}
    return {"rule": found.rule, **told}


def _said(need: Need, name: str, words: Wording) -> str:
    fields = {
        "wanted": words.condition(need.wanted),
        "now": words.value(need.now, need.wanted.fact),
    }
    return phrase(f"why/{name}", words.lang, **fields)
