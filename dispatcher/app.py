"""The use cases, in the order of the day. Start reading here.

Cases come in (`take_in`), a policy decides (`decide`), a template speaks (`freeze`), a channel
delivers (`deliver`), the book remembers. Each is a function over a `House`, which `wiring` builds;
nothing here names a file, a database or a provider.
"""

import asyncio
import hashlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import polars as pl

from dispatcher.arrivals import unfit, unspoken
from dispatcher.decide.day import Day, in_memory
from dispatcher.decide.looking_back import looks_back_to
from dispatcher.decide.placing import steps_in_use
from dispatcher.decide.plan import Plan, plan_slices
from dispatcher.deliver.loop import Sent, send_due
from dispatcher.deliver.recover import Recovered, recover
from dispatcher.errors import BadInput, WantsPerson
from dispatcher.house import Came, Delivered, Frozen, House, InFile, Post, Report
from dispatcher.intake.take import Taken
from dispatcher.intake.take import take_in as read_source
from dispatcher.messages.accounts import accounts_of
from dispatcher.messages.announced import announced
from dispatcher.messages.correspondence import Correspondence
from dispatcher.messages.freeze import Bundle, Render, Unrendered, frozen_contacts, thaw
from dispatcher.messages.replies import LATE, NOTHING, Replies, replies_to
from dispatcher.model.decision import Action
from dispatcher.model.problem import Problem
from dispatcher.ports import Claim, Frames
from dispatcher.ports import Frozen as Planned
from dispatcher.store.answers import Pair
from dispatcher.store.named_files import names_in
from dispatcher.store.tasks import TaskKey, TaskRow, TaskState
from dispatcher.store.unsent import Unsent


FREEZE_BATCH = 200  # messages per transaction: some 20 ms of work lost by a kill

#: After a withdrawal at the last moment the debtor is planned anew; twice is enough for what can
#: change within one run. The new plan is one that nobody has confirmed: it is asked about safety.
ROUNDS = 2

WAITS = "wait: "  # how the guard's reasons begin that only postpone


def run(house: House, *, confirm: str = "", accepted: Collection[str] = ()) -> Report:
    """The day: take in, decide, check, freeze, send, record.

    Safe to repeat and to interrupt anywhere: what is planned is in the outbox or is planned again,
    and a key keeps a step from going out twice. Once something has left, a limit of safety is no
    error any more: it stands in the report (`stopped`), and the rest waits for a person.

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
        answers = reply(house, run_id)
        turns, stopped = [deliver(house, post)], tuple[Problem, ...]()
        for _ in range(ROUNDS - 1):
            again = decide(house) if house.guard.withdrawn else None
            stopped = () if again is None else unsafe(again)
            if again is None or stopped:
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
        delivered=Delivered(recovered=recovered, sent=tuple(turns), unsent=_unsent(house)),
        stopped=stopped,
    )


def send(house: House) -> Delivered:
    """What has become due since the last run: retries, quiet hours, approvals, answers to events.

    What happens is answered at once: nobody waits for the next day's plan.
    """
    with house.post() as post:
        recovered = settle(house, post)
        replies = reply(house)
        sent = deliver(house, post)
        return Delivered(recovered=recovered, sent=(sent,), replies=replies, unsent=_unsent(house))


def _unsent(house: House) -> Unsent:
    """What still lies in the outbox; its hour is that of the home's zone."""
    found = house.book.unsent(house.clock.now())
    zone = ZoneInfo(house.settings.timezone)
    return replace(found, next_at=found.next_at and found.next_at.astimezone(zone))


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


def check_safety(plan: Plan, confirmed: str) -> None:
    """Nothing, if no limit is passed or exactly this plan is confirmed by its digest.

    Raises:
        WantsPerson: a person has to look first, or the plan is not the one that was confirmed.
    """
    if confirmed and not plan.digest.startswith(confirmed):
        fields = {"digest": short(plan.digest), "confirmed": confirmed}
        raise WantsPerson(Problem(code="run/other-plan", fields=fields))
    doubts = unsafe(plan)
    if doubts and not confirmed:
        raise WantsPerson(doubts)


