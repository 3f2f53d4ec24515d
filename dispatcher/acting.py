"""A plan written down: the run, its messages in words, its tasks, the answers of every case.

What crashes here is planned again: nothing has left, and what is in the outbox has its key.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import polars as pl

from dispatcher.decide.plan import Plan
from dispatcher.house import Frozen, House
from dispatcher.messages.accounts import accounts_of
from dispatcher.messages.announced import announced
from dispatcher.messages.correspondence import Correspondence
from dispatcher.messages.freeze import Bundle, Render, Unrendered, frozen_contacts
from dispatcher.messages.replies import LATE, NOTHING, Replies, replies_to
from dispatcher.model.decision import Action
from dispatcher.ports import Frozen as Planned
from dispatcher.store.answers import Pair
from dispatcher.store.named_files import names_in
from dispatcher.store.tasks import TaskKey, TaskRow, TaskState


FREEZE_BATCH = 200  # messages per transaction: some 20 ms of work lost by a kill


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
