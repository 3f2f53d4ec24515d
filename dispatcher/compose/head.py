"""The head of a template file: its subject and what else it declares, between two lines `---`."""

import re
from dataclasses import dataclass

from dispatcher.compose.check import Source, check
from dispatcher.compose.context import CONTEXT
from dispatcher.model.problem import Place, Problem
from dispatcher.nodes.node import Entry, Map, Scalar
from dispatcher.nodes.node import Sequence as NodeList
from dispatcher.nodes.read import read_yaml
from dispatcher.problems.suggest import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """`subject` is a Jinja text; `legal_effect` a property of the whole template.

    `attach` names what goes with an e-mail, among `ATTACHABLE`; what is in `require` too must be
    there, or the message is kept back. With `same_subject` a further e-mail of a conversation has
    the subject of its first one, so that every mail program shows them together.
    """

    subject: str = ""
    legal_effect: bool = False
    same_subject: bool = False
    attach: tuple[str, ...] = ()
    require: tuple[str, ...] = ()


_HEAD = re.compile(r"---[ \t]*\n(.*?)^---[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_FLAGS = {"yes": True, "no": False}
_KEYS = ("subject", "legal_effect", "same_subject", "attach", "require")

INVOICES, STATEMENT = "invoices", "statement"

#: What may go with an e-mail: the invoices that it claims as PDF, the account as CSV.
ATTACHABLE = (INVOICES, STATEMENT)


def read_head(
    text: str, *, file: str, wanted: bool
) -> tuple[Head | None, Source, tuple[Problem, ...]]:
    """Head, body and problems of a file; a head is `wanted` where there must be a subject."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
    found = _HEAD.match(text)
    if found is None:
        whole = Source(text=text, file=file)
        if not wanted:
            return Head(), whole, ()
        place = Place(file=file, line=1, column=1)
        return None, whole, (Problem(code="template/head", place=place),)
    body = Source(text=text[found.end() :], file=file, line=text.count("\n", 0, found.end()) + 1)
    # The line of the opening --- is kept as an empty one, so that places are the file's.
    top, problems = read_yaml("\n" + found[1], file=file)
    if top is None:
        return None, body, problems
    head, more = _read(top, file, wanted=wanted)
    return head, body, (*problems, *more)


def _read(top: Map, file: str, *, wanted: bool) -> tuple[Head, tuple[Problem, ...]]:
    problems = [_unknown(entry) for entry in top if entry.key not in _KEYS]
    subject, about_subject = _subject(top.entries.get("subject"), file, wanted=wanted)
    legal, about_legal = _flag(top.entries.get("legal_effect"))
    same, about_same = _flag(top.entries.get("same_subject"))
    attach, about_attach = _names(top.entries.get("attach"))
    require, about_require = _names(top.entries.get("require"))
    head = Head(
        subject=subject,
        legal_effect=legal,
        same_subject=same,
        attach=tuple(dict.fromkeys((*attach, *require))),
        require=require,
    )
    return head, (
        *problems,
        *about_subject,
        *about_legal,
        *about_same,
        *about_attach,
        *about_require,
    )


def _subject(entry: Entry | None, file: str, *, wanted: bool) -> tuple[str, tuple[Problem, ...]]:
    if entry is None:
        place = Place(file=file, line=1, column=1)
        missing = Problem(code="template/no-subject", place=place)
        return "", ((missing,) if wanted else ())
    if not isinstance(entry.value, Scalar):
        return "", (_wrong(entry, "one line of text"),)
    value = entry.value
    column = value.place.column + (1 if value.quoted else 0)
    source = Source(text=value.text, file=file, line=value.place.line, column=column)
    return value.text, check(source, CONTEXT)


def _flag(entry: Entry | None) -> tuple[bool, tuple[Problem, ...]]:
    if entry is None:
        return False, ()
    if not isinstance(entry.value, Scalar) or entry.value.text not in _FLAGS:
        return False, (_wrong(entry, "yes / no"),)
    return _FLAGS[entry.value.text], ()


def _names(entry: Entry | None) -> tuple[tuple[str, ...], tuple[Problem, ...]]:
    """One name of `ATTACHABLE`, or a list of them."""
    match None if entry is None else entry.value:
        case Scalar() as one:
            names = [one.text]
        case NodeList() as many if all(isinstance(each, Scalar) for each in many):
            names = [each.text for each in many if isinstance(each, Scalar)]
        case _:
            names = [""]
    if entry is None:
        return (), ()
    if not set(names) <= set(ATTACHABLE):
        return (), (_wrong(entry, " / ".join(ATTACHABLE)),)
    return tuple(names), ()


def _unknown(entry: Entry) -> Problem:
    return Problem(
        code="template/head-key",
        place=entry.key_place,
        fields={"key": entry.key},
        suggestion=nearest(entry.key, _KEYS),
    )


def _wrong(entry: Entry, wanted: str) -> Problem:
    fields = {"key": entry.key, "wanted": wanted}
    return Problem(code="template/head-value", place=entry.value.place, fields=fields)
