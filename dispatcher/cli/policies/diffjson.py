"""What `relance diff` found, for programs: codes, ids and integers in minor units."""

import json
from dataclasses import asdict, fields
from typing import Any

from dispatcher.cli.policies.diffwords import Told, sample
from dispatcher.cli.say import Speaker
from dispatcher.prove.changes.answers_changed import Changed
from dispatcher.prove.changes.compare import Compared
from dispatcher.prove.changes.moved_cases import Moved
from dispatcher.prove.exact.outcomes import Outcome


def show_json(speaker: Speaker, told: Told) -> None:
    """One object; amounts in minor units, costs as texts in euros, conditions as in policies."""
    found = told.found
    whole = {
        "old": told.names[0],
        "new": told.names[1],
        "same": found.same,
        "exact": found.exact,
        "added": [policy.name for policy in found.added],
        "removed": [policy.name for policy in found.removed],
        "policies": [_pair(pair, told) for pair in told.differing],
        "vocabulary": [asdict(each) for each in found.vocabulary],
        "moves": [
            {
                "currency": move.currency,
                "old": move.old,
                "new": move.new,
                "where": [region.text for region in move.regions],
                "case": move.telling,
            }
            for move in found.moves
        ],
        "portfolio": None if told.moved is None else _moved(told.moved, told.day),
    }
    speaker.line(json.dumps(whole, ensure_ascii=False, indent=2, default=str))


def _pair(pair: Compared, told: Told) -> dict[str, Any]:
    return {
        "policy": pair.new.name,
        "old_version": pair.old.version,
        "new_version": pair.new.version,
        "renamed": pair.renamings,
        "settings": [asdict(each) for each in pair.settings],
        "changes": [_change(change, pair, told) for change in pair.changes],
        "exact": pair.exact,
    }


def _change(change: Changed, pair: Compared, told: Told) -> dict[str, Any]:
    return {
        "old": _outcome(change.old),
        "new": _outcome(change.new),
        "where": [region.text for region in change.regions],
        "combinations": change.cells,
        "case": change.telling,
        "test": sample(change, pair, told),
    }


def _outcome(outcome: Outcome) -> dict[str, Any]:
    then = outcome.then
    said = {} if then is None else {each.name: getattr(then, each.name) for each in fields(then)}
    action = "" if outcome.action is None else outcome.action.value
    return {"action": action, "rule": outcome.rule, **said, "reason": outcome.reason}


def _moved(moved: Moved, day: str) -> dict[str, Any]:
    return {
        "day": day,
        "cases": moved.cases,
        "moved": moved.moved,
        "debtors": moved.debtors,
        "amounts": moved.amounts,
        "later": moved.later,
        "groups": moved.groups.to_dicts(),
        "messages": [asdict(each) for each in moved.mails],
        "first": moved.first.to_dicts(),
    }
