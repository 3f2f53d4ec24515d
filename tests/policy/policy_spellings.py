"""Policies as text, in every way an operator may spell them; knows nothing of the program.

`policies()` draws meanings (tuples) first and then their spelling: short words, canonical maps,
lists, flow or block style, quoted or plain. `mutated()` damages a document in one place.
"""

import json
import re
from typing import Any

from hypothesis import strategies as st


#: The vocabulary of `policy_world.FACTS`, as numbers and words.
NUMBERS = {
    "overdue": ("0", "4.99", "500", "1500.00", "100000"),
    "amount_due": ("0", "12.5", "99999.99"),
    "days_late": ("0", "3", "30", "3650"),
    "days_since_step": ("0", "8", "15"),
    "limitation_days": ("-100", "-7", "0", "100"),
}
WORDS = {
    "kind": ("firm", "person"),
    "profile": ("micro", "sme", "mid_cap"),
    "dispute": ("none", "part", "open"),
    "insolvency": ("yes", "no"),
    "handed_over": ("yes", "no"),
    "last_step": ("none", "first", "second"),
}
STEPS = ("first", "second")
SPANS = st.sampled_from(("1 day", "7 days", "3 business days"))
DAYS = st.sampled_from(("0 days", "1 day", "30 days"))
ROLES = ("manager", "clerk")

#: Plain text that YAML takes as it stands; everything else is put in quotation marks.
_PLAIN = re.compile(r"[A-Za-z0-9_./%+-]([A-Za-z0-9_./%+: -]*[A-Za-z0-9_./%+-])?")

Data = Any  # dict, list or str


@st.composite
def _number(draw: st.DrawFn, fact: str) -> Data:
    """A condition on a number: bounds first, then how they are said."""
    numbers = NUMBERS[fact]
    low, high = sorted(draw(st.tuples(*[st.integers(0, len(numbers) - 1)] * 2)))
    first, last = numbers[low], numbers[high]
    ways: list[Data] = [first, f"{first}+", f"{first} to {last}", {"at_least": first}]
    ways += [{"at_most": first}, {"at_least": first, "at_most": last}, list(numbers), [first]]
    ways += [f"not {first}", f"neither {first} nor {last}", {"none_of": [first, last]}]
    ways += ["known", "unknown"]
    if low < high:
        ways += [f"under {last}", f"{first} to under {last}", {"at_least": first, "below": last}]
    return draw(st.sampled_from(ways))


@st.composite
def _word(draw: st.DrawFn, fact: str) -> Data:
    some = draw(st.lists(st.sampled_from(WORDS[fact]), min_size=1, unique=True))
    ways: list[Data] = [some[0], some, f"not {some[0]}", {"none_of": some}, "known", "unknown"]
    if len(some) > 1:
        ways.append("neither " + " nor ".join(some))
    return draw(st.sampled_from(ways))


@st.composite
def _all(draw: st.DrawFn) -> Data:
    facts = draw(st.lists(st.sampled_from((*NUMBERS, *WORDS)), min_size=1, max_size=2, unique=True))
    return {fact: draw(_number(fact) if fact in NUMBERS else _word(fact)) for fact in facts}


def conditions() -> st.SearchStrategy[Data]:
    named = st.just({"is": "solid"})
    return st.one_of(st.just("any"), _all(), named, st.lists(_all(), min_size=1, max_size=2))


@st.composite
def _some(draw: st.DrawFn, keys: dict[str, st.SearchStrategy[Data]]) -> dict[str, Data]:
    """Some of these keys."""
    return {key: draw(value) for key, value in keys.items() if draw(st.booleans())}


_ROLE = st.sampled_from(ROLES)
_ROLE_LIST = _ROLE | st.lists(_ROLE, min_size=1, unique=True)
_LABELS = st.sampled_from(({"fr": "Relance"}, {"fr": "Appel", "en": "Call"}))


@st.composite
def contacts(draw: st.DrawFn) -> Data:
    channels = draw(
        st.lists(
            st.sampled_from(("email", "sms", "letter", "call", "registered_letter")),
            min_size=1,
            max_size=3,
            unique=True,
        )
    )
    more = {
        "also": st.just("email"),
        "offer": st.just("plan-3"),
        "copy_to": _ROLE_LIST,
        "assign_to": _ROLE,
        "attempts": st.sampled_from(("1", "03", "20")),
        "escalate_to": _ROLE,
        "follow_up": st.just("courteous"),
        "needs_approval": _ROLE_LIST,
        "on_unknown": st.sampled_from(("hold", "resend")),
        "valid_for": SPANS,
    }
    return {
        "contact": " else ".join(channels),
        "template": "courteous",
        "tone": draw(st.sampled_from(("friendly", "understanding", "courteous", "firm", "formal"))),
        "due_in": draw(SPANS),
    } | draw(_some(more))


