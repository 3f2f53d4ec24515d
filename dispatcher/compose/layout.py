"""The HTML layout around a compiled body, with its CSS written into the elements."""

import re

from css_inline import CSSInliner, InlineError

from dispatcher.compose.environment import html_environment
from dispatcher.compose.tags import WORD, Tag, TagKind, hide_tags


#: Used where a language has no `_layout/email.html.j2`.
BARE = '<!doctype html><html lang="{{ lang }}"><body>{{ content }}</body></html>'

_CONTENT = "content"
_COMMENT = re.compile(rf"<!--({WORD.pattern})-->")
_INLINER = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


class LayoutError(ValueError):
    """The layout does not name its content once, or holds a tag where HTML allows none."""


def lay_out(content: str, layout: str) -> str:
    """One Jinja source of a whole HTML e-mail: the layout around a fragment, its CSS inlined.

    Raises:
        LayoutError: see there.
        jinja2.TemplateSyntaxError: the tags cannot be told apart.
    """
    page = hide_tags(_filled(content, layout), html_environment())
    try:
        inlined = _INLINER.inline(page.text)
    except InlineError as error:
        raise LayoutError(str(error)) from None
    if WORD.findall(inlined) != WORD.findall(page.text):
        raise LayoutError("a tag stands where HTML allows none")
    return page.restore(_COMMENT.sub(r"\1", inlined))


def _filled(content: str, layout: str) -> str:
    """The layout with its content in place and its statements in comments."""
    frame = hide_tags(layout, html_environment())
    if [tag.code for tag in frame.tags.values()].count(_CONTENT) != 1:
        raise LayoutError("it prints {{ content }} other than once")

    def write(tag: Tag) -> str:
        if tag.code == _CONTENT:
            return content
        return f"<!--{tag.jinja}-->" if tag.kind is TagKind.STATEMENT else tag.jinja

    return frame.restore(frame.text, write)
