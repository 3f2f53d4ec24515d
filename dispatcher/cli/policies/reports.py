"""The forms in which `check` hands its problems to people, programs and code hosts."""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatcher.errors import BadInput
from dispatcher.model.problem import Problem
from dispatcher.problems.annotations import as_annotation
from dispatcher.problems.render import as_json
from dispatcher.problems.sarif import as_sarif
from dispatcher.problems.suggest import nearest


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.model.problem import Place


FORMATS: Final = ("text", "json", "sarif", "github")


def known_format(form: str, allowed: Sequence[str]) -> None:
    """Refuse a format that is none of those.

    Raises:
        BadInput: it is none of them.
    """
    if form not in allowed:
        fields = {"value": form, "allowed": ", ".join(allowed)}
        raise BadInput(Problem(code="run/format", fields=fields, suggestion=nearest(form, allowed)))


def report(
    speaker: "Speaker",
    form: str,
    problems: Iterable[Problem],
    sources: Mapping[str, str],
    *,
    folder: Path,
) -> None:
    """Every problem, as text on standard error or for programs on standard output.

    For programs files are named from the working folder, where that lies above the home.
    """
    if form == "text":
        speaker.problems(problems, sources)
        return
    found = [_from_here(problem, folder) for problem in problems]
    if form == "json":
        speaker.line(as_json(found))
    elif form == "sarif":
        speaker.line(as_sarif(found, lang=speaker.lang, version=_version()))
    else:
        for problem in found:
            speaker.line(as_annotation(problem, lang=speaker.lang))


def _from_here(problem: Problem, folder: Path) -> Problem:
    way = os.path.relpath(folder)
    if way.startswith("..") or way == ".":
        return problem

    def moved(place: "Place | None") -> "Place | None":
        if place is None or Path(place.file).is_absolute():
            return place
        return replace(place, file=f"{Path(way).as_posix()}/{place.file}")

    return replace(problem, place=moved(problem.place), second=moved(problem.second))


def _version() -> str:
    try:
        return version("relance")
    except PackageNotFoundError:  # a checkout that was never installed
        return ""
