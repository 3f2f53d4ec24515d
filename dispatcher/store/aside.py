"""Frames that wait on the disk: a day of ten million cases is decided in ranges of debtors.

The files have no name: whatever happens to the process, nothing is left of them.
"""

import weakref
from pathlib import Path
from tempfile import TemporaryFile

import polars as pl

from dispatcher.store.faults import disk_faults


class SetAside:
    """A frame on the disk in a folder, until nobody asks for it any more.

    Raises:
        StoreFault: the disk failed.
    """

    def __init__(self, frame: pl.DataFrame, *, folder: Path) -> None:
        self._folder = folder
        with disk_faults(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with the last asker
            weakref.finalize(self, self._file.close)
            frame.write_ipc(self._file, compression="lz4")
            self._file.flush()

    def __call__(self) -> pl.DataFrame:
        """The frame, read anew."""
        with disk_faults(self._folder):
            self._file.seek(0)
            return pl.read_ipc(self._file)
