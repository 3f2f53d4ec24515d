"""The use cases, in the order of the day. Start reading here.

Cases come in (`take_in`), a policy decides (`decide`), a template speaks (`freeze`), a channel
delivers (`deliver`), the book remembers. Each is a function over a `House`, which `wiring` builds;
nothing here names a file, a database or a provider.
"""

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

import polars as pl

from dispatcher.accounts import accounts_of
from dispatcher.arrivals import unfit
from dispatcher.decide.placing import steps_in_use
from dispatcher.decide.plan import Plan, plan_day
from dispatcher.deliver.loop import Sent, send_due
from dispatcher.deliver.recover import Recovered, recover
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.freeze import Bundle, Render, Unrendered, frozen_contacts, thaw
from dispatcher.house import Came, Delivered, Frozen, House, InFile, Post, Report
from dispatcher.intake.take import Taken
from dispatcher.intake.take import take_in as read_source
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.ports import Claim, Frames
from dispatcher.ports import Frozen as Planned
from dispatcher.store.tasks import TaskKey, TaskRow, TaskState


FREEZE_BATCH = 200  # messages per transaction: some 20 ms of work lost by a kill

#: After a withdrawal at the last moment the debtor is planned anew; twice is enough for what can
#: change within one run.
ROUNDS = 2

WAITS = "wait: "  # how the guard's reasons begin that only postpone


def run(house: House, *, confirm: str = "", accepted: Collection[str] = ()) -> Report:
    """The day: take in, decide, check, freeze, send, record.

    Safe to repeat and to interrupt anywhere: what is planned is in the outbox or is planned again,
    and a key keeps a step from going out twice.

    Raises:
        BadInput: a source cannot be used.
        WantsPerson: a safety limit is passed and this plan is not confirmed, or a source is not
            fit to act on and is not accepted.
    """
    came = take_in(house, accepted=accepted)
    with house.post() as post:
        recovered = settle(house, post)
        recall(house)
        plan = decide(house)
        check_safety(plan, confirm)
        run_id, frozen = act(house, plan)
        turns = [deliver(house, post)]
        for _ in range(ROUNDS - 1):
            if not house.guard.withdrawn:
                break
            _, again = act(house, decide(house))
            frozen += again
            turns.append(deliver(house, post))
    return Report(
        run_id=run_id,
        day=house.clock.today(),
        came=came,
        plan=plan,
        frozen=frozen,
        delivered=Delivered(recovered=recovered, sent=tuple(turns)),
    )


def send(house: House) -> Delivered:
    """What has become due since the last run: retries, quiet hours that ended, approvals."""
    with house.post() as post:
        recovered = settle(house, post)
        return Delivered(recovered=recovered, sent=(deliver(house, post),))


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
    known = [file.source.name for file in files]
    for name in accepted:
        if name not in known:
            fields = {"value": name, "allowed": ", ".join(known)}
            raise BadInput(Problem(code="run/no-source", fields=fields))
    read = []
    for done, file in enumerate(files):
        house.progress("take-in", done, len(files))
        read.append(_read(house, file))
    whole = [problem for taken in read if taken.refused_whole for problem in taken.problems]
    if whole:
        raise BadInput(whole)
    doubtful = [taken for taken in read if taken.source not in accepted]
    faults = unfit(doubtful, house.book.open_items(), house.settings, today=house.clock.today())
    if faults:
        raise WantsPerson(faults)
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
    return Came(taken=taken, counts=counts)


# -- decide -------------------------------------------------------------------------------------


def decide(house: House, frames: Frames | None = None) -> Plan:
    """Today's plan over all open cases: one answer each. Writes nothing, renders nothing.

    `frames` are the book's unless others are given, to look at what would be.

    Raises:
        BadInput: a policy has lost a step on which cases stand.
    """
    plan = plan_day(
        house.book.frames() if frames is None else frames,
        house.rulebook,
        house.settings,
        today=house.clock.today(),
        now=house.clock.now(),
        reach=house.reach,
        legal=house.legal,
    )
    lost = steps_in_use(plan.facts, plan.answers, house.rulebook)
    if lost:
        raise BadInput(lost)
    return plan


def check_safety(plan: Plan, confirmed: str) -> None:
    """Nothing, if no limit is passed or exactly this plan is confirmed by its digest.

    Raises:
        WantsPerson: a person has to look first, or the plan is not the one that was confirmed.
    """
    if confirmed and not plan.digest.startswith(confirmed):
        fields = {"digest": short(plan.digest), "confirmed": confirmed}
        raise WantsPerson(Problem(code="run/other-plan", fields=fields))
    if plan.exceeded and not confirmed:
        raise WantsPerson(
            [
                Problem(
                    code="run/safety",
                    fields={
                        "policy": each.policy,
                        "contacted": str(each.contacted),
                        "overdue": str(each.overdue),
                        "share": str(each.share),
                        "limit": str(each.limit),
                        "digest": short(plan.digest),
                    },
                )
                for each in plan.exceeded
            ]
        )


def short(digest: str) -> str:
    """As much of a digest as a person types."""
    return digest[:12]


# -- freeze -------------------------------------------------------------------------------------


