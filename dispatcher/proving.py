"""Proving a home's trail: alone, and against what was kept of it elsewhere."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dispatcher.checkpoints import checkpoints_of, keep_checkpoint, refuse_inside
from dispatcher.clocks import clock_of
from dispatcher.errors import BadInput, StoreFault
from dispatcher.home import Home, unwritable
from dispatcher.model.mark import Mark
from dispatcher.model.problem import Problem
from dispatcher.writings import Unusable, read_settings


if TYPE_CHECKING:
    from dispatcher.model.settings import Settings
    from dispatcher.store.verify import Head, Verified


_HEAD: Final = re.compile(r"([0-9]{1,15}):([0-9a-f]{16,64})")


def verified(home: Home, *, against: str = "") -> "Verified":
    """What the proof of a home's trail found.

    It is compared with `against`, a file of checkpoints or `SEQ:HASH`, and with the checkpoints
    that the configuration names.

    Raises:
        BadInput: the configuration cannot be read, nothing has come in yet, or `against` is
            neither.
        StoreFault: a file cannot be read.
    """
    from dispatcher.store.verify import verify  # noqa: PLC0415 - SQLAlchemy, 200 ms

    settings = _settings(home)
    wanted = _asked(against, settings) if against else ()
    if settings.checkpoints is not None and settings.checkpoints.exists():
        wanted += _kept(settings.checkpoints, settings)
    return verify(settings.store, against=wanted)


def keep_head(home: Home, *, to: Path | None) -> tuple[Mark, Path | None]:
    """Where the trail stands, and the file in which that was kept.

    Raises:
        BadInput: no configuration or store, or the file lies in the home's `var`.
        StoreFault: the store cannot be read or the file not written.
    """
    settings = _settings(home)
    path = settings.checkpoints if to is None else to
    if path is not None:
        refuse_inside(home, path)
    mark = _mark(settings)
    if path is not None:
        try:
            keep_checkpoint(path, mark)
        except OSError as error:
            raise StoreFault(_unkept(path, error)) from error
    return mark, path


def keep_configured(home: Home) -> Problem | None:
    """Keep the head where the configuration says, if it does; why it could not be kept."""
    settings = _settings(home)
    if settings.checkpoints is None:
        return None
    try:
        keep_head(home, to=None)
    except (BadInput, StoreFault) as error:
        return error.problems[0]
    return None


def _settings(home: Home) -> "Settings":
    settings, problems, sources = read_settings(home)
    if settings is None:
        raise Unusable(problems, sources)
    if not settings.store.exists():
        raise BadInput(Problem(code="store/missing", fields={"path": str(settings.store)}))
    return settings


def _mark(settings: "Settings") -> Mark:
    from dispatcher.store.glance import trail_head  # noqa: PLC0415 - SQLAlchemy, 200 ms

    now = clock_of(settings, "", writes=False).now()
    store, seq, digest = trail_head(settings.store)
    return Mark(store=store, seq=seq, hash=digest, at=int(now.timestamp() * 1000))


def _unkept(path: Path, error: OSError) -> Problem:
    return Problem(
        code="checkpoint/unkept", fields={"path": str(path), "why": error.strerror or str(error)}
    )


def _asked(against: str, settings: "Settings") -> tuple["Head", ...]:
    from dispatcher.store.verify import Head  # noqa: PLC0415 - as above

    named = _HEAD.fullmatch(against.strip().lower())
    if named is not None:
        return (Head(seq=int(named[1]), hash=named[2]),)
    path = Path(against)
    if not path.is_file():
        raise BadInput(Problem(code="checkpoint/unreadable", fields={"value": against}))
    found = _kept(path, settings)
    if not found:
        raise BadInput(Problem(code="checkpoint/none", fields={"path": against}))
    return found


def _kept(path: Path, settings: "Settings") -> tuple["Head", ...]:
    from dispatcher.store.glance import trail_head  # noqa: PLC0415 - as above
    from dispatcher.store.verify import Head  # noqa: PLC0415 - as above

    store, *_ = trail_head(settings.store)
    try:
        marks = checkpoints_of(path, store)
    except OSError as error:
        raise StoreFault(unwritable(path, error)) from error
    return tuple(Head(seq=mark.seq, hash=mark.hash) for mark in marks)
