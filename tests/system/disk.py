"""What a disk may hold after the power fails: a folder made again from a log of calls.

A synced file keeps what it held then. What was written since may be there, or be missing, each
write by itself. Names (of what is made, renamed, removed) are kept in their order and are on the
disk with the next sync of anything, as journalling file systems do it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from tests.system.strace import Call


#: Whether a write that nobody synced is on the disk all the same: the file, the write's number.
Survives = Callable[[Path, int], bool]

#: A write at a place, or the length a file is cut to.
Change = tuple[int, bytes] | int

SYNCS: Final = ("fsync", "fdatasync")


@dataclass(slots=True)
class File:
    """What is synced, and what was changed since."""

    synced: bytes = b""
    since: list[Change] = field(default_factory=list)

    def held(self, survives: Callable[[int], bool] = lambda _number: True) -> bytes:
        content = bytearray(self.synced)
        for number, change in enumerate(self.since):
            if not survives(number):
                continue
            match change:
                case int():
                    del content[change:]
                case (place, data):
                    content.extend(bytes(max(0, place - len(content))))
                    content[place : place + len(data)] = data
        return bytes(content)

    def sync(self) -> None:
        self.synced, self.since = self.held(), []


class Disk:
    """A home as its disk had it, call by call."""

    def __init__(self, before: Path, home: Path) -> None:
        self._home = home
        self._names: dict[Path, File | None] = {}  # None: a folder
        for path in sorted(before.rglob("*")):
            kept = File(synced=path.read_bytes()) if path.is_file() else None
            self._names[path.relative_to(before)] = kept
        self._on_disk = dict(self._names)
        self._open: dict[int, tuple[File, int | None]] = {}  # None: it appends

    def see(self, call: Call) -> None:
        """One more call, whatever it is about."""
        match call.name:
            case "openat":
                self._opened(call)
            case "write" | "writev" | "pwrite64" | "ftruncate":
                self._changed(call)
            case "fsync" | "fdatasync":
                self._synced(call)
            case "mkdir" | "mkdirat":
                self._named(call, lambda path: self._names.update({path: None}))
            case "unlink" | "unlinkat" | "rmdir":
                self._named(call, lambda path: self._names.pop(path, None))
            case "rename" | "renameat" | "renameat2" | "link" | "linkat":
                self._moved(call)

    def lay_down(self, folder: Path, survives: Survives, *, names: bool) -> None:
        """The home after a power cut now; `names`: with the names that are not synced."""
        folder.mkdir()
        for path, file in sorted((self._names if names else self._on_disk).items()):
            place = folder / path
            if file is None:
                place.mkdir(exist_ok=True)
            else:
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_bytes(file.held(lambda number, path=path: survives(path, number)))  # type: ignore[misc]
                place.chmod(0o600)

    def _inside(self, path: str) -> Path | None:
        place = Path(path)
        return place.relative_to(self._home) if place.is_relative_to(self._home) else None

    def _opened(self, call: Call) -> None:
        path = self._inside(call.texts[-1].decode())
        if path is None or not ("O_WRONLY" in call.words or "O_RDWR" in call.words):
            return
        file = self._names.get(path)
        if file is None:
            file = self._names[path] = File()
        if "O_TRUNC" in call.words:
            file.since.append(0)
        self._open[call.result] = (file, None if "O_APPEND" in call.words else 0)

    def _changed(self, call: Call) -> None:
        path = self._inside(call.path.removesuffix(" (deleted)"))
        if path is None:
            return
        file, place = self._open.get(call.descriptor, (None, None))
        named = self._names.get(path)
        if named is not None and named is not file:  # a descriptor that is a copy of another
            file, place = named, len(named.held())
        assert file is not None, call
        if call.name == "ftruncate":
            file.since.append(int(call.words.rpartition(",")[2]))
        elif call.name == "pwrite64":
            file.since.append((int(call.words.rpartition(",")[2]), call.data))
        else:
            data = b"".join(call.texts[1:])[: call.result]
            file.since.append((len(file.held()) if place is None else place, data))
            self._open[call.descriptor] = (file, None if place is None else place + len(data))

    def _synced(self, call: Call) -> None:
        path = self._inside(call.path)
        if path is None:
            return
        file = self._names.get(path)
        if file is not None:
            file.sync()
        self._on_disk = dict(self._names)

    def _named(self, call: Call, change: Callable[[Path], object]) -> None:
        (place,) = _places(call)
        path = self._inside(place)
        if path is not None:
            change(path)

    def _moved(self, call: Call) -> None:
        old, new = (self._inside(place) for place in _places(call))
        if old is None or new is None:
            return
        self._names[new] = self._names[old]
        if call.name.startswith("rename") and old != new:
            del self._names[old]


def _places(call: Call) -> Sequence[str]:
    """The paths of a call; those of `...at` stand each behind its folder."""
    texts = [each.decode() for each in call.texts]
    if call.name.endswith(("at", "at2")):
        return [str(Path(a) / b) for a, b in zip(texts[::2], texts[1::2], strict=False)]
    return texts
