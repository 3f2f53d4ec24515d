"""What can be killed: each deed of the store and the house, and how it is made good.

A deed begins in a world that `prepare` makes, `do` is killed at every point, `again` is what people
or cron do next, unkilled, to its end; `faults` are found besides what every world is judged by.
"""

import hashlib
import shutil
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dispatcher import app, erasing, restoring, stopping, wiring
from dispatcher.backup import SUMS, back_up
from dispatcher.deliver.journal import Journal
from dispatcher.deliver.owner import boot_id
from dispatcher.errors import BadInput
from dispatcher.house import House
from dispatcher.messages.freeze import thaw
from dispatcher.model.news import News, NewsKind
from dispatcher.people import approval, unknowns
from dispatcher.people.unknowns import Said
from dispatcher.ports import Accepted, Message
from dispatcher.store.verify import verify
from tests.faults.homes import APPROVED, PLAIN, World
from tests.faults.judge import Found, judged
from tests.faults.provider import KINDS, Deed, Kind, takes
from tests.faults.standing import book_in


#: Hours after which somebody looks again: the look-ups of an unknown message lie between.
LATER: Final = (0.0, 0.05, 0.2, 1.0, 4.0, 27.0)

#: As many as a provider of the tests is handed at a time.
BATCH: Final = 3

BOSS, OTHER = "Claire Martin", "Luc Petit"


_CASE: Final = "SELECT id FROM invoice WHERE number = '{}-1'"


def nothing(_world: World) -> Sequence[str]:
    """Nothing besides."""
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mortal:
    """A deed that can be killed. `unknown` may stay besides what was on its way at the death."""

    name: str
    prepare: Callable[[World], None]
    do: Callable[[World], None]
    again: Callable[[World], None]
    kind: Kind = "none"
    script: Callable[[Message], Deed] = takes
    faults: Callable[[World], Sequence[str]] = nothing
    unknown: int = 0
    silent: Collection[str] = ()  # debtors whom nobody writes to
    step: int = 1  # in CI every so many points

    @property
    def in_doubt(self) -> int:
        """How many a death may leave unknown: what was on its way, unless somebody can be asked.

        With legal effect "not there" proves nothing by itself, and such a message goes alone.
        """
        return {"lookup": 1, "idempotent": 0}.get(self.kind, BATCH)


def found(world: World, deed: Mortal) -> Found:
    """How the world ended."""
    return judged(
        book_in(world.store, whole=verify(world.store).first_fault is None),
        world.log.taken(),
        silent=[
            case
            for name in deed.silent
            for (case,) in world.rows(f"SELECT id FROM invoice WHERE number = '{name}-1'")
        ],
        faults=deed.faults(world),
    )


# -- worlds ---------------------------------------------------------------------------------------


def came_in(world: World, *names: str) -> None:
    """An export was taken in."""
    world.exports(*(names or PLAIN))
    with world.opened() as house:
        app.take_in(house)


def planned(world: World, *names: str) -> None:
    """Messages to all of them are planned; the second has legal effect."""
    came_in(world, *names)
    with world.opened() as house:
        app.act(house, app.decide(house))
        with house.book.store.writing() as connection:
            connection.exec_driver_sql("UPDATE message SET legal_effect = 1 WHERE id = 2")


def all_sent(world: World) -> None:
    """All of them have left."""
    planned(world)
    send(world)


def died_on_the_way(world: World) -> None:
    """A worker died with three: one had not begun, one may have left, one was answered."""
    planned(world)
    with world.opened() as house, Journal(world.home.journal) as journal:
        with house.book.store.writing() as connection:  # else one would go by itself
            connection.exec_driver_sql("UPDATE message SET legal_effect = 0")
        claims = house.outbox.claim(
            channel="email",
            limit=3,
            owner="1.dead.0",
            boot=boot_id(),
            now=house.clock.now(),
            guard=lambda _claims: {},
        )
        assert len(claims) == 3
        journal.open_batch(claims)
        for claim in claims[1:]:
            journal.going(claim)
            world.provider().take(thaw(claim, house.blobs.read))
        journal.gone(claims[2], Accepted(provider_id=f"p-{claims[2].token}"))


def all_unknown(world: World) -> None:
    """Nobody knows of any whether it left."""
    planned(world)
    send(world)
    assert {state for (state,) in world.rows("SELECT state FROM message")} == {"unknown"}


# -- sending --------------------------------------------------------------------------------------


def send(world: World) -> None:
    """`relance send`."""
    with world.opened(guarded=False) as house:
        app.send(house)


def sends_out(world: World) -> None:
    """`relance send`, as cron has it, until nothing is left to do."""
    for hours in LATER:
        world.passes(hours=hours)
        send(world)
        world.called_back()
        if not unsettled(world):
            return


def unsettled(world: World) -> int:
    """How many messages wait, or may still be asked about."""
    states = [state for (state,) in world.rows("SELECT state FROM message")]
    asked = world.kind == "lookup"
    return sum(state in {"planned", "deferred", "sending"} for state in states) + (
        asked * states.count("unknown")
    )


