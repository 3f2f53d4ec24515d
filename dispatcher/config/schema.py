"""JSON Schema (draft-07) of `config.yaml`, from the tables that its reader uses."""

from collections.abc import Iterable
from pathlib import Path

from dispatcher.config.forms import NOTHING, SCALARS
from dispatcher.config.read import config_keys
from dispatcher.nodes.keys import schema_of
from dispatcher.nodes.schema import DRAFT, Schema, in_language, one_of


def config_schema(*, policies: Iterable[str] = (), lang: str = "") -> Schema:
    """The schema of the configuration; `policies` complete `default_policy`."""
    known = one_of((NOTHING, *policies))
    whole = {
        "$schema": DRAFT,
        **schema_of(config_keys(Path())),
        "definitions": {"policy": {"anyOf": [known, SCALARS]}},
    }
    return in_language(whole, lang)