@st.composite
def works(draw: st.DrawFn, head: str = "") -> Data:
    said = {head: "reason"} if head else draw(_some({"assign_to": _ROLE}))
    return {**said, "task": "look", "due_in": draw(SPANS)}


@st.composite
def _choose(draw: st.DrawFn) -> Data:
    then = st.one_of(contacts(), works(), works("wait"))
    rules = [
        {"id": f"choice-{n}", "when": draw(conditions()), "then": draw(then)}
        for n in range(draw(st.integers(0, 1)))
    ]
    return [*rules, {"id": "rest", "when": "any", "then": draw(contacts())}]


@st.composite
def _step(draw: st.DrawFn, name: str) -> Data:
    more = {"label": _LABELS, "when": _all(), "was": st.just("older")}
    before = STEPS[: STEPS.index(name)]
    if not before:
        more["optional"] = st.sampled_from(("no", "false"))
        more["from"] = st.sampled_from(("none", ["none"]))
    return {"id": name, "choose": draw(_choose())} | draw(_some(more))


@st.composite
def _limits(draw: st.DrawFn) -> Data:
    cap = st.sampled_from(("contacts", "legal_effect", "email", "call"))
    keys: dict[str, st.SearchStrategy[Data]] = {
        "quiet_hours": st.sampled_from(({"sms": "19:00-09:00"}, {})),
        "days": st.sampled_from(("business", "all")),
        "closed": st.lists(
            st.sampled_from(
                (
                    {"from": "12-24", "to": "01-01"},
                    {"from": "08-01", "to": "08-21", "steps": ["first", "hand_over"]},
                )
            ),
            max_size=2,
        ),
        "rounds": _some({"gather": DAYS, "gap": DAYS, "after": st.just({"second": "15 days"})}),
        "at_most": st.lists(
            st.builds(lambda what, days: {what: "2", "per": days}, cap, DAYS), max_size=2
        ),
        "per_day": st.sampled_from(({"call": "40"}, {"letter": "0"})),
    }
    return draw(_some(keys))


@st.composite
def policies(draw: st.DrawFn) -> Data:
    """A whole policy as data: every key may be there."""
    more: dict[str, st.SearchStrategy[Data]] = {
        "label": _LABELS,
        "owner": st.sampled_from(("credit@example.test", "Claire Martin", "42", "true")),
        "keep": st.just("until_paid"),
        "was": st.sampled_from(("older", "2025")),
        "same_as": st.just({"call": "first"}),
        "resume": st.lists(
            st.sampled_from(
                (
                    {"after": "any", "to": "same_step"},
                    {"after": "handed-over", "when": {"dispute": "none"}, "to": "first"},
                )
            ),
            max_size=2,
        ),
        "answers": st.just([{"event": "part_paid", "contact": "email", "template": "courteous"}]),
        "start": conditions(),
        "limits": _limits(),
        "safety": _some(
            {
                "per_run": st.just({"debtors": "2000", "legal_effect": "0"}),
                "stop_at": st.just({"share_of_debtors": "40%"}),
            }
        ),
        "hand_over": st.just(
            [{"id": "lawyer", "when": {"last_step": "second"}, "then": {"hand_over": "lawyer"}}]
        ),
    }
    stop = {"hold": "reason"} | draw(st.sampled_from(({}, {"task": "look", "due_in": "1 day"})))
    return {
        "language": "1",
        "policy": draw(st.sampled_from(("standard", "2025", "b2b_fr-1"))),
        "version": "2026.05.1",
        "currency": "EUR",
        "applies_to": "any",
        "conditions": {"solid": draw(_all())},
        "stops": [
            {"id": "handed-over", "when": {"handed_over": "yes"}, "then": {"hold": "handed_over"}},
            {"id": "other", "when": draw(conditions()), "then": stop},
        ],
        "steps": [draw(_step(name)) for name in STEPS],
    } | draw(_some(more))


# -- data to text -------------------------------------------------------------------------------


