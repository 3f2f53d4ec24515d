"""The page `docs/policies/reference.md`, written from the tables that readers use."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from dispatcher.config.attachments import ATTACHMENTS_KEYS
from dispatcher.config.channels import CHANNEL_KEYS
from dispatcher.config.creditor import CREDITOR_KEYS
from dispatcher.config.findings import CHECK_KEYS, WEIGHT_KEYS
from dispatcher.config.inbox import INBOX_KEYS
from dispatcher.config.people import OFFER_KEYS, PERSON_KEYS, PLAN_KEYS, TASK_KEYS
from dispatcher.config.rates import DEADLINE_KEYS, RATE_KEYS
from dispatcher.config.read import TOTALS_KEYS, UNUSUAL_KEYS, config_keys, store_keys
from dispatcher.config.sources import COLUMN_KEYS, SOURCE_KEYS
from dispatcher.model.vocabulary import RESERVED
from dispatcher.nodes.keys import Key
from dispatcher.policy.document import ANSWER_KEYS, POLICY_KEYS, RESUME_KEYS
from dispatcher.policy.expect import EXPECT
from dispatcher.policy.forms import RESERVED as WORDS_OF_THE_LANGUAGE
from dispatcher.policy.keys import MERGING
from dispatcher.policy.ladder import CHOICE_KEYS, HAND_OVER_KEYS, STEP_KEYS, STOP_KEYS
from dispatcher.policy.limits import (
    CLOSED_KEYS,
    LIMITS_KEYS,
    PER_RUN_KEYS,
    ROUNDS_KEYS,
    SAFETY_KEYS,
    STOP_AT_KEYS,
)
from dispatcher.policy.testfile import (
    INVARIANT_KEYS,
    MOMENT_KEYS,
    PROMISES_KEYS,
    TEST_KEYS,
    TIMELINE_KEYS,
)
from dispatcher.policy.thens import CONTACT_KEYS, HOLD_KEYS, WAIT_KEYS, WORK_KEYS
from dispatcher.policy.thens import HAND_OVER_KEYS as HAND_OVER_DEED_KEYS
from dispatcher.policy.vocabulary import FACT_KEYS
from dispatcher.problems.registry import kinds


Table = Sequence[Key[Any]]

HEAD = """\
# Reference of the policy language

Written by `RELANCE_GOLDEN=write ./run test tests/policy/test_policy_reference.py` from the tables
that the program reads with; do not edit. The same words stand in the schemas that
`relance schema --write` gives to editors, there in English and French.

A key in **bold** must be there. Every value is text until its place gives it a type: `yes`,
`0123` and `18:00` mean what they show. Anchors, aliases, tags and merge keys are refused.
"""

VALUES = """\
## Conditions

A map of facts: all of them. A list of such maps: one of them. `any`: always. `is: name`: a
condition named under `conditions:`. Each fact has one of these values; the last column is the
same as a map, which may be written instead.

| written | means | canonical |
|---|---|---|
| `30+` | 30 or more | `{at_least: 30}` |
| `under 500` | less than 500 | `{below: 500}` |
| `150 to under 5000` | 150 included, 5000 not | `{at_least: 150, below: 5000}` |
| `4 to 8` | both included | `{at_least: 4, at_most: 8}` |
| `-5+`, `-5 to under 3` | bounds may be negative | `{at_least: -5, below: 3}` |
| `7`, `sme`, `yes`, `1500.00` | equal | `[7]` |
| `[sme, mid_cap]` | one of | `[sme, mid_cap]` |
| `not broken` | known, and not this | `{none_of: [broken]}` |
| `neither a nor b` | known, and none of these | `{none_of: [a, b]}` |
| `known`, `unknown` | has, lacks a value | |

A comparison with an unknown fact is neither true nor false. Stops take true or unknown; everything
else needs true.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([HEAD, *_policies(), *_vocabulary(), *_tests(), *_config(), *_problems()])


