"""Steps that our own people do: the outcome of their task moves its cases, as a contact would."""

import json
from datetime import timedelta

import polars as pl

from dispatcher.decide import history
from dispatcher.house import House
from dispatcher.model.message import BY_TASK, Line, State
from dispatcher.policy.terms import Rule, Rulebook, Work
from dispatcher.ports import Frames, Frozen
from dispatcher.store.tasks import TaskRow


def step_of(rulebook: Rulebook, policy: str, rule: str) -> Rule | None:
    """The rule of a step whose `then` is that task; None: the task does no step."""
    known = rulebook.policies.get(policy)
    choices = () if known is None else known.choices
    found = next((choice for choice in choices if choice.id == rule), None)
    return found if found is not None and isinstance(found.then, Work) else None


def done_by_task(house: House, row: TaskRow, *, outcome: str, person: str) -> Frozen | None:
    """What stands in the book for a step done by a task; None: it does none, or for no case."""
    rule = step_of(house.rulebook, row.policy, row.rule)
    if rule is None:
        return None
    lines = _lines(row, rule, house.book.frames([row.debtor_id]))
    if not lines:
        return None
    now = house.clock.now()
    said = {"outcome": outcome, "person": person, "task": row.id}
    return Frozen(
        debtor_id=row.debtor_id,
        channel=BY_TASK,
        to="",
        policy=row.policy,
        policy_hash=house.rulebook.policies[row.policy].hash,
        rule=row.rule,
        template="",
        tone="",
        lines=lines,
        content=json.dumps(said, ensure_ascii=False, sort_keys=True).encode(),
        printed="",
        planned_on=house.clock.today(),
        not_before=now,
        valid_until=now + timedelta(days=1),
        state=State.ACCEPTED,
    )


def _lines(row: TaskRow, rule: Rule, frames: Frames) -> tuple[Line, ...]:
    """A line per case of the task that is still open and has not had the step since."""
    step, _, choice = rule.id.partition("/")
    back = frames["sent_back"].select("step", case_id="invoice_id")
    cycles = {
        (case, of): cycle
        for case, of, cycle in history.cycles(
            frames["lines"], back.select("case_id", "step")
        ).iter_rows()
    }
    live = frames["lines"].filter("live").select("invoice_id", "step", "cycle")
    taken = set(live.iter_rows())
    mine = frames["invoices"].filter(pl.col("id").is_in(row.case_ids), pl.col("balance") > 0)
    wanted = [
        Line(case_id=case, step=step, choice=choice, cycle=cycles.get((case, step), 0), amount=owed)
        for case, owed in mine.select("id", "balance").iter_rows()
    ]
    return tuple(line for line in wanted if (line.case_id, line.step, line.cycle) not in taken)
