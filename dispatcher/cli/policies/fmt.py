"""`relance fmt`: policies, vocabulary and test files written one way, comments kept."""

import contextlib
import os
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked, checked_speaker
from dispatcher.errors import BadInput
from dispatcher.model.problem import Problem


if TYPE_CHECKING:
    from dispatcher.cli.say import Speaker
    from dispatcher.policy.terms import Rulebook


CHANGED: Final = 1
_SUFFIXES: Final = (".yaml", ".yml")
_RULES: Final = "rules"


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file with its text before and after."""

    path: Path
    before: str
    after: str

    @property
    def changes(self) -> bool:
        return self.before != self.after


def fmt(
    files: Annotated[
        list[Path] | None,
        typer.Argument(help="Files or folders; without them the rules.", metavar="[FILES]"),
    ] = None,
    check: Annotated[
        bool, typer.Option("--check", help="Only say which files would change (exit 1).")
    ] = False,
    diff: Annotated[bool, typer.Option("--diff", help="Only show what would change.")] = False,
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Write rules one way: order of keys, spelling of values, blank lines; comments stay."""
    if files:
        speaker, paths = checked_speaker(lang), files
    else:
        found, speaker = asked(home, lang)
        paths = [found.rules]
    read = _read(_chosen(paths))
    changed = [file for file in read if file.changes]
    if diff:
        _show_diff(speaker, changed)
    if check:
        for file in changed:
            speaker.say("fmt/would", file=_named(file.path))
    elif not diff:
        for file in changed:
            _write(file)
            speaker.say("fmt/written", file=_named(file.path))
    name = "fmt/done" if changed else "fmt/as-it-is"
    speaker.note(name, count=len(read), changed=len(changed))
    return CHANGED if changed and (check or diff) else 0


def _chosen(paths: Sequence[Path]) -> list[Path]:
    """The files named, and those of the folders named, each once."""
    chosen: dict[Path, None] = {}
    for path in paths:
        chosen |= dict.fromkeys(_inside(path) if path.is_dir() else [path])
    wrong = [path for path in chosen if path.suffix not in _SUFFIXES or not path.is_file()]
    if wrong:
        fields = [{"path": _named(path)} for path in wrong]
        raise BadInput([Problem(code="fmt/no-file", fields=each) for each in fields])
    return list(chosen)


def _inside(folder: Path) -> list[Path]:
    return sorted(each for suffix in _SUFFIXES for each in folder.rglob(f"*{suffix}"))


def _read(paths: Sequence[Path]) -> list[_File]:
    """Every file before and after.

    Raises:
        Unusable: a file has problems; nothing was written, not even the others.
    """
    from dispatcher.writings import Unusable  # noqa: PLC0415 - heavy, and not for --help

    files, problems, sources = [], list[Problem](), dict[str, str]()
    for path in paths:
        text, after, wrong = _formatted(path)
        problems += wrong
        sources[_named(path)] = text
        files.append(_File(path=path, before=text, after=after))
    problems += [] if problems else _wrong(files)
    if problems:
        raise Unusable(problems, sources)
    return files


def _wrong(files: Sequence[_File]) -> list[Problem]:
    """The errors that these files have as policies, beside the others of their folder."""
    from dispatcher.model.problem import Level  # noqa: PLC0415 - as above
    from dispatcher.policy.read import read_rules  # noqa: PLC0415 - as above
    from dispatcher.problems.registry import level  # noqa: PLC0415 - as above

    found: list[Problem] = []
    own = {_named(file.path): file for file in files}
    for folder in {_top(file.path) for file in files}:
        before = _beside(folder)
        rulebook, problems = read_rules(before)
        found += [
            problem
            for problem in problems
            if level(problem) is Level.ERROR and problem.place and problem.place.file in own
        ]
        after = {name: own[name].after if name in own else text for name, text in before.items()}
        same = _meaning(rulebook) == _meaning(read_rules(after)[0])
        assert same, "fmt would change a meaning; nothing was written"  # noqa: S101 - our defect
    return found


def _meaning(rulebook: "Rulebook | None") -> object:
    """What must be the same afterwards: the content of every policy, and the facts."""
    if rulebook is None:
        return None
    hashes = {name: policy.hash for name, policy in rulebook.policies.items()}
    return hashes, [replace(fact, place=None) for fact in rulebook.facts.values()]


def _beside(folder: Path) -> dict[str, str]:
    """The texts of all files of a folder of rules, by the names that problems show."""
    from dispatcher.home import bytes_of  # noqa: PLC0415 - as above
    from dispatcher.nodes.read import decode  # noqa: PLC0415 - as above

    texts = {}
    for path in _inside(folder):
        text, _ = decode(bytes_of(path), file=_named(path))
        if text is not None:
            texts[_named(path)] = text
    return texts


def _formatted(path: Path) -> tuple[str, str, tuple[Problem, ...]]:
    from dispatcher.home import bytes_of  # noqa: PLC0415 - as above
    from dispatcher.nodes.read import decode  # noqa: PLC0415 - as above
    from dispatcher.policy.formatting import formatted  # noqa: PLC0415 - as above

    content = bytes_of(path)
    text, unread = decode(content, file=_named(path))
    if text is None:
        return "", "", unread
    mark = "\ufeff" if content.startswith(b"\xef\xbb\xbf") else ""
    after, wrong = formatted(mark + text, file=_named(path), schemas=_schemas(path))
    return mark + text, after or "", wrong


def _schemas(path: Path) -> str:
    """The folder of the schemas, seen from the file: it lies in the top folder of the rules."""
    way = os.path.relpath(_top(path), path.resolve().parent)
    return ".schema" if way == "." else f"{Path(way).as_posix()}/.schema"


def _top(path: Path) -> Path:
    """The folder of the rules that the file belongs to; its own where none has that name."""
    above = path.resolve().parent
    return next((each for each in (above, *above.parents) if each.name == _RULES), above)


def _show_diff(speaker: "Speaker", files: Sequence[_File]) -> None:
    for file in files:
        name = _named(file.path)
        before, after = file.before.splitlines(), file.after.splitlines()
        for line in unified_diff(before, after, name, name, lineterm=""):
            speaker.line(line)


def _write(file: _File) -> None:
    """The new text in the place of the old one, whole or not at all, with the file's mode.

    Raises:
        BadInput: the folder cannot be written.
    """
    from dispatcher.home import unwritable  # noqa: PLC0415 - as above

    path = file.path.resolve()  # a link stays a link
    aside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with aside.open("xb") as written:
            written.write(file.after.encode("utf-8"))
            written.flush()
            os.fsync(written.fileno())
        aside.chmod(path.stat().st_mode & 0o7777)
        aside.replace(path)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink()
        raise BadInput(unwritable(path, error)) from error


def _named(path: Path) -> str:
    """The file as a person in this folder names it."""
    near = os.path.relpath(path)
    return str(path) if near.startswith("..") else Path(near).as_posix()
