"""What is made of a policy is made once, and never given to another."""

import gc

from dispatcher.policy.once import PLACES, once


class Thing:
    """Equal to every other of its kind, as two readings of a policy may be."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Thing)

    __hash__ = None  # type: ignore[assignment] # as a policy, which holds mappings


def test_the_same_thing_is_asked_once() -> None:
    asked = []

    @once
    def name(thing: Thing, of: str) -> str:
        asked.append(of)
        return f"{thing.name} {of}"

    thing = Thing("a")
    assert [name(thing, "one"), name(thing, "on" + "e"), name(thing, "two")] == [
        "a one",
        "a one",
        "a two",
    ]
    assert asked == ["one", "two"]


def test_what_is_only_equal_is_another_thing() -> None:
    @once
    def name(thing: Thing) -> str:
        return thing.name

    assert [name(Thing("a")), name(Thing("b"))] == ["a", "b"]


def test_no_later_thing_is_taken_for_one_that_is_gone() -> None:
    """The identity of an object that nobody holds any more is given to another."""

    @once
    def name(thing: Thing) -> str:
        return thing.name

    names = [f"thing {number}" for number in range(PLACES * 3)]
    found = []
    for each in names:
        found.append(name(Thing(each)))
        gc.collect(0)
    assert found == names


def test_only_the_last_things_are_kept() -> None:
    asked = []

    @once
    def name(thing: Thing) -> str:
        asked.append(thing.name)
        return thing.name

    things = [Thing(str(number)) for number in range(PLACES + 1)]
    for thing in things:
        name(thing)
    name(things[-1])
    name(things[0])
    assert asked == [*(thing.name for thing in things), "0"]


def test_what_is_given_by_name_is_no_less_asked() -> None:
    @once
    def name(thing: Thing, of: str) -> str:
        return f"{thing.name} {of}"

    thing = Thing("a")
    assert [name(thing, of="one"), name(thing, of="two")] == ["a one", "a two"]
