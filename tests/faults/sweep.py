"""Kills every deed at every point where it could die, makes it good, and judges what is left.

`python -m tests.faults.sweep FOLDER [--deed NAME ...] [--thin TIMES] [--pairs]` prints a line of
JSON for each death. `--thin 1` takes every so many points, as each deed says; `--pairs` kills what
makes a deed good as well, once, at a point that goes through all of its own.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.faults.deeds import DEEDS, Mortal, found, sends_out
from tests.faults.forks import begin_again, in_child
from tests.faults.homes import MORNING, World, copied, lay_down, load, loaded, settle_in
from tests.faults.points import everywhere
from tests.faults.warm import keep_engines, stay_put


#: Breaks something on purpose, in the fork that is killed and in the one after it (`broken`).
Breaking = Callable[[], None]


def whole() -> None:
    """Nothing is broken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    """Where worlds stand: the one that is worked in, and the templates of all beside it."""

    world: World
    broken: Breaking = whole

    def template(self, name: str) -> Path:
        return self.world.folder.with_name(f"template-{name}")


def begin(folder: Path) -> Ground:
    """Lay down an empty home, read what operators wrote, import what a day needs: all once.

    From here on this process and its forks have points, and every house is that of this world.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ground = Ground(world=World(folder=folder / "world"))
    lay_down(ground.world.home.folder)
    shutil.copytree(ground.world.folder, ground.template("empty"))
    settle_in(ground.world)
    load(in_child(partial(_imported, ground.world))["said"])
    keep_engines()
    _warm(ground)
    everywhere()
    stay_put()
    return ground


def _warm(ground: Ground) -> None:
    """Send once in this very process: without rules and their threads."""
    deed = DEEDS["send-lookup"]
    _placed(ground, deed)
    sends_out(ground.world)
    ground.world.clock.instant = MORNING


def _imported(world: World) -> list[str]:
    DEEDS["plan"].prepare(world)
    DEEDS["plan"].again(world)
    return loaded()


def deaths(
    ground: Ground, deed: Mortal, *, step: int = 1, pairs: bool = False
) -> Iterator[dict[str, Any]]:
    """One kill after the other until one comes to its end; what was found after each.

    With `pairs` what makes it good is killed as well, each time one point later.
    """
    point, passed, second = 1, None, 1
    while passed is None:
        _placed(ground, deed)
        told = in_child(partial(_done, ground, deed), dies_at=point)
        passed = None if told is None else told["passed"]
        death = {"deed": deed.name, "point": point, "passed": passed}
        if pairs and passed is None:
            death["second"] = second
            survived = in_child(partial(_made_good, ground, deed), dies_at=second)
            second = 1 if survived is not None else second + 1
        result = in_child(partial(_made_good, ground, deed))["said"]
        yield {**death, **result}
        point += step


def _placed(ground: Ground, deed: Mortal) -> None:
    """The world as the deed begins in it, made once and then copied."""
    world, template = ground.world, ground.template(deed.name)
    world.kind, world.script = deed.kind, deed.script
    if not template.exists():
        copied(world, ground.template("empty"))
        in_child(partial(deed.prepare, world))
        shutil.copytree(world.folder, template)
    copied(world, template)


def _done(ground: Ground, deed: Mortal) -> None:
    ground.broken()
    deed.do(ground.world)


def _made_good(ground: Ground, deed: Mortal) -> Mapping[str, object]:
    ground.broken()
    ground.world.passes(minutes=1)
    deed.again(ground.world)
    return found(ground.world, deed).as_json()


def main(given: list[str]) -> None:
    begin_again("tests.faults.sweep", given)
    parser = argparse.ArgumentParser(prog="python -m tests.faults.sweep")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--deed", action="append", choices=sorted(DEEDS))
    parser.add_argument("--thin", type=int, default=0, metavar="TIMES")
    parser.add_argument("--pairs", action="store_true")
    asked = parser.parse_args(given)
    ground = begin(asked.folder)
    for name in asked.deed or DEEDS:
        deed = DEEDS[name]
        for death in deaths(ground, deed, step=deed.step * asked.thin or 1, pairs=asked.pairs):
            sys.stdout.write(json.dumps(death) + "\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
