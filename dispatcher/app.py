"""The use cases, in the order of the day. Start reading here.

Cases come in (`take_in`), a policy decides (`decide`), a template speaks (`acting.act`), a channel
delivers (`sending.deliver`), the book remembers. Each is a function over a `House`, which `wiring`
builds; nothing here names a file, a database or a provider.
"""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

from dispatcher.acting import act, in_words, reply, unanswered
from dispatcher.arrivals import unfit, unspoken
from dispatcher.caution import (
    CLOCK,
    check_safety,
    clock_is_right,
    halted,
    held,
    unsafe,
    unstopped,
    without_clock,
)
from dispatcher.decide.day import Day, in_memory
from dispatcher.decide.looking_back import looks_back_to
from dispatcher.decide.placing import steps_in_use
from dispatcher.decide.plan import Plan, plan_slices
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.hearing import ask, unknowns
from dispatcher.house import Came, Delivered, House, InFile, Report
from dispatcher.intake.take import Taken
from dispatcher.intake.take import take_in as read_source
from dispatcher.mailroom import read_mail
from dispatcher.model.message import LIMIT
from dispatcher.model.problem import Problem
from dispatcher.ports import Frames
from dispatcher.sending import deliver, recall, settle
from dispatcher.store.unsent import Unsent


__all__ = (
    "act",
    "decide",
    "deliver",
    "in_words",
    "recall",
    "reply",
    "run",
    "send",
    "settle",
    "take_in",
    "unanswered",
)

#: After a withdrawal at the last moment the debtor is planned anew; twice is enough for what can
#: change within one run. The new plan is one that nobody has confirmed: it is asked about safety.
ROUNDS = 2


def run(house: House, *, confirm: str = "", accepted: Collection[str] = ()) -> Report:
    """The day: take in, decide, check, freeze, send, record.

    Safe to repeat and to interrupt anywhere: what is planned is in the outbox or is planned again,
    and a key keeps a step from going out twice. Once something has left, a limit of safety is no
    error any more: it stands in the report (`stopped`), and the rest waits for a person.

    Raises:
        BadInput: a source cannot be used.
        WantsPerson: a person has stopped everything; the clock is not right; a safety limit is
            passed and this plan is not confirmed; a source is not fit to act on.
    """
    unstopped(house)
    clock_is_right(house, accepted=CLOCK in accepted, rested=True)
    came = take_in(house, accepted=without_clock(accepted))
    with house.post() as post:
        recovered = settle(house, post)
        asked, mail = ask(house, post), read_mail(house)
        recall(house)
        plan = decide(house)
        check_safety(house, plan, confirm)
        unstopped(house)
        run_id, frozen = act(house, plan)
        answers = reply(house, run_id)
        turns, stopped = [deliver(house, post)], tuple[Problem, ...]()
        for _ in range(ROUNDS - 1):
            again = decide(house) if house.guard.withdrawn else None
            stopped = () if again is None else unsafe(house, again)
            if again is None or stopped or halted(house):
                break
            again_id, more = act(house, again)
            frozen += more
            answers += reply(house, again_id)
            turns.append(deliver(house, post))
    return Report(
        run_id=run_id,
        day=house.clock.today(),
        came=came,
        plan=plan,
        frozen=frozen,
        replies=answers,
        delivered=Delivered(
            recovered=recovered,
            sent=tuple(turns),
            unsent=_unsent(house),
            asked=asked,
            mail=mail,
            unknown=unknowns(house),
            news=house.book.reports_waiting(),
            limited=_limited(house),
            withdrawn=Counter(house.guard.withdrawn.values()),
            stops=(*halted(house), *held(house)),
        ),
        stopped=stopped,
    )


def send(house: House) -> Delivered:
    """What has become due since the last run: retries, quiet hours, approvals, answers to events.

    What happens is answered at once: nobody waits for the next day's plan.

    Raises:
        WantsPerson: a person has stopped everything, or the clock was set back.
    """
    unstopped(house)
    clock_is_right(house, accepted=False)
    with house.post() as post:
        recovered = settle(house, post)
        asked, mail = ask(house, post), read_mail(house)
        replies = reply(house)
        sent = deliver(house, post)
        return Delivered(
            recovered=recovered,
            sent=(sent,),
            replies=replies,
            unsent=_unsent(house),
            asked=asked,
            mail=mail,
            unknown=unknowns(house),
            news=house.book.reports_waiting(),
            limited=_limited(house),
            withdrawn=Counter(house.guard.withdrawn.values()),
            stops=(*halted(house), *held(house)),
        )