@st.composite
def spellings(draw: st.DrawFn, data: Data) -> str:
    """The document as YAML, every value quoted or plain, every part in flow or block style."""
    styles = draw(st.lists(st.booleans(), min_size=1, max_size=20))
    quotes = draw(st.lists(st.sampled_from(("plain", "plain", '"', "'")), min_size=1, max_size=20))
    return "\n".join(_Writer(styles, quotes).block(data, 0)) + "\n"


def flow(data: Data, quote: str = "plain") -> str:
    """The document in flow style."""
    return _Writer([True], [quote]).flow(data)


class _Writer:
    """Data to text; the styles and quotation marks are used in turn."""

    def __init__(self, styles: list[bool], quotes: list[str]) -> None:
        self.styles, self.quotes, self.at = styles, quotes, 0

    def _next(self, among: list[Any]) -> Any:  # noqa: ANN401 - one of the list
        self.at += 1
        return among[self.at % len(among)]

    def scalar(self, text: str) -> str:
        quote = self._next(self.quotes)
        if quote == "plain" and _PLAIN.fullmatch(text) and ": " not in text:
            return text
        if quote == "'" and text.isprintable() and "'" not in text:
            return f"'{text}'"
        return json.dumps(text, ensure_ascii=False)

    def flow(self, data: Data) -> str:
        if isinstance(data, dict):
            return "{" + ", ".join(f"{_key(k)}: {self.flow(v)}" for k, v in data.items()) + "}"
        if isinstance(data, list):
            return "[" + ", ".join(map(self.flow, data)) + "]"
        return self.scalar(data)

    def block(self, data: Data, depth: int) -> list[str]:
        if isinstance(data, dict) and data:
            return [line for key, value in data.items() for line in self._entry(key, value, depth)]
        if isinstance(data, list) and data:
            return [" " * depth + "- " + self.flow(item) for item in data]
        return [" " * depth + self.flow(data)]

    def _entry(self, key: str, value: Data, depth: int) -> list[str]:
        start = " " * depth + _key(key) + ":"
        if not isinstance(value, dict | list) or not value or self._next(self.styles):
            return [f"{start} {self.flow(value)}"]
        return [start, *self.block(value, depth + 2)]


def _key(key: str) -> str:
    return key if _PLAIN.fullmatch(key) and ": " not in key else json.dumps(key, ensure_ascii=False)


# -- damage -------------------------------------------------------------------------------------

#: What may stand where something else should: other types, near misses, what editors mistake.
RUBBISH = (
    *(
        "",
        "2025",
        "7",
        "0123",
        "-1",
        "+5",
        "1e3",
        "0x10",
        ".5",
        "3.0",
        "1_000",
        "99999999999999999",
    ),
    *("true", "false", "yes", "no", "null", "~", "any", "none", "known", "unknown", "wait"),
    *("30 +", ">= 3", "30+", "under 5", "4 to 8", "8 to 4", "not sme", "neither sme nor micro"),
    *("7 days", "1 business day", "3 weeks", "12:30", "12-24", "02-30", "19:00-09:00", "40%", "0%"),
    *("email", " email ", "email else sms", "email else email", "fax", "EMAIL", "same_step"),
    *("é", "a b", "../../etc/passwd", "first", "manager", "courteous", "look", "2026-06-03"),
)
KEYS = ("id", "then", "when", "override", "remove", "kind", "nonsense", "due_in", "is", "none_of")


def _paths(data: Data, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inside = data.items() if isinstance(data, dict) else enumerate(data)
    deeper = inside if isinstance(data, dict | list) else ()
    return [path, *(found for key, value in deeper for found in _paths(value, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn, data: Data) -> Data:
    """The document with one part taken out, replaced, renamed or wrapped."""
    copy = json.loads(json.dumps(data))
    path = draw(st.sampled_from([path for path in _paths(copy) if path]))
    above = copy
    for part in path[:-1]:
        above = above[part]
    last = path[-1]
    harm = draw(st.sampled_from(("replace", "replace", "remove", "rename", "wrap", "add")))
    if harm == "remove":
        del above[last]
    elif harm == "rename" and isinstance(above, dict):
        above[draw(st.sampled_from(KEYS))] = above.pop(last)
    elif harm == "add" and isinstance(above, dict):
        above[draw(st.sampled_from(KEYS))] = draw(st.sampled_from(RUBBISH))
    elif harm == "wrap":
        above[last] = draw(st.sampled_from(([above[last]], {"any": above[last]}, [], {})))
    else:
        above[last] = draw(st.sampled_from(RUBBISH))
    return copy