def trouble(message: Message) -> Deed:
    """One is taken in silence, one is lost, one is not taken at first."""
    return _TROUBLE.get(message.to[0].upper(), "take")


def some_trouble(message: Message) -> Deed:
    """One is not taken at first."""
    return "later" if message.to.startswith("c") else "take"


_TROUBLE: Final[dict[str, Deed]] = {"C": "later", "D": "lost", "E": "silence"}


def sending(kind: Kind) -> Mortal:
    """A worker dies while it sends."""
    asked = kind in {"lookup", "callbacks"}
    return Mortal(
        name=f"send-{kind}",
        kind=kind,
        prepare=planned,
        do=send,
        again=sends_out,
        script=trouble if asked else some_trouble,
        # What was lost without a trace is known to nobody who cannot be asked.
        unknown=1 if kind == "callbacks" else 0,
        step=2,
    )


def settling(kind: Kind) -> Mortal:
    """A worker dies while it settles what another left."""
    return Mortal(
        name=f"settle-{kind}",
        kind=kind,
        prepare=died_on_the_way,
        do=send,
        again=sends_out,
        unknown=1 if kind == "none" else 0,
        step=6,
    )


# -- what comes back, what people say -------------------------------------------------------------


def hears(world: World) -> None:
    """`relance listen`: four pieces of news, the last of them twice."""
    tokens = dict(
        world.rows(
            "SELECT substr(number, 1, 1), token FROM message "
            "JOIN line ON message_id = message.id "
            "JOIN invoice ON invoice_id = invoice.id"
        )
    )
    for name, kind in (
        ("A", NewsKind.DELIVERED),
        ("B", NewsKind.DELIVERED),
        ("C", NewsKind.REPLY),
        ("D", NewsKind.OPTED_OUT),
        ("D", NewsKind.OPTED_OUT),
    ):
        world.told(
            News(
                source="email",
                reference=f"{kind}-{name}",
                kind=kind,
                at=world.clock.now(),
                channel="email",
                token=tokens[name],
            )
        )


def heard(world: World) -> Sequence[str]:
    """Each piece is kept once and did what follows."""
    counts = {
        "SELECT count(*) FROM report": 4,
        "SELECT count(*) FROM message WHERE state = 'delivered'": 2,
        "SELECT count(*) FROM event": 2,
    }
    return [
        f"{query}: {got}"
        for query, wanted in counts.items()
        for ((got,),) in [world.rows(query)]
        if got != wanted
    ]


#: What is said of each unknown message: A and E were taken, the others lost.
WORDS: Final = (
    ("A", "sent", BOSS),
    ("B", "sent", BOSS),
    ("B", "sent", OTHER),
    ("C", "not-sent", BOSS),
    ("D", "send-again", BOSS),
    ("E", "leave", BOSS),
)


def not_answered(message: Message) -> Deed:
    """The first attempt is never answered."""
    return "lost" if message.to[0] in "cd" else "silence"


def resolves(world: World) -> None:
    """`relance unknown resolve`, for all; the second time some of it is done already."""
    numbers = dict(
        world.rows(
            "SELECT substr(invoice.number, 1, 1), message_id FROM line "
            "JOIN invoice ON invoice_id = invoice.id"
        )
    )
    for name, choice, person in WORDS:
        with world.opened() as house, suppress(BadInput):
            unknowns.resolve(
                house, f"M{numbers[name]}", Said(choice=choice, reason="seen", person=person)
            )


def says_all_again(world: World) -> None:
    """Everything is said once more; then what may go again goes."""
    resolves(world)
    sends_out(world)


def stops_and_resumes(world: World) -> None:
    """`relance stop` and `resume`, of everything and of a channel, and a command that tells it."""
    now = world.clock.now()
    stopping.stop(world.home.stop, channel="", reason="look first", person=BOSS, now=now)
    stopping.stop(world.home.stop, channel="email", reason="relay", person=BOSS, now=now)
    with world.opened(guarded=False):
        pass
    stopping.resume(world.home.stop, channel="", person=BOSS, now=now)
    stopping.resume(world.home.stop, channel="email", person=BOSS, now=now)
    with world.opened(guarded=False):
        pass


def stopped_on_the_way(world: World) -> None:
    """`relance stop` is said while messages leave."""

    def script(message: Message) -> Deed:
        stopping.stop(
            world.home.stop, channel="", reason="look", person=BOSS, now=world.clock.now()
        )
        return some_trouble(message)

    world.script = script
    send(world)


def goes_on(world: World) -> None:
    """Whatever stands is resumed; then everything leaves."""
    world.script = takes
    for channel in ("", "email"):
        stopping.resume(world.home.stop, channel=channel, person=BOSS, now=world.clock.now())
    sends_out(world)


def told_once(world: World) -> Sequence[str]:
    """Every word that was said is in the trail, once."""
    untold = stopping.word(world.home.stop).untold
    words = world.rows("SELECT token FROM stop")
    return ["untold"] * bool(untold) + ["twice"] * (len(words) != len(set(words)))


