"""What a reader does to the world while it reads: every file, socket and process is seen.

The hook of an interpreter stays for ever, so it looks away unless a fence stands.
"""

import os
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final


ROOT: Final = Path(__file__).resolve().parents[2]

#: What may be read whatever is being read: code, its data, time zones, and the process itself.
_READ: Final = tuple(
    os.path.realpath(each)
    for each in (ROOT, sys.prefix, sys.base_prefix, "/usr/share", "/proc/self", "/etc/mime.types")
)

#: Events that change a file: where a name stands among the arguments, and where the descriptor of
#: the folder that it is taken in, if it has one.
_CHANGES: Final = {
    "os.chmod": ((0, 2),),
    "os.link": ((0, 2), (1, 3)),
    "os.mkdir": ((0, 2),),
    "os.remove": ((0, 1),),
    "os.rename": ((0, 2), (1, 3)),
    "os.rmdir": ((0, 1),),
    "os.symlink": ((1, 2),),
    "os.truncate": ((0, 9),),
    "shutil.rmtree": ((0, 9),),
    "sqlite3.connect": ((0, 9),),
}
_PROGRAMS: Final = re.compile(
    r"os\.(exec|fork|forkpty|posix_spawn|spawn|system|startfile|kill)"
    r"|subprocess\.Popen|pty\.spawn|pickle\.find_class|ctypes\.(dlopen|dlsym)"
)
_LINES: Final = re.compile(r"socket\.(connect|bind|sendto|getaddrinfo|gethostbyname|sethostname)")


@dataclass(slots=True, kw_only=True)
class Fence:
    """What may be touched, and what was touched beyond it.

    `folder` may be read and written. `loopback`: this machine may be spoken to. A fence that is
    `closed` lets nothing beyond it happen and says nothing: what is named on a command line is
    refused like a file of another account.
    """

    folder: str
    loopback: bool = False
    closed: bool = False
    beyond: list[str] = field(default_factory=list)

    def seen(self, event: str, arguments: Sequence[Any]) -> None:
        """Judge one event of the interpreter."""
        if event == "open":
            self._opened(*arguments)
        elif event in _CHANGES:
            for place, inside in _CHANGES[event]:
                folder = arguments[inside] if inside < len(arguments) else None
                self._touched(event, _within(folder, arguments[place]), written=True)
        elif _LINES.fullmatch(event):
            self._called(event, arguments)
        elif _PROGRAMS.fullmatch(event):
            self._refuse(f"{event} {arguments!r}"[:200])

    def _opened(self, name: object, mode: str | None, flags: int) -> None:
        writes = any(letter in "wax+" for letter in mode or "")
        changing = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
        self._touched("open", name, written=writes or bool(flags & changing))

    def _touched(self, event: str, name: object, *, written: bool) -> None:
        if not isinstance(name, str | bytes | os.PathLike):  # a descriptor that was opened before
            return
        path = os.path.abspath(os.fsdecode(name))  # noqa: PTH100 - links are not followed yet
        if path == self.folder or path.startswith(f"{self.folder}{os.sep}") or path == os.devnull:
            return
        compiled = f"{os.sep}__pycache__{os.sep}" in path
        if not written or compiled:
            real = os.path.realpath(path)
            if any(real == each or real.startswith(f"{each}{os.sep}") for each in _READ):
                return
        self._refuse(f"{event} {path}")

    def _called(self, event: str, arguments: Sequence[Any]) -> None:
        place = arguments[1] if event in {"socket.connect", "socket.bind"} else arguments
        if self.loopback and isinstance(place, tuple) and place[0] == "127.0.0.1":
            return
        self._refuse(f"{event} {arguments!r}"[:200])

    def _refuse(self, what: str) -> None:
        if self.closed:
            raise PermissionError(13, "beyond the fence", what)
        self.beyond.append(what)


def _within(folder: object, name: object) -> object:
    """The name, by the folder whose descriptor was told beside it."""
    if not isinstance(folder, int) or folder < 0 or not isinstance(name, str):
        return name
    return str(Path(f"/proc/self/fd/{folder}").readlink() / name)


_standing: list[Fence] = []


class _Judge(threading.local):
    """Whether this thread is judging: what it does itself is not judged."""

    at_work = False


_judge = _Judge()


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    for fence in _standing[-1:]:
        if not _judge.at_work:
            _judge.at_work = True
            try:
                fence.seen(event, arguments)
            finally:
                _judge.at_work = False


_hooked: list[bool] = []


@contextmanager
def fenced(fence: Fence) -> Iterator[Fence]:
    """Within the block, every event of the interpreter is judged by this fence."""
    if not _hooked:
        sys.addaudithook(_hook)
        _hooked.append(True)
    _standing.append(fence)
    try:
        yield fence
    finally:
        _standing.remove(fence)


# -- memory --------------------------------------------------------------------------------------

_STATUS: Final = Path("/proc/self/status")


def forget_peak() -> int:
    """Begin anew to watch for the most memory that this process has held; what it holds now."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return _told("VmRSS")


def peak() -> int:
    """The most bytes that were held since `forget_peak`."""
    return _told("VmHWM")


def _told(name: str) -> int:
    found = re.search(rf"^{name}:\s+(\d+) kB", _STATUS.read_text("ascii"), re.MULTILINE)
    return 0 if found is None else int(found[1]) * 1024
