"""Engines that keep what they have compiled: a fork inherits them, and dies so much the sooner.

Every world lies in the same place, so an engine of one is an engine of all. Only one at a time has
it; whoever opens the store besides gets a new one.
"""

import gc
from collections.abc import Callable
from pathlib import Path
from typing import Final

from sqlalchemy import Engine

import dispatcher.store.open
from dispatcher.store.connection import Store, engine_of


class Lender:
    """Gives out engines by path, each to one store at a time."""

    def __init__(self) -> None:
        self._free: dict[Path, Engine] = {}
        self._lent: dict[int, Path] = {}

    def engine(self, path: Path) -> Engine:
        """One that is free, else a new one."""
        engine = self._free.pop(path, None) or engine_of(path)
        self._lent[id(engine)] = path
        return engine

    def closing(self, close: Callable[[Store], None]) -> Callable[[Store], None]:
        """`Store.close`, after which its engine is free."""

        def closed(store: Store) -> None:
            close(store)
            path = self._lent.pop(id(store.engine), None)
            if path is not None:
                self._free[path] = store.engine

        return closed


def keep_engines() -> None:
    """From here on engines of this process outlive their stores."""
    lender: Final = Lender()
    setattr(dispatcher.store.open, "engine_of", lender.engine)  # noqa: B010 - not for its type
    setattr(Store, "close", lender.closing(Store.close))  # noqa: B010 - as above


def stay_put() -> None:
    """Forks look at what is here and never clean it up: that would copy all of its memory."""
    gc.collect()
    gc.freeze()
    gc.disable()