def _limited(house: House) -> Mapping[str, int]:
    """How many messages wait until tomorrow, by the limit that was reached."""
    return Counter(why.removeprefix(f"{LIMIT}: ") for why in house.guard.postponed.values())


def _unsent(house: House) -> Unsent:
    """What still lies in the outbox; its hour is that of the home's zone, none if it has come."""
    now = house.clock.now()
    found = house.book.unsent(now)
    if found.next_at is None or found.next_at <= now:
        return replace(found, next_at=None)
    return replace(found, next_at=found.next_at.astimezone(ZoneInfo(house.settings.timezone)))


# -- take in ------------------------------------------------------------------------------------


def take_in(house: House, *, accepted: Collection[str] = ()) -> tuple[Came, ...]:
    """Every source into the book, each in one transaction.

    All are read before the first is written: a source that cannot be used keeps the others out.
    `accepted` are the sources that a person takes though they are old or have shrunk.

    Raises:
        BadInput: a source cannot be used, with everything that is wrong with any of them.
        WantsPerson: a source is too old, of tomorrow, or much smaller than before.
    """
    files = house.incoming()
    if not files:
        raise BadInput(Problem(code="home/no-sources"))
    known = [source.name for source in house.settings.sources]  # a file may be missing today
    for name in accepted:
        if name not in known:
            fields = {"value": name, "allowed": ", ".join(known)}
            raise BadInput(Problem(code="run/no-source", fields=fields))
    read = []
    for done, file in enumerate(files):
        house.progress("take-in", done, len(files))
        with house.stage("read"):
            read.append(_read(house, file))
    whole = [problem for taken in read if taken.refused_whole for problem in taken.problems]
    if whole:
        raise BadInput(whole)
    doubtful = [taken for taken in read if taken.source not in accepted]
    faults = unfit(doubtful, house.book.open_items(), house.settings, today=house.clock.today())
    if faults:
        raise WantsPerson(faults)
    with house.stage("store"):
        came = tuple(_keep(house, file, taken) for file, taken in zip(files, read, strict=True))
    house.progress("take-in", len(files), len(files))
    return came


def _read(house: House, file: InFile) -> Taken:
    return read_source(
        file.source,
        file.content,
        facts=house.rulebook.facts,
        today=house.clock.today(),
        file_date=file.written_on,
        currency=house.settings.currency,
    )


def _keep(house: House, file: InFile, taken: Taken) -> Came:
    counts = house.book.take(
        taken.frames,
        source=file.source.name,
        kind=file.source.kind,
        now=house.clock.now(),
        day=house.clock.today(),
        complete=True,
        refused=taken.refused,
        file_digest=hashlib.sha256(file.content).hexdigest(),
    )
    spoken = {lang for lang, *_ in house.library.sheets}
    remarks = tuple(unspoken(taken, spoken))
    return Came(taken=replace(taken, problems=(*taken.problems, *remarks)), counts=counts)


# -- decide -------------------------------------------------------------------------------------


def decide(house: House, frames: Frames | None = None) -> Plan:
    """Today's plan over all open cases: one answer each. Writes nothing, renders nothing.

    `frames` are the book's unless others are given, to look at what would be.

    Raises:
        BadInput: a policy has lost a step on which cases stand.
    """
    if frames is None:
        ranges = house.book.slices(size=house.slice_size)
        plan = plan_slices(_slices(house, ranges), _day(house, alone=len(ranges) == 1))
    else:
        plan = plan_slices([frames], _day(house, alone=True))
    lost = steps_in_use(((part.facts(), part.answers()) for part in plan.parts), house.rulebook)
    if lost:
        raise BadInput(lost)
    return plan


def _slices(house: House, ranges: Sequence[tuple[int, int]]) -> Iterator[Frames]:
    """The book's frames, one range of debtors after the other."""
    since = looks_back_to(house.rulebook, house.clock.today())
    for between in ranges:
        with house.stage("frames"):
            frames = house.book.frames(since=since, between=between if len(ranges) > 1 else None)
        yield frames
        del frames


def _day(house: House, *, alone: bool) -> Day:
    return Day(
        rulebook=house.rulebook,
        settings=house.settings,
        today=house.clock.today(),
        now=house.clock.now(),
        reach=house.reach,
        legal=house.legal,
        stage=lambda name: house.stage(f"plan-{name}"),
        aside=in_memory if alone else house.aside,
    )
