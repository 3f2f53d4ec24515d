"""The three Jinja environments: sandboxed, strict, over plain data, with few filters."""

from collections.abc import Callable, Mapping
from functools import cache
from json.encoder import encode_basestring
from typing import Any

from jinja2 import StrictUndefined, Undefined
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment

from dispatcher.compose.tables import text_table


#: Names of Jinja's own filters that a template may use; none repeats, none formats.
ALLOWED_FILTERS = ("capitalize", "first", "last", "length", "lower", "trim", "upper")


class PlainEnvironment(ImmutableSandboxedEnvironment):
    """A sandbox in which a dot is a key of a map, never an attribute of an object."""

    # Jinja tries the attribute first and the key after a caught AttributeError: slower, and
    # `data.items` would be a method.
    def getattr(self, obj: object, attribute: str) -> Any:  # noqa: ANN401 - Jinja's signature
        if type(obj) is dict and attribute in obj:
            return obj[attribute]
        if isinstance(obj, (dict, Undefined)) or attribute.startswith("_"):
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: object, argument: Any) -> Any:  # noqa: ANN401 - Jinja's signature
        return self.getattr(obj, str(argument))


@cache
def html_environment() -> PlainEnvironment:
    """For HTML parts: every value is escaped."""
    return _environment(autoescape=True)


@cache
def text_environment() -> PlainEnvironment:
    """For subjects, plain text, SMS and scripts: values as they are."""
    return _environment(autoescape=False, functions={"text_table": text_table})


@cache
def tree_environment() -> PlainEnvironment:
    """For the JSON tree: every value lands inside a JSON string."""
    return _environment(autoescape=False, finalize=_inside_json)


def _inside_json(value: object) -> str:
    return encode_basestring(str(value))[1:-1]  # json.dumps makes an encoder for each value


def _environment(
    *,
    autoescape: bool,
    finalize: Callable[[object], str] | None = None,
    functions: Mapping[str, object] | None = None,
) -> PlainEnvironment:
    environment = PlainEnvironment(
        autoescape=autoescape,
        undefined=StrictUndefined,
        finalize=finalize,
        keep_trailing_newline=True,
    )
    environment.filters = {name: FILTERS[name] for name in ALLOWED_FILTERS}
    environment.tests = {}
    environment.globals = dict(functions or {})
    return environment
