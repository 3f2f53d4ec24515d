"""A template's Jinja tags as opaque words, so that Markdown and CSS can be read around them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from jinja2 import Environment


class TagKind(Enum):
    """What a tag does to the text around it."""

    VALUE = auto()
    STATEMENT = auto()
    TABLE = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Tag:
    """One `{{ }}` or `{% %}`: the code between the braces, its first word, its line."""

    kind: TagKind
    code: str
    line: int

    @property
    def keyword(self) -> str:
        return self.code.split(None, 1)[0] if self.code else ""

    @property
    def jinja(self) -> str:
        return (
            f"{{% {self.code} %}}" if self.kind is TagKind.STATEMENT else f"{{{{ {self.code} }}}}"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Opaque:
    """A source whose tags became words; `tags` gives each word its tag."""

    text: str
    tags: Mapping[str, Tag]

    def restore(self, text: str, write: Callable[[Tag], str] = lambda tag: tag.jinja) -> str:
        """The text with its words turned back into tags."""
        return WORD.sub(lambda found: write(self.tags[found.group()]), text)


# Letters and digits only: nothing that Markdown, HTML or a URL would change.
WORD = re.compile(r"Qj\d+jQ")

_TABLE = re.compile(r'table\(\s*(["\'])([^"\']*)\1\s*\)\Z')


def table_name(tag: Tag) -> str:
    """The name in `table("name")`, or an empty text."""
    found = _TABLE.match(tag.code)
    return found.group(2) if found else ""


def hide_tags(source: str, environment: Environment) -> Opaque:
    """Replace each tag by a word; comments vanish.

    Raises:
        jinja2.TemplateSyntaxError: the tags cannot be told apart.
    """
    # A source that holds such a word itself would be taken for a tag.
    source = WORD.sub(lambda found: found.group()[0] + "\u200b" + found.group()[1:], source)
    out: list[str] = []
    tags: dict[str, Tag] = {}
    code: list[str] = []
    for line, token, value in environment.lex(source):
        if token == "data":  # noqa: S105 - a kind of token
            out.append(value)
        elif token in {"variable_begin", "block_begin"}:
            code = []
        elif token in {"variable_end", "block_end"}:
            word = f"Qj{len(tags)}jQ"
            tags[word] = _tag("".join(code).strip(), token, line)
            out.append(word)
        elif not token.startswith(("comment", "linecomment", "raw")):
            code.append(value)
    return Opaque(text="".join(out), tags=tags)


def _tag(code: str, token: str, line: int) -> Tag:
    if token == "block_end":  # noqa: S105 - a kind of token
        return Tag(kind=TagKind.STATEMENT, code=code, line=line)
    kind = TagKind.TABLE if _TABLE.match(code) else TagKind.VALUE
    return Tag(kind=kind, code=code, line=line)
