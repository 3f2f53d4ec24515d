"""The content of a policy as canonical text: what its hash names.

Comments, layout, labels, the names of conditions, the order of parts and whether a default is
written make no difference; whatever changes a decision or a message does.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass, replace
from typing import Any

from dispatcher.policy.terms import All, Either, Named, Policy


_NOT_CONTENT = frozenset({"hash", "file", "labels", "text", "place"})

Plain = Any  # JSON: dict, list, str, int, bool, None


def sealed(policy: Policy) -> Policy:
    """The policy with its canonical text and the SHA-256 of it."""
    text = canonical(policy)
    return replace(policy, text=text, hash=hashlib.sha256(text.encode()).hexdigest())


def canonical(policy: Policy) -> str:
    """The policy's meaning as JSON: sorted keys, no spaces, defaults left out."""
    return _dumped(_plain(policy))


def _dumped(plain: Plain) -> str:
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: object) -> Plain:
    if isinstance(value, Named):
        return _plain(value.condition)
    if isinstance(value, All | Either):
        return _parts(value)
    if is_dataclass(value) and not isinstance(value, type):
        said = {field.name: _plain(getattr(value, field.name)) for field in _said(value)}
        return {"is": type(value).__name__, **said}
    if isinstance(value, Mapping):
        return {str(key): _plain(content) for key, content in value.items()}
    if isinstance(value, tuple):
        return [_plain(content) for content in value]
    return value


def _said(value: Any) -> list[Field[Any]]:  # noqa: ANN401 - any of our dataclasses
    """The fields that carry content and differ from their default."""
    return [
        field
        for field in fields(value)
        if field.name not in _NOT_CONTENT and getattr(value, field.name) != _default(field)
    ]


def _default(field: Field[Any]) -> object:
    if field.default_factory is not MISSING:
        return field.default_factory()
    return field.default


def _parts(condition: All | Either) -> Plain:
    """Sorted, each once, with parts that come out as the same kind dissolved."""
    kind = type(condition).__name__
    found = (part for plain in map(_plain, condition.parts) for part in _dissolved(plain, kind))
    parts = {_dumped(part): part for part in found}
    ordered = [parts[key] for key in sorted(parts)]
    return ordered[0] if len(ordered) == 1 else {"is": kind, "of": ordered}


def _dissolved(plain: Plain, kind: str) -> list[Plain]:
    return list(plain["of"]) if plain["is"] == kind else [plain]
