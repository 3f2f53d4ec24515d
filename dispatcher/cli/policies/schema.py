"""`relance schema`: what editors read to complete, explain and underline."""

from typing import TYPE_CHECKING

from dispatcher.errors import BadInput
from dispatcher.model.problem import Problem
from dispatcher.problems.suggest import nearest
from dispatcher.schemas import KINDS, as_text, schemas, write_schemas
from dispatcher.writings import read_writings


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.home import Home


def show_schema(speaker: "Speaker", home: "Home", kind: str, lang: str) -> None:
    """Print one schema.

    Raises:
        BadInput: there is no schema of that kind.
    """
    if kind not in KINDS:
        fields = {"value": kind, "allowed": ", ".join(KINDS)}
        code = "run/schema"
        raise BadInput(Problem(code=code, fields=fields, suggestion=nearest(kind, KINDS)))
    speaker.line(as_text(schemas(read_writings(home), lang)[kind]).rstrip("\n"))


def write(speaker: "Speaker", home: "Home", lang: str) -> None:
    """Write all schemas into the home and name them."""
    for path in write_schemas(read_writings(home), lang):
        speaker.say("schema/written", path=path.relative_to(home.folder))
