"""Rules as they stood or stand: a file, a folder, a home, or a revision that git keeps.

Git is only asked (`rev-parse`, `ls-tree`, `cat-file`); the working tree stays as it is.
"""

import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from typing import Final

from dispatcher.errors import BadInput
from dispatcher.home import CONFIG, bytes_of, texts
from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Scalar
from dispatcher.nodes.read import decode, read_yaml


RULES: Final = "rules"
ENDINGS: Final = (".yaml", ".yml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The texts of rules by file name, and what they were asked for as.

    `folder` is what a person calls their place, `file` the one that was named alone; else empty.
    `problems` are files that cannot be read.
    """

    name: str
    folder: str
    texts: Mapping[str, str]
    problems: tuple[Problem, ...] = ()
    file: str = ""

    @property
    def policy(self) -> str:
        """The policy in the file that was named alone; empty: there is none."""
        return _policy(self.file, self.texts.get(self.file, ""))

    @property
    def has_vocabulary(self) -> bool:
        """Whether a file says what facts there are."""
        return any("\nfacts:" in f"\n{text}" for text in self.texts.values())


def rules_at(named: str, *, home: Path | None, here: Path) -> Rules:
    """The rules that an argument names: a path, `REVISION` or `REVISION:PATH`.

    Of a revision alone the rules of the home are read, else those of the working folder.

    Raises:
        BadInput: there is nothing of that name, or it holds no rules.
    """
    path = here / named
    found = _on_disk(path, named) if path.exists() else _in_git(named, home=home, here=here)
    if not found.texts and not found.problems:
        raise BadInput(Problem(code="diff/no-rules", fields={"value": named}))
    return found


def completed(rules: Rules, other: Rules, home: Path | None) -> Rules:
    """A file that was named alone, with its vocabulary and parents.

    They are its neighbours, else the other side's, else the home's; another file of the same
    policy, or of the other side's, is left out.
    """
    if not rules.file:
        return rules
    around = rules.texts
    if not rules.has_vocabulary:
        around = other.texts if other.has_vocabulary or home is None else _around(home)
    mine = {rules.policy, other.policy if other.file else ""} - {""}
    kept = {
        name: text
        for name, text in around.items()
        if name != rules.file and _policy(name, text) not in mine
    }
    if "\nfacts:" in f"\n{rules.texts[rules.file]}":
        kept = {name: text for name, text in kept.items() if "\nfacts:" not in f"\n{text}"}
    return replace(rules, texts={**kept, rules.file: rules.texts[rules.file]})


def _around(home: Path) -> Mapping[str, str]:
    return _decoded(texts(home / RULES, *ENDINGS)[0], "")[0]


def _policy(name: str, text: str) -> str:
    top = None if not text else read_yaml(text, file=name)[0]
    said = None if top is None or name.endswith(".test.yaml") else top.get("policy")
    return said.text if isinstance(said, Scalar) else ""


# -- on disk --------------------------------------------------------------------------------------


def _on_disk(path: Path, named: str) -> Rules:
    if path.is_file():
        around, _ = texts(path.parent, *ENDINGS)
        near = {name: content for name, content in around.items() if "/" not in name}
        shown = str(PurePosixPath(named).parent)
        found, problems = _decoded({**near, path.name: bytes_of(path)}, shown)
        return Rules(name=named, folder=shown, texts=found, problems=problems, file=path.name)
    folder, shown = (path / RULES, f"{named}/{RULES}") if _is_home(path) else (path, named)
    contents, unread = texts(folder, *ENDINGS)
    found, problems = _decoded(contents, shown)
    return Rules(
        name=named, folder=shown, texts=found, problems=(*placed(unread, shown), *problems)
    )


def _is_home(path: Path) -> bool:
    return (path / CONFIG).is_file() and (path / RULES).is_dir()


def _decoded(
    contents: Mapping[str, bytes], folder: str
) -> tuple[dict[str, str], tuple[Problem, ...]]:
    found, problems = dict[str, str](), list[Problem]()
    for name, content in contents.items():
        text, wrong = decode(content, file=name)
        problems += placed(wrong, folder)
        if text is not None:
            found[name] = text
    return found, tuple(problems)


def placed(problems: tuple[Problem, ...], folder: str) -> tuple[Problem, ...]:
    """The problems with their files named from where the rules were asked for."""

    def moved(place: Place | None) -> Place | None:
        return None if place is None else replace(place, file=called(place.file, folder))

    return tuple(
        replace(each, place=moved(each.place), second=moved(each.second)) for each in problems
    )


def called(file: str, folder: str) -> str:
    """A file's name from where the rules were asked for: `main:rules` keeps its colon."""
    if folder in {"", "."}:
        return file
    return f"{folder}{file}" if folder.endswith((":", "/")) else f"{folder}/{file}"


# -- in git ---------------------------------------------------------------------------------------


def _in_git(named: str, *, home: Path | None, here: Path) -> Rules:
    revision, colon, path = named.partition(":")
    where = here if colon else home or here
    if revision.startswith("-") or _id(where, f"{revision or '-'}^{{commit}}") is None:
        raise BadInput(Problem(code="diff/nothing", fields={"value": named}))
    asked = [path] if colon else [f"./{RULES}"] if home is not None else [f"./{RULES}", "./"]
    found = next((each for each in asked if _id(where, f"{revision}:{each}") is not None), None)
    if found is None:
        fields = {"value": named, "path": asked[0], "revision": revision}
        raise BadInput(Problem(code="diff/no-path", fields=fields))
    shown = named if colon else f"{named}:{found.removeprefix('./')}"
    if _kind(where, f"{revision}:{found}") == "blob":
        return _one_in_git(where, revision, found, named)
    contents = _contents(where, f"{revision}:{found}")
    decoded, problems = _decoded(contents, shown)
    return Rules(name=named, folder=shown, texts=decoded, problems=problems)


def _one_in_git(where: Path, revision: str, path: str, named: str) -> Rules:
    """A file that was named alone, with its neighbours."""
    file = PurePosixPath(path)
    folder = "" if str(file.parent) == "." else str(file.parent)
    near = f"./{folder}" if path.startswith("./") else folder
    contents = _contents(where, f"{revision}:{near}")
    around = {name: content for name, content in contents.items() if "/" not in name}
    shown = f"{revision}:{folder}"
    found, problems = _decoded(around, shown)
    return Rules(name=named, folder=shown, texts=found, problems=problems, file=file.name)


def _contents(where: Path, tree: str) -> dict[str, bytes]:
    """The files of rules of a tree by their path in it; of a home those of its rules.

    Links and other repositories are left out.
    """
    listed = _git(where, "ls-tree", "-r", "-z", "--full-tree", _id(where, tree) or "") or b""
    blobs = {}
    for line in listed.split(b"\0"):
        about, _, name = line.partition(b"\t")
        if about.startswith(b"100"):
            blobs[name.decode("utf-8", "replace")] = about.split()[2].decode()
    inside = f"{RULES}/"
    if CONFIG in blobs and any(name.startswith(inside) for name in blobs):
        blobs = {n.removeprefix(inside): blob for n, blob in blobs.items() if n.startswith(inside)}
    wanted = sorted(name for name in blobs if name.endswith(ENDINGS))
    return {name: _git(where, "cat-file", "blob", blobs[name]) or b"" for name in wanted}


def _id(where: Path, named: str) -> str | None:
    """The id of an object of git, or None: there is none."""
    said = _git(where, "rev-parse", "--quiet", "--verify", named)
    return None if said is None else said.decode().strip()


def _kind(where: Path, named: str) -> str:
    return (_git(where, "cat-file", "-t", named) or b"").decode().strip()


def _git(where: Path, *arguments: str) -> bytes | None:
    """What git says, or None where it refuses or is not there."""
    program = shutil.which("git")
    if program is None:
        return None
    done = subprocess.run(  # noqa: S603 - git alone, and no argument is an option of its own
        [program, "-C", str(where), *arguments], capture_output=True, check=False
    )
    return done.stdout if done.returncode == 0 else None