def approves(world: World) -> None:
    """`relance approve`, then `send`."""
    with world.opened(guarded=False) as house:
        for each in approval.waiting(house):
            approval.approve(house, each.number, code=each.code, person=BOSS)
        app.send(house)


def approves_again(world: World) -> None:
    """What still waits is approved."""
    approves(world)
    sends_out(world)


# -- the day --------------------------------------------------------------------------------------


def imports(world: World) -> None:
    """`relance import` into a home that has no store yet."""
    with world.opened() as house:
        app.take_in(house)


def exported(world: World) -> None:
    """A file lies there."""
    world.exports(*PLAIN)


def pays_and_comes(world: World) -> None:
    """A plan, then a file in which one has paid and one is new."""
    planned(world)
    world.exports(*PLAIN, "F", paid=("C",))


def plans(world: World) -> None:
    """The writing half of `relance run`."""
    with world.opened() as house:
        app.act(house, app.decide(house))


def runs(world: World) -> None:
    """`relance run`, then `send`."""
    with world.opened() as house:
        app.run(house)
    sends_out(world)


# -- the home -------------------------------------------------------------------------------------


def put_back(world: World) -> None:
    """All has left; then the store stands as it did before."""
    planned(world)
    copy = world.folder / "old.sqlite"
    wiring.copy_store(world.store, copy)
    send(world)
    shutil.copyfile(copy, world.store)


def recovers(world: World) -> None:
    """`relance recover`, looked at and confirmed."""
    looked = restoring.recover(world.home)
    if looked.needed is not None:
        restoring.recover(world.home, confirm=looked.digest, person=BOSS)


def recovers_again(world: World) -> None:
    """The same once more; then the day."""
    recovers(world)
    runs(world)


def paid_up(world: World) -> None:
    """All has left, and one debtor has paid."""
    all_sent(world)
    world.exports(*PLAIN, paid=("B",))
    with world.opened() as house:
        app.take_in(house)


def erases(world: World) -> None:
    """`relance erase B`; by the name that is left of him if it was cut off."""
    with world.opened() as house:
        for (reference,) in world.rows("SELECT reference FROM debtor WHERE id = 2"):
            _erase(world, house, reference)


def _erase(world: World, house: House, reference: str) -> None:
    seen = erasing.look(house, world.home, reference)
    erasing.erase_debtor(
        house, world.home, reference, confirmed=seen.digest, person=BOSS, reason="asked for it"
    )


def erases_again(world: World) -> None:
    """The same once more; then cron."""
    erases(world)
    sends_out(world)


def gone(world: World) -> Sequence[str]:
    """Nothing in the home still says who he was."""
    words = ("Société B".encode(), b"b@debtor.example")
    return [
        f"{path.relative_to(world.home.var)} still has {word.decode()}"
        for path in sorted(world.home.var.rglob("*"))
        if path.is_file()
        for word in words
        if word in path.read_bytes()
    ]


def backs_up(world: World) -> None:
    """`relance backup`."""
    back_up(world.home, world.folder / "backup")


def backs_up_again(world: World) -> None:
    """The same once more, unless it is there; then cron."""
    with suppress(BadInput):
        backs_up(world)
    sends_out(world)


def whole_or_none(world: World) -> Sequence[str]:
    """What bears the name of a backup is one."""
    folder = world.folder / "backup"
    sums = (folder / SUMS).read_text("utf-8").splitlines()
    return [
        name
        for line in sums
        for digest, name in [line.split("  ", 1)]
        if hashlib.sha256(Path(folder / name).read_bytes()).hexdigest() != digest
    ]


DEEDS: Final = {
    deed.name: deed
    for deed in (
        *map(sending, KINDS),
        *map(settling, KINDS),
        Mortal(name="hear", prepare=all_sent, do=hears, again=hears, faults=heard),
        Mortal(
            name="resolve",
            prepare=all_unknown,
            do=resolves,
            again=says_all_again,
            script=not_answered,
        ),
        Mortal(
            name="stop-resume",
            prepare=planned,
            do=stops_and_resumes,
            again=goes_on,
            faults=told_once,
            step=4,
        ),
        Mortal(
            name="stop-sending",
            prepare=planned,
            do=stopped_on_the_way,
            again=goes_on,
            faults=told_once,
            step=2,
        ),
        Mortal(
            name="approve",
            prepare=lambda world: planned(world, "A", "B", APPROVED),
            do=approves,
            again=approves_again,
            step=4,
        ),
        Mortal(name="import", prepare=exported, do=imports, again=runs, step=5),
        Mortal(name="import-paid", prepare=pays_and_comes, do=imports, again=runs, silent="C"),
        Mortal(name="plan", prepare=came_in, do=plans, again=runs, step=12),
        Mortal(name="recover", prepare=put_back, do=recovers, again=recovers_again, step=2),
        Mortal(
            name="erase",
            prepare=paid_up,
            do=erases,
            again=erases_again,
            faults=gone,
            step=2,
        ),
        Mortal(
            name="backup",
            prepare=planned,
            do=backs_up,
            again=backs_up_again,
            faults=whole_or_none,
            step=40,
        ),
    )
}
