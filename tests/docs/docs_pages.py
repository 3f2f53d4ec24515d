"""Pages of the documentation as data: their blocks, commands, and the files that they edit."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import yaml


ROOT: Final = Path(__file__).parents[2]
DOCS: Final = ROOT / "docs"

_BLOCK: Final = re.compile(
    r"(?:^<!-- (?P<deed>[a-z]+): (?P<target>[^>]+?) -->\n+)?"
    r"^```(?P<language>\w+)[^\n]*\n(?P<text>.*?)^```$",
    re.MULTILINE | re.DOTALL,
)
_EXIT: Final = re.compile(r"\s+# exit (\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A fenced block; `deed` and `target` stand in the comment before it: `<!-- file: a -->`."""

    language: str
    text: str
    deed: str
    target: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """One line after `$`, the exit code that it names, and the lines that stand below it."""

    words: str
    code: int
    shown: tuple[str, ...]


def blocks(path: Path) -> list[Block]:
    """The fenced blocks of a page in their order."""
    page = path.read_text("utf-8")
    return [
        Block(
            language=found["language"],
            text=found["text"],
            deed=found["deed"] or "",
            target=found["target"] or "",
            line=page.count("\n", 0, found.start()) + 1,
        )
        for found in _BLOCK.finditer(page)
    ]


def commands(block: Block) -> Iterator[Command]:
    """The commands of a console block."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        first, *shown = part.replace("\\\n", "").rstrip("\n").split("\n")
        code = _EXIT.search(first)
        words = _EXIT.sub("", first)
        yield Command(words=words, code=int(code[1]) if code else 0, shown=tuple(shown))


def is_shown(shown: tuple[str, ...], said: str) -> bool:
    """Whether these lines were said in this order; `...` stands for anything, also for lines."""
    wanted = "\n".join(" ".join(line.split()) for line in shown)
    pattern = re.escape(wanted).replace(re.escape("..."), ".*?")
    heard = "\n".join(" ".join(line.split()) for line in said.splitlines())
    return re.search(pattern, heard, re.DOTALL) is not None


def arguments(words: str) -> list[str]:
    """The arguments of a command of ours, as a shell would give them."""
    return shlex.split(words, comments=True)[1:]


def merge(path: Path, fragment: str) -> None:
    """Write a fragment into a file of the home, as a reader does who is told where it belongs.

    Maps merge by key, lists of entries with an `id` (or `override`) by it; all else is replaced.
    """
    _write(path, _merged(_texts(path.read_text("utf-8")), _texts(fragment)))


def replace_keys(path: Path, fragment: str) -> None:
    """Write the keys of a fragment in the place of those that the file has."""
    _write(path, {**_texts(path.read_text("utf-8")), **_texts(fragment)})


def shows(path: Path, fragment: str) -> bool:
    """Whether a fragment stands in that file as it is shown."""
    whole = _texts(path.read_text("utf-8"))
    return _merged(whole, _texts(fragment)) == whole


def _texts(text: str) -> dict[str, object]:
    """YAML with every scalar as the text that stands there, as relance reads it."""
    found = yaml.load(text, yaml.BaseLoader)
    assert isinstance(found, dict)
    return found


def _write(path: Path, value: object) -> None:
    text = yaml.dump(value, Dumper=_Plain, allow_unicode=True, sort_keys=False)
    path.write_text(text, encoding="utf-8")


class _Plain(yaml.SafeDumper):
    """Texts as they are, without the quotes that other readers of YAML would want."""


_Plain.yaml_implicit_resolvers = {}


def _merged(whole: object, part: object) -> object:
    if isinstance(whole, dict) and isinstance(part, dict) and not _is_condition(whole, part):
        return {**whole, **{key: _merged(whole.get(key), value) for key, value in part.items()}}
    ours, theirs = _by_id(whole), _by_id(part)
    return list((ours | theirs).values()) if ours and theirs else part


def _is_condition(whole: dict[str, object], part: dict[str, object]) -> bool:
    """Conditions are flat maps of facts, and what a reader writes anew is the whole of one.

    The settings of a channel are as flat, and a reader adds to them.
    """
    return "adapter" not in whole and all(
        isinstance(value, str) for value in (*whole.values(), *part.values())
    )


def _by_id(value: object) -> dict[str, object]:
    """The entries of a list by their ids; nothing where it is no such list."""
    entries = value if isinstance(value, list) else []
    named = {_id(entry): entry for entry in entries}
    return {} if "" in named else named


def _id(entry: object) -> str:
    return str(entry.get("id") or entry.get("override") or "") if isinstance(entry, dict) else ""
