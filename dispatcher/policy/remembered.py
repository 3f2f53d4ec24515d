"""Canonical text back to a policy: what the store remembers of the rules of a past day."""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Final

from dispatcher.policy import terms
from dispatcher.policy.terms import Policy


_KINDS: Final[Mapping[str, Callable[..., Any]]] = {
    name: kind
    for name, kind in vars(terms).items()
    if isinstance(kind, type) and is_dataclass(kind)
}

#: What every value of a kind needs and its canonical text leaves out.
_UNSAID: Final[dict[str, dict[str, Any]]] = {
    "Policy": {"hash": "", "file": ""},
    "Step": {"labels": {}},
}

Plain = Any  # JSON: dict, list, str, int, bool, None


def policy_of(text: str) -> Policy:
    """The policy of a canonical text (`canonical.canonical`), with its hash.

    It has no labels, places or names of conditions: nothing that changes a decision.

    Raises:
        ValueError: that is no canonical text of a policy.
    """
    try:
        found = _value(json.loads(text))
    except (KeyError, TypeError) as error:
        raise ValueError("no text of a policy") from error
    if not isinstance(found, Policy):
        raise ValueError("no text of a policy")  # noqa: TRY004 - the text is wrong, not its type
    return Policy(
        **{each.name: getattr(found, each.name) for each in fields(found)}
        | {"text": text, "hash": hashlib.sha256(text.encode()).hexdigest()}
    )


def _value(plain: Plain) -> Any:  # noqa: ANN401 - any value of a policy
    if isinstance(plain, list):
        return tuple(_value(part) for part in plain)
    if not isinstance(plain, dict):
        return plain
    if plain.get("is") not in _KINDS:
        return {key: _value(content) for key, content in plain.items()}
    kind = plain["is"]
    if "of" in plain and kind in {"All", "Either"}:
        return _KINDS[kind](parts=_value(plain["of"]))
    said = {key: _value(content) for key, content in plain.items() if key != "is"}
    return _KINDS[kind](**_UNSAID.get(kind, {}) | said)
