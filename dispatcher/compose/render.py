"""One message from a template and its data: parts by name, or the problem that keeps it back."""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from jinja2 import Template, TemplateError, UndefinedError

from dispatcher.compose.contact import Data
from dispatcher.compose.gsm import gsm_text
from dispatcher.compose.library import KIND_OF_CHANNEL, Library, Sheet
from dispatcher.model.problem import Problem


#: Characters of one part; a letter of 200 invoices has 60,000.
LIMITS = {"subject": 250, "sms": 1_000, "text": 500_000, "html": 2_000_000, "tree": 2_000_000}


class NotRendered(Exception):
    """This one message cannot be made; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    template: str
    channel: str
    lang: str

    def refuse(self, code: str, **fields: str) -> NotRendered:
        return NotRendered(Problem(code=code, fields={"template": self.template, **fields}))


def render(
    library: Library, template: str, *, channel: str, tone: str, lang: str, data: Data
) -> Mapping[str, str]:
    """The parts of one message, checked.

    E-mail: `subject`, `text`, `html`. Letter: `subject`, `text`, `tree` (JSON). SMS: `sms`. Call
    and visit: `script`.

    Raises:
        NotRendered: no words for it, a value is missing, or a part must not be sent.
    """
    asked = _Asked(template=template, channel=channel, lang=lang)
    sheet = library.sheet(template, channel=channel, tone=tone, lang=lang)
    if sheet is None:
        raise asked.refuse("template/no-words", channel=channel, lang=lang)
    try:
        parts = _PARTS[channel](sheet, data)
    except UndefinedError as error:
        raise asked.refuse("template/undefined", detail=str(error.message)) from None
    except MemoryError:
        raise
    except (TemplateError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise asked.refuse("template/failed", detail=f"{type(error).__name__}: {error}") from None
    for part, text in parts.items():
        _check(asked, part, text)
    return parts


# -- parts --------------------------------------------------------------------------------------

_SPACES = re.compile(r"[ \t\r\n]+")


def _email(sheet: Sheet, data: Data) -> dict[str, str]:
    subject = _subject(sheet, data)
    html = sheet.html.render({**data, "subject": subject, "lang": sheet.lang})
    return {"subject": subject, "text": _text(sheet.text, data), "html": html}


def _letter(sheet: Sheet, data: Data) -> dict[str, str]:
    tree = json.dumps(json.loads(sheet.tree.render(data)), ensure_ascii=False)
    return {"subject": _subject(sheet, data), "text": _text(sheet.words, data), "tree": tree}


def _sms(sheet: Sheet, data: Data) -> dict[str, str]:
    return {"sms": gsm_text(_SPACES.sub(" ", sheet.plain.render(data)).strip())}


def _script(sheet: Sheet, data: Data) -> dict[str, str]:
    return {"script": _text(sheet.words, data)}


def _subject(sheet: Sheet, data: Data) -> str:
    return _SPACES.sub(" ", sheet.subject.render(data)).strip()


def _text(template: Template, data: Data) -> str:
    text = template.render(data)
    while "\n\n\n" in text:  # quicker than an expression over the whole text
        text = text.replace("\n\n\n", "\n\n")
    return text.strip() + "\n"


_PARTS: Mapping[str, Callable[[Sheet, Data], dict[str, str]]] = {
    "email": _email,
    "letter": _letter,
    "registered_letter": _letter,
    "sms": _sms,
    "call": _script,
    "visit": _script,
}
assert _PARTS.keys() == KIND_OF_CHANNEL.keys()  # noqa: S101 - two tables of one thing


# -- checks -------------------------------------------------------------------------------------

#: Controls, direction overrides, halves of surrogate pairs, non-characters.
UNPRINTABLE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_UNSAFE = re.compile(r"=\?|[\x00-\x1f\x7f-\x9f]")


def _check(asked: _Asked, part: str, text: str) -> None:
    limit = LIMITS.get(part, LIMITS["text"])
    if len(text) > limit:
        raise asked.refuse("template/too-long", part=part, length=str(len(text)), limit=str(limit))
    if not text.strip():
        raise asked.refuse("template/empty", part=part)
    # The HTML part has the values of the text part, and the layout's characters are the author's.
    found = None if part in {"html", "tree"} else UNPRINTABLE.search(text)
    if found:
        raise asked.refuse("template/unprintable", part=part, character=_named(found.group()))
    unsafe = _UNSAFE.search(text) if part == "subject" else None
    if unsafe:
        raise asked.refuse("template/unsafe-subject", character=unsafe.group())


def _named(character: str) -> str:
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".strip()
