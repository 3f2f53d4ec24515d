"""What `relance diff` found, as text, as Markdown for a pull request, and as JSON."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from dispatcher.cli.policies.diffjson import show_json
from dispatcher.cli.policies.diffplans import portfolio_line, tables
from dispatcher.cli.policies.diffwords import Told, answered, changed_words, example, sample, where
from dispatcher.cli.say import Speaker
from dispatcher.prove.changes.answers_changed import MOST_REGIONS, Changed
from dispatcher.prove.changes.compare import Compared
from dispatcher.prove.changes.debtors_moved import Move
from dispatcher.prove.changes.settings_changed import Setting


__all__ = ["FORMS", "Told"]


# -- as text --------------------------------------------------------------------------------------


def show_text(speaker: Speaker, told: Told) -> None:
    """Everything in lines, one below the other."""
    _summary(speaker, told)
    for pair in told.differing:
        _policy(speaker, told, pair)
    _section(speaker, speaker.words("diff/vocabulary"), _settings(told.found.vocabulary, speaker))
    moves = (line for move in told.found.moves for line in _move(move, speaker, told))
    _section(speaker, speaker.words("diff/moves"), moves)
    if told.moved is not None:
        speaker.line()
        speaker.line(portfolio_line(speaker, told))
        for title, headings, rows, right in tables(speaker, told.moved):
            speaker.line()
            if title:
                speaker.line(title)
            speaker.table(headings, rows, right=right)


def _summary(speaker: Speaker, told: Told) -> None:
    for line in summary(speaker, told):
        speaker.line(line)


def summary(speaker: Speaker, told: Told) -> Iterator[str]:
    """The line above everything, and what is to be known of policies as a whole."""
    old, new = told.names
    if told.found.same and told.found.exact:
        yield speaker.words("diff/same", old=old, new=new)
    else:
        counts = {"answers": told.answers, "settings": len(told.settings)}
        yield speaker.words("diff/differs", old=old, new=new, **counts)
    if not told.found.exact:
        yield speaker.words("diff/not-proved")
    yield from (speaker.words("diff/added", policy=p.name) for p in told.found.added)
    yield from (speaker.words("diff/removed", policy=p.name) for p in told.found.removed)
    for pair in told.found.pairs:
        yield from _version(pair, speaker)


def _version(pair: Compared, speaker: Speaker) -> Iterator[str]:
    old, new = pair.old.version, pair.new.version
    if pair.same and old != new:
        yield speaker.words("diff/version", policy=pair.new.name, old=old, new=new)
    if not pair.same and old == new:
        yield speaker.words("diff/same-version", policy=pair.new.name, version=new)


def _section(speaker: Speaker, title: str, lines: Iterator[str]) -> None:
    found = list(lines)
    if found:
        speaker.line()
        speaker.line(title)
        for line in found:
            speaker.line(f"  {line}" if line else "")


def _policy(speaker: Speaker, told: Told, pair: Compared) -> None:
    versions = [pair.old.version, pair.new.version]
    title = f"{pair.new.name} {' → '.join(dict.fromkeys(versions))}"
    _section(speaker, title, _lines(speaker, told, pair))


def _lines(speaker: Speaker, told: Told, pair: Compared) -> Iterator[str]:
    for old, new in pair.renamings.items():
        yield speaker.words("diff/renamed", old=old, new=new)
    yield from _settings(pair.settings, speaker)
    begun = bool(pair.renamings or pair.settings)
    for change in pair.changes:
        if begun:
            yield ""
        begun = True
        yield from _change(speaker, told, pair, change)


def _change(speaker: Speaker, told: Told, pair: Compared, change: Changed) -> Iterator[str]:
    words = told.wording(pair, speaker.lang)
    same_rule = changed_words(change, speaker, words)
    if same_rule:
        yield speaker.words("diff/changed", text=same_rule)
    else:
        yield speaker.words("diff/before", text=answered(change.old, speaker, words))
        yield speaker.words("diff/after", text=answered(change.new, speaker, words))
    for region in change.regions:
        yield speaker.words("diff/where", text=where(region, words))
    if len(change.regions) == MOST_REGIONS:
        yield speaker.words("diff/more")
    yield speaker.words("diff/example", text=example(change, told))


def _settings(settings: Sequence[Setting], speaker: Speaker) -> Iterator[str]:
    none = speaker.words("diff/none")
    for each in settings:
        said = {"old": each.old or none, "new": each.new or none}
        yield speaker.words("diff/setting", name=each.name, **said)


def _move(move: Move, speaker: Speaker, told: Told) -> Iterator[str]:
    words = told.debtor_words(speaker.lang)
    yield " → ".join(_policies(names, speaker) for names in (move.old, move.new))
    for region in move.regions:
        yield speaker.words("diff/where", text=where(region, words))


def _policies(names: tuple[str, ...], speaker: Speaker) -> str:
    return " + ".join(names) or speaker.words("diff/no-policy")


# -- as Markdown ----------------------------------------------------------------------------------


def show_markdown(speaker: Speaker, told: Told) -> None:
    """A summary, a table of what differs, a table of what moves, and samples to open."""
    lines = list(summary(speaker, told))
    speaker.line(f"**{_cell(lines[0])}**")
    for line in lines[1:]:
        speaker.line(f"\n{_cell(line)}")
    _markdown(speaker, ("policy", "before", "after", "where"), list(_regions(speaker, told)))
    _markdown(speaker, ("policy", "setting", "before", "after"), list(_set(speaker, told)))
    if told.moved is not None:
        speaker.line(f"\n**{_cell(portfolio_line(speaker, told))}**")
        for title, headings, rows, _ in tables(speaker, told.moved):
            if title:
                speaker.line(f"\n{_cell(title)}")
            _table(speaker, headings, list(rows))
    _samples(speaker, told)


def _markdown(speaker: Speaker, headings: Sequence[str], rows: list[tuple[str, ...]]) -> None:
    if rows:
        _table(speaker, [speaker.words(f"diff/heading/{name}") for name in headings], rows)


def _table(speaker: Speaker, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    speaker.line()
    for row in (headings, ["---"] * len(headings), *rows):
        speaker.line(
            f"| {' | '.join(_cell(cell) if row is not headings else cell for cell in row)} |"
        )


def _cell(text: str) -> str:
    """A text that Markdown takes for nothing else, and that stays in its cell."""
    for mark in ("\\", "|", "*", "_", "`", "<", "[", "]"):
        text = text.replace(mark, f"\\{mark}")
    return text.replace("\n", " ")


def _regions(speaker: Speaker, told: Told) -> Iterator[tuple[str, ...]]:
    for pair in told.differing:
        words = told.wording(pair, speaker.lang)
        for change in pair.changes:
            same_rule = changed_words(change, speaker, words)
            before = answered(change.old, speaker, words)
            after = same_rule or answered(change.new, speaker, words)
            places = "; ".join(where(region, words) for region in change.regions)
            yield (pair.new.name, before, after, places)
    for move in told.found.moves:
        words = told.debtor_words(speaker.lang)
        places = "; ".join(where(region, words) for region in move.regions)
        sides = (_policies(names, speaker) for names in (move.old, move.new))
        yield (speaker.words("diff/moves"), *sides, places)


def _set(speaker: Speaker, told: Told) -> Iterator[tuple[str, ...]]:
    none = speaker.words("diff/none")
    for pair in told.differing:
        for old, new in pair.renamings.items():
            yield (pair.new.name, "id", old, new)
        for each in pair.settings:
            yield (pair.new.name, each.name, each.old or none, each.new or none)
    for each in told.found.vocabulary:
        yield (speaker.words("diff/vocabulary"), each.name, each.old or none, each.new or none)


def _samples(speaker: Speaker, told: Told) -> None:
    for pair in told.differing:
        tests = [test for change in pair.changes if (test := sample(change, pair, told))]
        if not tests:
            continue
        title = speaker.words("diff/samples", policy=pair.new.name)
        speaker.line(f"\n<details><summary>{title}</summary>\n\n```yaml\ntests:")
        for test in tests:
            speaker.line(test.rstrip("\n"))
        speaker.line("```\n\n</details>")


FORMS: Final[Mapping[str, Callable[[Speaker, Told], None]]] = {
    "text": show_text,
    "markdown": show_markdown,
    "json": show_json,
}
