"""`relance doctor`: the checklist, a line per point, a section per area."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from dispatcher.checklist.areas import AREAS
from dispatcher.checklist.installation import installation
from dispatcher.checklist.look import home_seen, machine
from dispatcher.checklist.point import Point, State
from dispatcher.cli.say import Speaker
from dispatcher.errors import BadInput
from dispatcher.home import Home, find_home
from dispatcher.writings import language_of, read_writings


#: Points of the checklist by area.
Checklist = Mapping[str, Sequence[Point]]


def examine(speaker: Speaker, option: str, *, as_json: bool = False) -> int:
    """Say how every point stands; 1 where there is a problem."""
    home = _home(option)
    if home is not None:
        speaker.settle(language_of(home))
    found: Checklist = {
        "installation": tuple(installation(machine())),
        **({} if home is None else _of_home(home)),
    }
    if as_json:
        speaker.line(_json(speaker, found))
    else:
        _show(speaker, found, homeless=home is None)
    return int(any(each.state is State.PROBLEM for points in found.values() for each in points))


def _home(option: str) -> Home | None:
    try:
        return find_home(option, os.environ, Path.cwd())
    except BadInput:
        return None


def _of_home(home: Home) -> Checklist:
    """The areas of a home, or the one line that its configuration cannot be read."""
    writings = read_writings(home)
    if writings.settings is None:
        count = str(len(writings.errors))
        wrong = Point(name="writings", state=State.PROBLEM, fields={"count": count})
        return {"house": (wrong,)}
    seen = home_seen(writings, writings.settings)
    return {area: tuple(judge(seen)) for area, judge in AREAS.items()}


def _show(speaker: Speaker, found: Checklist, *, homeless: bool) -> None:
    for number, (area, points) in enumerate(found.items()):
        speaker.line(("\n" if number else "") + speaker.words(f"checklist/area/{area}"))
        for each in points:
            text = each.words(speaker.lang)
            speaker.say(f"checklist/state/{each.state}", text=text)
            remedy = each.remedy(speaker.lang)
            if remedy:
                speaker.say("checklist/remedy", text=remedy)
    if homeless:
        speaker.line()
        speaker.say("checklist/no-home")
        return
    every = [each.state for points in found.values() for each in points]
    speaker.line()
    speaker.say("checklist/done", **{str(state): every.count(state) for state in State})


def _json(speaker: Speaker, found: Checklist) -> str:
    """One object per point, in the order of the list."""
    points = [
        {
            "area": area,
            "point": each.name,
            "state": each.state,
            "text": each.words(speaker.lang),
            "remedy": each.remedy(speaker.lang),
        }
        for area, points in found.items()
        for each in points
    ]
    return json.dumps(points, ensure_ascii=False, indent=1)