def unsafe(plan: Plan) -> tuple[Problem, ...]:
    """Each limit of safety that a plan passes, in words for the person who has to look."""
    return tuple(
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
    with house.stage("freeze"):
        frozen = freeze(house, run_id, plan)
    open_tasks(house, run_id, plan)
    with house.stage("answers"):
        kept = house.keep_answers(day, run_id, _for_file(plan, frozen))
    house.book.end_run(
        run_id,
        state="done",
        now=house.clock.now(),
        answers=kept.sha256,
        answers_rows=kept.rows,
        plan=plan.digest,
    )
    return run_id, frozen


def reply(house: House, run_id: int | None = None) -> Frozen:
    """Answer what has happened and is not answered yet: each event once, whatever else waits.

    The policy of an account is that of its last answer. What crashes here is done by the next run.
    """
    due = unanswered(house)
    if not due.contacts:
        return Frozen()
    hashes = {contact.policy_hash for contact in due.contacts}
    texts = {policy.hash: policy.text for policy in house.rulebook.active if policy.hash in hashes}
    house.book.remember_policies(texts, now=house.clock.now())
    return freeze(house, run_id, due)


def unanswered(house: House) -> Replies:
    """What would be answered now, and what is not although a policy asks for it."""
    now, today = house.clock.now(), house.clock.today()
    told = house.book.unanswered(since=now - LATE)
    happened = [each for each in told if today - each.day <= LATE]
    if not happened:
        return NOTHING
    return replies_to(
        happened,
        house.book.frames(sorted({each.debtor_id for each in happened})),
        house.rulebook,
        house.settings,
        today=today,
        now=now,
        reach=house.reach,
    )


def _for_file(plan: Plan, frozen: Frozen) -> Iterator[Pair]:
    """The answers that are kept, and their facts, part by part."""
    for part in plan.parts:
        answers, facts = part.for_file()
        yield with_unrendered(answers, frozen.unrendered), facts


def freeze(house: House, run_id: int | None, plan: Plan | Replies) -> Frozen:
    """Render the contacts of a plan and write them, a batch per transaction."""
    total = len(plan.contacts)
    if not total:
        return Frozen()
    frozen, batch, seen = Frozen(), list[Bundle](), 0
    with house.rendering() as render:
        for bundle in in_words(house, plan, render):
            seen += 1
            if isinstance(bundle, Unrendered):
                frozen += Frozen(unrendered=(bundle,))
            else:
                batch.append(bundle)
            if len(batch) == FREEZE_BATCH:
                frozen += _write(house, run_id, batch)
                batch = []
            house.progress("freeze", seen, total)
    frozen += _write(house, run_id, batch)
    house.blobs.clean(house.book.named_files, now=house.clock.now())
    return frozen


def in_words(house: House, plan: Plan | Replies, render: Render) -> Iterator[Bundle | Unrendered]:
    """The contacts of a plan in words, in order; nothing is written."""
    debtors = {contact.debtor_id for contact in plan.contacts}
    today = house.clock.today()
    frames = house.book.frames(sorted(debtors))
    facts = plan.facts_of(debtors)
    accounts = accounts_of(frames, facts, house.settings, debtors, today=today)
    counting = house.library.printing({"interest", "indemnity", "sums"})
    mail = Correspondence(
        settings=house.settings,
        library=house.library,
        accounts=accounts,
        today=today,
        earlier=house.book.earlier_mails(sorted(debtors)),
    )
    return frozen_contacts(
        plan.contacts,
        accounts,
        house.settings,
        render,
        mail=mail,
        today=today,
        counting=counting,
        ahead=announced(
            plan.contacts,
            facts,
            house.rulebook,
            legal=house.legal,
            today=today,
            post=house.settings.deadlines.post,
            place=accounts.place,
        ),
    )


def _write(house: House, run_id: int | None, batch: Sequence[Bundle]) -> Frozen:
    if not batch:
        return Frozen()
    messages, mains = list[Planned](), list[int]()
    for bundle in batch:
        mains.append(len(messages))
        main = len(messages)
        messages.append(bundle.frozen[0])
        messages += [replace(beside, also_of=main) for beside in bundle.frozen[1:]]
    # On the disk before any message names them: what a crash leaves then is a file too many.
    house.blobs.put([made for bundle in batch for made in bundle.files])
    ids = house.book.freeze(run_id, messages, now=house.clock.now())
    house.blobs.settle({name for each in messages for name in names_in(each.content)})
    written = sum(ids[main] is not None for main in mains)
    remarks = tuple(remark for bundle in batch for remark in bundle.remarks)
    return Frozen(written=written, in_hand=len(batch) - written, remarks=remarks)


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
    asking = plan.answers_of(pl.col("task") != "", columns=("debtor_id", "policy", "rule"))
    speaking = set(asking.unique().iter_rows())
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
                prepare=lambda claim: thaw(claim, house.blobs.read, day=house.clock.today()),
                stopped=house.stopped,
                progress=tell,
            )
        finally:
            for channel in post.channels.values():
                await channel.close()

    with house.stage("send"):
        return asyncio.run(all_channels())
