"""A home on disk: where it is, what lies in it, and how it is laid down."""

import errno
import os
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from dispatcher.errors import BadInput
from dispatcher.model.problem import Place, Problem


CONFIG = "config.yaml"

_PACKAGE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The paths of one home; the store's own path is a setting."""

    folder: Path

    @property
    def config(self) -> Path:
        return self.folder / CONFIG

    @property
    def rules(self) -> Path:
        return self.folder / "rules"

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def incoming(self) -> Path:
        return self.folder / "in"

    @property
    def var(self) -> Path:
        return self.folder / "var"

    @property
    def answers(self) -> Path:
        return self.var / "answers"

    @property
    def approvals(self) -> Path:
        """What was shown for approval, for the programs that open it."""
        return self.var / "approvals"

    @property
    def sinks(self) -> Path:
        return self.var / "sinks"

    @property
    def blobs(self) -> Path:
        return self.var / "blobs"

    @property
    def journal(self) -> Path:
        return self.var / "journal.jsonl"

    @property
    def saved(self) -> Path:
        """The day of the last backup."""
        return self.var / "last-backup"

    @property
    def stop(self) -> Path:
        """What people said of stopping (`stopping`)."""
        return self.var / "stop.json"

    @property
    def locks(self) -> Path:
        return self.var / "locks"

    @property
    def run_lock(self) -> Path:
        return self.var / "run.lock"


def shipped() -> Path:
    """The folder with the shipped rules, templates and example configuration.

    In a wheel they stand beside the code, in a checkout at the project's root.
    """
    packed = _PACKAGE / "shipped"
    return packed if packed.is_dir() else _PACKAGE.parent


def find_home(option: str, environ: Mapping[str, str], here: Path) -> Home:
    """The home that `--home`, `RELANCE_HOME` or `./config.yaml` names, in this order.

    Raises:
        BadInput: no `config.yaml` there.
    """
    named = option or environ.get("RELANCE_HOME", "")
    folder = (here / named).resolve() if named else here.resolve()
    home = Home(folder=folder)
    if not home.config.is_file():
        raise BadInput(Problem(code="home/none", fields={"folder": str(folder)}))
    return home


def lay_down(folder: Path) -> Home:
    """A new home with the shipped rules, templates and configuration, ready for the sandbox.

    Raises:
        BadInput: a home is there already, or the folder cannot be written.
    """
    home = Home(folder=folder.resolve())
    if home.config.exists():
        raise BadInput(Problem(code="home/exists", fields={"folder": str(home.folder)}))
    origin = shipped()
    try:
        for place in (home.incoming, home.answers, home.sinks, home.locks):
            place.mkdir(parents=True, exist_ok=True)
        home.var.chmod(0o700)
        for name in ("new", "cur", "tmp"):  # an empty mailbox: the example reads it
            (home.var / "mail" / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        shutil.copytree(origin / "rules", home.rules, dirs_exist_ok=True)
        shutil.copytree(origin / "templates", home.templates, dirs_exist_ok=True)
        _only_for_us(home.rules, home.templates, home.var)
        # Last, so that a half-laid home is not taken for one.
        shutil.copyfile(origin / "config.example.yaml", home.config)
    except OSError as error:
        raise BadInput(unwritable(home.folder, error)) from error
    return home


def _only_for_us(*folders: Path) -> None:
    """Nobody else on this machine reads what lies there."""
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o700 if path.is_dir() else 0o600)


#: What the operating system refuses with -> our code; all else is told in its own words.
_REFUSED: Mapping[int, str] = {
    errno.ENOENT: "home/no-file",
    errno.EACCES: "home/no-permission",
    errno.EPERM: "home/no-permission",
    errno.EROFS: "home/no-permission",
    errno.EISDIR: "home/is-folder",
    errno.ENOTDIR: "home/no-folder",
    errno.EEXIST: "home/no-folder",
    errno.ENOSPC: "home/no-room",
    errno.EDQUOT: "home/no-room",
}


def unwritable(path: Path, error: OSError) -> Problem:
    """The problem of a path that the operating system refuses."""
    code = _REFUSED.get(error.errno or 0, "home/file")
    why = {"why": error.strerror or str(error)} if code == "home/file" else {}
    return Problem(code=code, fields={"path": str(path), **why})


def bytes_of(path: Path) -> bytes:
    """The content of a file.

    Raises:
        BadInput: it cannot be read.
    """
    try:
        return path.read_bytes()
    except OSError as error:
        raise BadInput(unwritable(path, error)) from error


def steady(path: Path) -> tuple[bytes, datetime]:
    """The content of a file that nobody changed meanwhile, and when it was written.

    Raises:
        BadInput: it cannot be read, or is still being written.
    """
    try:
        before = path.stat()
        content = path.read_bytes()
        after = path.stat()
    except OSError as error:
        raise BadInput(unwritable(path, error)) from error
    if len(content) != after.st_size or _version(before) != _version(after):
        raise BadInput(Problem(code="run/changing", fields={"path": str(path)}))
    return content, datetime.fromtimestamp(after.st_mtime, UTC)


def _version(found: os.stat_result) -> tuple[int, ...]:
    return found.st_ino, found.st_size, found.st_mtime_ns


def texts(folder: Path, *endings: str) -> tuple[dict[str, bytes], tuple[Problem, ...]]:
    """Files under a folder by their path relative to it, in order of name.

    What cannot be read is a problem, and so is a link that leads out of the folder: what a home
    says stands in the home.
    """
    found, problems = dict[str, bytes](), list[Problem]()
    inside = folder.resolve()
    for path in sorted(folder.rglob("*")):
        name = path.relative_to(folder).as_posix()
        linked = path.is_symlink() and path.is_dir()
        if not linked and path.suffix not in endings:
            continue
        target = path.resolve()
        if linked or not target.is_relative_to(inside):
            fields = {"target": str(target)}
            problems.append(Problem(code="home/link", place=Place(file=name), fields=fields))
            continue
        try:
            found[name] = path.read_bytes()
        except OSError as error:
            problems.append(unwritable(path, error))
    return found, tuple(problems)
