"""A report in parts, for the terminal or for a pull request: lines, and tables under a title."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from dispatcher.cli.say import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Lines, then a table where there are rows; `right` names the columns of figures."""

    title: str = ""
    lines: tuple[str, ...] = ()
    headings: tuple[str, ...] = ()
    rows: Sequence[tuple[str, ...]] = ()
    right: tuple[int, ...] = ()


def as_text(speaker: Speaker, sections: Iterable[Section]) -> None:
    """On the terminal."""
    for number, section in enumerate(sections):
        if number:
            speaker.line()
        for line in (section.title, *section.lines):
            if line:
                speaker.line(line)
        if section.rows:
            speaker.table(section.headings, section.rows, right=section.right)


def as_markdown(speaker: Speaker, sections: Iterable[Section]) -> None:
    """As a page that code hosts show."""
    for number, section in enumerate(sections):
        if number:
            speaker.line()
        if section.title:
            speaker.line(f"### {section.title}")
            speaker.line()
        for line in section.lines:
            speaker.line(f"- {line}")
        if section.rows:
            _table(speaker, section)


def _table(speaker: Speaker, section: Section) -> None:
    if section.lines:
        speaker.line()
    speaker.line(_row(section.headings))
    places = range(len(section.headings))
    speaker.line(_row(["---:" if place in section.right else "---" for place in places]))
    for row in section.rows:
        speaker.line(_row([cell.replace("|", "\\|") for cell in row]))


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
