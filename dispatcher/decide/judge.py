"""Some debtors decided as far as they can be alone: up to what is scarce among all of them."""

from dataclasses import dataclass

import polars as pl

from dispatcher.decide import (
    act,
    beside,
    channels,
    contacts,
    gates,
    history,
    holds,
    merge,
    notices,
    open_days,
    placing,
    safety,
    turns,
)
from dispatcher.decide.day import Day, Kept
from dispatcher.decide.evaluate import evaluate
from dispatcher.decide.facts import build_facts
from dispatcher.decide.resume import Resumed, resumed
from dispatcher.ports import Frames


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What is known of some debtors before what is scarce is handed out.

    `rows` hold the columns of `merge.read`, `leaders` those that contacts and answers are made of;
    `moves` and `listed` are those of their rounds. `overdue` counts each policy's late debtors.
    """

    facts: Kept
    rows: Kept
    leaders: Kept
    moves: Kept
    listed: Kept
    turns: pl.DataFrame
    dated: gates.Dated
    overdue: pl.DataFrame
    stands: Frames

    @property
    def rounds(self) -> contacts.Rounds:
        """The contacts of these debtors."""
        return contacts.Rounds(leaders=self.leaders(), moves=self.moves(), listed=self.listed())


def judged(frames: Frames, day: Day) -> Judged:
    """These debtors' cases, decided; all that is known of each debtor is in his frames.

    Wide rows end here: of a case only its facts and what its answer is made of are kept.
    """
    gone_on, rows = _evaluated(frames, day)
    with day.stage("rounds"):
        rows = channels.with_reach(rows, frames, day.rulebook, reach=day.reach, today=day.today)
        rounds = _rounds(rows, gone_on, frames, day)
        leaders = notices.with_tone(rounds.leaders, rows, frames, day.rulebook, day.today)
    with day.stage("channels"):
        leaders = channels.choose(leaders, frames, day.rulebook, reach=day.reach, today=day.today)
        leaders = beside.within_caps(leaders, frames, day.rulebook, today=day.today)
    with day.stage("gates"):
        dated = gates.dated(
            leaders.select(gates.READ).filter(pl.col("channel").is_not_null()),
            rows,
            frames,
            day.rulebook,
            today=day.today,
            now=day.now,
        )
    with day.stage("answers"):
        return Judged(
            facts=day.aside(gone_on.facts),
            rows=day.aside(merge.read(rows, day.rulebook)),
            leaders=day.aside(leaders.select(act.OF_LEADER)),
            moves=day.aside(rounds.moves),
            listed=day.aside(rounds.listed),
            turns=turns.turns(rows, frames, day.rulebook),
            dated=dated,
            overdue=safety.overdue(rows),
            stands={
                "holds": holds.standing(rows, day.rulebook),
                "sent_back": gone_on.sent_back,
                "placements": placing.placements(rows),
            },
        )


def _evaluated(frames: Frames, day: Day) -> tuple[Resumed, pl.DataFrame]:
    """The facts once ended holds have let go, and what the rules say of each case."""
    rulebook, default, today = day.rulebook, day.settings.default_policy, day.today
    with day.stage("facts"):
        facts = build_facts(
            frames, rulebook, today=today, timezone=day.settings.timezone, place=day.place
        )
    with day.stage("holds"):
        gone_on = resumed(facts, frames, rulebook, default_policy=default, today=today)
    with day.stage("rules"):
        rows = evaluate(
            gone_on.facts,
            frames,
            rulebook,
            default_policy=default,
            legal=day.legal,
            today=today,
        )
        return gone_on, open_days.postpone_hand_overs(rows, rulebook, today=today)


def _rounds(rows: pl.DataFrame, gone_on: Resumed, frames: Frames, day: Day) -> contacts.Rounds:
    before = frames["sent_back"].rename({"invoice_id": "case_id"})
    again = [known.select("case_id", "step") for known in (before, gone_on.sent_back)]
    cycles = history.cycles(frames["lines"], pl.concat(again))
    return contacts.gather(rows, cycles, day.rulebook, day.legal)
