"""Tables of keys: what a map may hold, what must be there, and what each key means.

Readers, JSON Schemas and the reference page are all made from these tables. How a value is read
belongs to whoever reads: policies and configuration have forms of their own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from dispatcher.problems.kind import Words


class Shaped(Protocol):
    """A form of values that can say its JSON Schema (draft-07)."""

    @property
    def schema(self) -> Mapping[str, object]: ...


F_co = TypeVar("F_co", bound=Shaped, covariant=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key(Generic[F_co]):
    """One key: the form of its value, and a sentence about it in both languages.

    `field` is the name of what it becomes, when that is another word. `default` is what stands
    when it is not written, as it would be written.
    """

    name: str
    form: F_co
    en: str
    fr: str
    required: bool = False
    field: str = ""
    default: str = ""


def schema_of(
    keys: Sequence[Key[Any]], *, required: Sequence[str] | None = None
) -> Mapping[str, object]:
    """The JSON Schema of a map with these keys; `required` names others than the table does."""
    needed = [key.name for key in keys if key.required] if required is None else list(required)
    return {
        "type": "object",
        "additionalProperties": False,
        "required": needed,
        "properties": properties_of(keys),
    }


def properties_of(keys: Sequence[Key[Any]]) -> Mapping[str, object]:
    """The schemas of the keys' values, each with what it means as `Words`."""
    # `allOf`, because draft-07 reads nothing that stands beside a `$ref`
    return {
        key.name: {"allOf": [key.form.schema], "description": Words(en=key.en, fr=key.fr)}
        for key in keys
    }