def _policies() -> Iterator[str]:
    yield _section("A policy", POLICY_KEYS)
    yield VALUES
    yield _section("stops: an entry", STOP_KEYS)
    yield _section("steps: an entry", STEP_KEYS)
    yield _section("choose: an entry", CHOICE_KEYS)
    yield _section("hand_over: an entry", HAND_OVER_KEYS)
    yield _merging()
    yield _section("then: hold", HOLD_KEYS, "In `stops:`.")
    yield _section("then: contact", CONTACT_KEYS, "In `choose:`. A call or a visit needs `due_in`.")
    yield _section("then: wait", WAIT_KEYS, "In `choose:` and `hand_over:`; or just `then: wait`.")
    yield _section("then: task", WORK_KEYS, "In `choose:` and `hand_over:`.")
    yield _section("then: hand_over", HAND_OVER_DEED_KEYS, "In `hand_over:`.")
    yield _section("resume: an entry", RESUME_KEYS)
    yield _section("answers: an entry", ANSWER_KEYS)
    yield _section("limits", LIMITS_KEYS)
    yield _section("limits: closed, an entry", CLOSED_KEYS)
    yield _section("limits: rounds", ROUNDS_KEYS)
    yield _section("safety", SAFETY_KEYS)
    yield _section("safety: per_run", PER_RUN_KEYS)
    yield _section("safety: stop_at", STOP_AT_KEYS)
    words = ", ".join(f"`{word}`" for word in sorted(WORDS_OF_THE_LANGUAGE))
    yield f"Words of the language that cannot be names: {words}.\n"


def _merging() -> str:
    rows = [f"| `{key}` | {words.en} |" for key, words in MERGING.items()]
    return "\n".join(
        [
            "## With `extends:`",
            "",
            "Entries of `stops:`, `steps:` and `hand_over:` may change those of the parent.",
            "",
            "| key | meaning |",
            "|---|---|",
            *rows,
            "",
        ]
    )


def _vocabulary() -> Iterator[str]:
    yield _section(
        "The vocabulary: a fact", FACT_KEYS, "In `facts.yaml`, under `facts:`, by its name."
    )
    names = ", ".join(f"`{name}`" for name in RESERVED)
    yield f"Names that no fact can have: {names}.\n"


def _tests() -> Iterator[str]:
    yield _section("A test file", PROMISES_KEYS, "Beside its policy, `*.test.yaml`.")
    yield _section("tests: an entry", TEST_KEYS)
    yield _section("expect", EXPECT, "Of several words one; `*` ends a rule.")
    yield _section("timelines: an entry", TIMELINE_KEYS)
    yield _section("days: an entry", MOMENT_KEYS)
    yield _section(
        "invariants: an entry",
        INVARIANT_KEYS,
        "`when`, `never` and `always` hold conditions on facts and the keys of `expect` but `not`.",
    )


def _config() -> Iterator[str]:
    yield _section("config.yaml", config_keys(Path()))
    yield _section("config: creditor", CREDITOR_KEYS)
    yield _section("config: sources, an entry", SOURCE_KEYS)
    yield _section("config: columns, the long form", COLUMN_KEYS)
    yield _section("config: channels, an entry", CHANNEL_KEYS, "And what its adapter asks for.")
    yield _section("config: limits", TOTALS_KEYS)
    yield _section("config: limits, unusual", UNUSUAL_KEYS)
    yield _section("config: inbox, an entry", INBOX_KEYS)
    yield _section("config: attachments", ATTACHMENTS_KEYS)
    yield _section("config: people, an entry", PERSON_KEYS)
    yield _section("config: tasks, an entry", TASK_KEYS)
    yield _section("config: offers, an entry", OFFER_KEYS)
    yield _section("config: offers, a plan", PLAN_KEYS)
    yield _section("config: deadlines", DEADLINE_KEYS)
    yield _section("config: rates, an entry", RATE_KEYS)
    yield _section("config: check", CHECK_KEYS)
    yield _section(
        "config: check: levels, an entry",
        WEIGHT_KEYS,
        "By code, `prove/ladder-ends`; [all findings](findings.md). Errors stay errors.",
    )
    yield _section("config: store", store_keys(Path()))


