"""The lines of the journal as JSON: how each is written, and what of it is believed."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

from dispatcher.model.mark import Mark, Named
from dispatcher.ports import Accepted, Claim, NotAccepted, Outcome, Rejected, Unknown


#: A claim's id and attempt: what a line is about.
Key = tuple[int, int]

Line = Mapping[str, Any]  # as JSON gives it

_LONGEST_DELAY: Final = 10**12  # seconds; what is more is no delay of a provider
_END_OF_TIME: Final = 253_402_300_800_000  # ms; the year 10000, which no calendar of Python has

#: Asked before each batch: the head of the trail and the names of what is claimed.
Naming = Callable[[Sequence[Claim]], Named]

_KINDS: Final[Mapping[str, type[Outcome]]] = {
    "accepted": Accepted,
    "rejected": Rejected,
    "not_accepted": NotAccepted,
    "unknown": Unknown,
}
_WORDS: Final = {kind: word for word, kind in _KINDS.items()}
_FIELDS: Final = {kind: tuple(each.name for each in fields(kind)) for kind in _WORDS}


@dataclass(frozen=True, slots=True, kw_only=True)
class Trace:
    """How far an attempt is known to have come; `outcome` None: no answer was noted."""

    going: bool = False
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """All that a journal says of attempts.

    `whole`: it would name every message that was ever on its way, also after a power cut, which
    can only take lines behind the last synced one. `clean`: no line is spoilt.
    """

    traces: Mapping[Key, Trace]
    whole: bool
    clean: bool


def outcome_word(outcome: Outcome) -> str:
    """`accepted`, `rejected`, `not_accepted` or `unknown`."""
    return _WORDS[type(outcome)]


# -- written -----------------------------------------------------------------------------------


def batch_line(claims: Sequence[Claim], named: Named | None) -> bytes:
    """What may leave next; with `named` all that a store needs to know it again."""
    line: dict[str, object] = {"batch": [(claim.id, claim.attempt) for claim in claims]}
    if named is not None:
        line["mark"] = _mark(named.mark)
        line["what"] = [_what(claim, named) for claim in claims]
    return _bytes(line)


def going_line(claim: Claim) -> bytes:
    """The next byte cannot be taken back."""
    return b'{"going":%d,"attempt":%d}\n' % (claim.id, claim.attempt)


def gone_line(claim: Claim, outcome: Outcome) -> bytes:
    """The answer."""
    kind = type(outcome)
    content = {"kind": _WORDS[kind]} | {name: getattr(outcome, name) for name in _FIELDS[kind]}
    return _bytes({"gone": claim.id, "attempt": claim.attempt, "outcome": content})


def mark_line(mark: Mark, why: str) -> bytes:
    """Where the trail stood: `begun`, `moved` (older lines lie elsewhere) or `recovered`."""
    return _bytes({"mark": _mark(mark), "why": why})


def end_line(mark: Mark | None) -> bytes:
    """A worker that sent something ends in order, all its answers in the store."""
    return _bytes({"end": 1} if mark is None else {"end": 1, "mark": _mark(mark)})


def _mark(mark: Mark) -> dict[str, object]:
    return {
        "store": mark.store,
        "seq": mark.seq,
        "hash": mark.hash,
        "at": mark.at,
        "last": mark.last,
    }


def _what(claim: Claim, named: Named) -> dict[str, object]:
    told: dict[str, object] = {
        "id": claim.id,
        "attempt": claim.attempt,
        "token": claim.token,
        "debtor": named.debtors.get(claim.debtor_id, ""),
        "channel": claim.channel,
        "policy": claim.policy,
        "policy_hash": claim.policy_hash,
        "rule": claim.rule,
        "template": claim.template,
        "tone": claim.tone,
        "legal": int(claim.legal_effect),
        "created": int(claim.created_at.timestamp() * 1000),
        "lines": [
            (
                *named.cases.get(each.case_id, ("", 0)),
                each.step,
                each.choice,
                each.cycle,
                each.amount,
                int(each.claimed),
            )
            for each in claim.lines
        ],
    }
    if claim.main_id is not None:
        told["main"] = claim.main_id
    if claim.event_id is not None:
        told["event"] = named.events.get(claim.event_id, ())
    return told


def _bytes(line: Line) -> bytes:
    return json.dumps(line, separators=(",", ":")).encode() + b"\n"


# -- read --------------------------------------------------------------------------------------


def numbered_lines(content: bytes) -> Iterator[tuple[int, Line | None]]:
    """Every line with its number, from 1; None for one that is cut off or spoilt."""
    for number, line in enumerate(content.split(b"\n"), start=1):
        if line:
            yield number, _line(line)


def _line(line: bytes) -> Line | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def mark_of(line: Line) -> Mark | None:
    """The head that a line carries."""
    match line.get("mark"):
        case {
            "store": str(store),
            "seq": int(seq),
            "hash": str(digest),
            "at": int(at),
            "last": int(last),
        } if 0 <= at < _END_OF_TIME:
            return Mark(store=store, seq=seq, hash=digest, at=at, last=last)
    return None


def traces_of(line: Line) -> Iterator[tuple[Key, Trace]]:
    """What a line says of attempts."""
    match line:
        case {"batch": list(pairs)}:
            for pair in pairs:
                match pair:
                    case [int(message), int(attempt)]:
                        yield (message, attempt), Trace()
        case {"going": int(message), "attempt": int(attempt)}:
            yield (message, attempt), Trace(going=True)
        case {"gone": int(message), "attempt": int(attempt), "outcome": dict(content)}:
            yield (message, attempt), Trace(going=True, outcome=_outcome(content))


def _outcome(content: Line) -> Outcome:
    told = {name: value for name, value in content.items() if name != "kind"}
    try:
        outcome = _KINDS[str(content["kind"])](**told)
        for name in _FIELDS[type(outcome)]:
            _kept(name, getattr(outcome, name))
    except (KeyError, TypeError, ValueError):
        return Unknown(stage="journal", evidence="an outcome of another version of the journal")
    return outcome


def _kept(name: str, value: object) -> None:
    """Refuse what a store could not keep: all is text, whole letters, and a delay a number."""
    if name == "retry_after":
        if value is not None and not (type(value) is int and 0 <= value < _LONGEST_DELAY):
            raise TypeError(name)
    elif not isinstance(value, str):
        raise TypeError(name)
    else:
        value.encode()


def later(known: Trace | None, new: Trace) -> Trace:
    """Both together: what was said once stays said."""
    if known is None:
        return new
    return Trace(going=known.going or new.going, outcome=new.outcome or known.outcome)