def act(house: House, plan: Plan) -> tuple[int, Frozen]:
    """Write a plan down: the run, its messages and tasks, the answers of every open case."""
    now, day = house.clock.now(), house.clock.today()
    policies = {policy.hash: policy.text for policy in house.rulebook.active}
    house.book.remember_policies(policies, now=now)
    run_id = house.book.begin_run(kind="run", day=day, now=now, policies=sorted(policies))
    house.book.follow(run_id, plan.stands, now=now)
    frozen = freeze(house, run_id, plan)
    open_tasks(house, run_id, plan)
    answers = with_unrendered(plan.answers, frozen.unrendered)
    house.book.end_run(
        run_id,
        state="done",
        now=house.clock.now(),
        answers=house.keep_answers(day, run_id, answers),
        answers_rows=answers.height,
        plan=plan.digest,
    )
    return run_id, frozen


def freeze(house: House, run_id: int, plan: Plan) -> Frozen:
    """Render the contacts of a plan and write them, a batch per transaction."""
    total = len(plan.contacts)
    if not total:
        return Frozen()
    frozen, batch, seen = Frozen(), list[Bundle](), 0
    with house.rendering() as render:
        for bundle in _in_words(house, plan, render):
            seen += 1
            if isinstance(bundle, Unrendered):
                frozen += Frozen(unrendered=(bundle,))
            else:
                batch.append(bundle)
            if len(batch) == FREEZE_BATCH:
                frozen += _write(house, run_id, batch)
                batch = []
            house.progress("freeze", seen, total)
    return frozen + _write(house, run_id, batch)


def _in_words(house: House, plan: Plan, render: Render) -> Iterator[Bundle | Unrendered]:
    debtors = {contact.debtor_id for contact in plan.contacts}
    today = house.clock.today()
    frames = house.book.frames(sorted(debtors))
    accounts = accounts_of(frames, plan.facts, house.settings, debtors, today=today)
    return frozen_contacts(plan.contacts, accounts, house.settings, render, today=today)


def _write(house: House, run_id: int, batch: Sequence[Bundle]) -> Frozen:
    if not batch:
        return Frozen()
    messages, mains = list[Planned](), list[int]()
    for bundle in batch:
        mains.append(len(messages))
        main = len(messages)
        messages.append(bundle.frozen[0])
        messages += [replace(beside, also_of=main) for beside in bundle.frozen[1:]]
    ids = house.book.freeze(run_id, messages, now=house.clock.now())
    written = sum(ids[main] is not None for main in mains)
    return Frozen(written=written, in_hand=len(batch) - written)


def with_unrendered(answers: pl.DataFrame, unrendered: Sequence[Unrendered]) -> pl.DataFrame:
    """The answers, with the cases of contacts that could not be put into words as held."""
    reasons = {
        line.case_id: f"quarantined: {each.problem.code}"
        for each in unrendered
        for line in each.contact.lines
    }
    if not reasons:
        return answers
    held = pl.col("case_id").is_in(list(reasons))
    reason = pl.col("case_id").replace_strict(reasons, default=None, return_dtype=pl.String)
    return answers.with_columns(
        action=pl.when(held).then(pl.lit(Action.HOLD.value)).otherwise("action"),
        reason=pl.when(held).then(reason).otherwise("reason"),
        channel=pl.when(held).then(pl.lit("")).otherwise("channel"),
    )


def open_tasks(house: House, run_id: int, plan: Plan) -> None:
    """Open the tasks of a plan that are not open; close those whose reason has ended."""
    house.book.open_tasks(
        run_id,
        plan.tasks,
        now=house.clock.now(),
        closing=house.closing,
        silent=silent_keys(house.book.tasks(TaskState.DONE), plan),
    )


def silent_keys(done: Sequence[TaskRow], plan: Plan) -> set[TaskKey]:
    """Finished tasks that their rule no longer asks for: it may ask again one day."""
    asking = plan.answers.filter(pl.col("task") != "")
    speaking = set(asking.select("debtor_id", "policy", "rule").unique().iter_rows())
    return {(task.debtor_id, task.policy, task.rule) for task in done} - speaking


# -- send ---------------------------------------------------------------------------------------


def settle(house: House, post: Post) -> Recovered:
    """What workers that died left behind: recorded, planned again, or declared unknown."""
    return recover(
        outbox=house.outbox,
        journal=post.journal,
        is_alive=post.is_alive,
        boot=post.owner.boot,
        classes={name: channel.delivery_class for name, channel in post.channels.items()},
        clock=house.clock,
    )


def recall(house: House) -> Mapping[int, str]:
    """Withdraw what has not left and is not wanted any more; message id -> reason.

    Nobody calls a debtor who has paid since the call was planned. What only has to wait stays.
    """

    def named(claims: Sequence[Claim]) -> Mapping[int, str]:
        reasons = house.guard(claims)
        return {message: why for message, why in reasons.items() if not why.startswith(WAITS)}

    return house.outbox.recall(now=house.clock.now(), guard=named)


def deliver(house: House, post: Post) -> Sent:
    """All that is due now, every channel side by side."""
    house.guard.withdrawn.clear()
    total = house.outbox.due(house.clock.now())
    sent: dict[str, int] = {}

    def tell(channel: str, counts: Mapping[str, int]) -> None:
        sent[channel] = sum(counts.values())
        house.progress("send", sum(sent.values()), max(total, sum(sent.values())))

    async def all_channels() -> Sent:
        try:
            return await send_due(
                outbox=house.outbox,
                channels=post.channels,
                journal=post.journal,
                guard=house.guard,
                clock=house.clock,
                owner=post.owner,
                prepare=lambda claim: thaw(claim, house.settings),
                stopped=house.stopped,
                progress=tell,
            )
        finally:
            for channel in post.channels.values():
                await channel.close()

    return asyncio.run(all_channels())