def _problems() -> Iterator[str]:
    areas = ("policy", "yaml", "config")
    found = {code: kind for code, kind in kinds().items() if code.split("/")[0] in areas}
    rows = [
        f"| `{code}` | {kind.level} | {_cell(kind.message.template('en'))} | "
        f"{'' if kind.remedy is None else _cell(kind.remedy.en)} |"
        for code, kind in sorted(found.items())
    ]
    yield "\n".join(
        [
            "## Problems",
            "",
            "An error keeps a file from being used; a warning is for a person to look at.",
            "",
            "| code | level | text | what to do |",
            "|---|---|---|---|",
            *rows,
            "",
        ]
    )


def _section(title: str, keys: Table, intro: str = "") -> str:
    rows = [
        f"| {_name(key)} | {_cell(values(key.form.schema))} | {_default(key)} | {_cell(key.en)} |"
        for key in keys
    ]
    lead = [intro, ""] if intro else []
    head = ["| key | value | default | meaning |", "|---|---|---|---|"]
    return "\n".join([f"## {title}", "", *lead, *head, *rows, ""])


def _name(key: Key[Any]) -> str:
    return f"**`{key.name}`**" if key.required else f"`{key.name}`"


def _default(key: Key[Any]) -> str:
    return f"`{key.default}`" if key.default else ""


def _cell(text: str) -> str:
    return text.replace("{{", "{").replace("}}", "}").replace("|", "\\|")


# -- what a schema says, in words -----------------------------------------------------------------

NAMED = {
    "condition": "[condition](#conditions)",
    "debtor_condition": "[condition](#conditions) on facts of debtors",
    "channel": "a channel",
    "channels": "channels joined by `else`",
    "case": "facts with a value each",
    "claim": "facts and expectations",
    **{kind: f"a {kind}" for kind in ("template", "task", "role", "policy", "step", "stop")},
    "offer": "an offer",
    "rule": "a rule, or `step/*`",
}


def values(schema: Mapping[str, Any]) -> str:
    """The values that a schema takes, in a few words."""
    for says, say in _SAY:
        if says in schema:
            return say(schema)
    return "a map" if schema.get("type") == "object" else "a text"


def _ref(schema: Mapping[str, Any]) -> str:
    return NAMED[schema["$ref"].rpartition("/")[2]]


def _enum(schema: Mapping[str, Any]) -> str:
    words = [word for word in schema["enum"] if isinstance(word, str)]
    return _listed("tab" if word == "\t" else word for word in dict.fromkeys(words))


def _examples(schema: Mapping[str, Any]) -> str:
    return "like " + _listed(schema["examples"])


def _listed(words: Iterable[str]) -> str:
    return ", ".join(f"`{word}`" for word in dict.fromkeys(words))


def _any_of(schema: Mapping[str, Any]) -> str:
    parts = schema["anyOf"]
    array = next((part for part in parts if part.get("type") == "array"), None)
    if array is not None and array.get("items") == parts[0]:
        return f"{values(parts[0])}; or a list"
    whole = next((part for part in parts if part.get("type") == "integer"), None)
    if whole is not None:
        top = f" to {whole['maximum']}" if "maximum" in whole else " or more"
        off = [_enum(part) for part in parts if "enum" in part]
        return "; ".join([f"a whole number, {whole['minimum']}{top}", *off])
    return " or ".join(dict.fromkeys(values(part) for part in parts))


def _items(schema: Mapping[str, Any]) -> str:
    return f"a list of {values(schema['items'])}"


def _properties(schema: Mapping[str, Any]) -> str:
    return "keys " + _listed(schema["properties"])


def _more(schema: Mapping[str, Any]) -> str:
    inside = schema["additionalProperties"]
    return "a map" if inside is False else f"by name: {values(inside)}"


def _pattern(schema: Mapping[str, Any]) -> str:
    return "a name" if schema["pattern"].startswith("^([a-z0-9]") else "a text"


def _all_of(schema: Mapping[str, Any]) -> str:
    return values(schema["allOf"][0])


_SAY = (
    ("$ref", _ref),
    ("examples", _examples),
    ("enum", _enum),
    ("const", lambda schema: f"`{schema['const']}`"),
    ("anyOf", _any_of),
    ("allOf", _all_of),
    ("items", _items),
    ("properties", _properties),
    ("additionalProperties", _more),
    ("pattern", _pattern),
)
