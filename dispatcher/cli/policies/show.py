"""`relance show`: a policy as sentences, as a table, or flat with the origin of every value."""

from typing import TYPE_CHECKING, Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


if TYPE_CHECKING:
    from collections.abc import Mapping

    from dispatcher.cli.say import Speaker
    from dispatcher.model.settings import Settings
    from dispatcher.policy.terms import Policy, Rulebook
    from dispatcher.prove.words.wording import Wording
    from dispatcher.writings import Writings


TABLE_FORMATS = ("text", "json", "markdown")


def show(  # noqa: PLR0917 - one parameter per option of the command
    policy: Annotated[str, typer.Argument(help="The policy's name.", metavar="POLICY")],
    table: Annotated[bool, typer.Option("--table", help="As a table of all rules.")] = False,
    resolved: Annotated[
        bool,
        typer.Option("--resolved", help="As one file, with the origin of every value."),
    ] = False,
    form: Annotated[
        str,
        typer.Option("--format", help="Of the table: text, json or markdown.", metavar="FORMAT"),
    ] = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Say a policy in sentences, with all that it inherits."""
    from dispatcher.cli.policies.reports import known_format  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.writings import read_writings  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    known_format(form, TABLE_FORMATS)
    _apart(table=table, resolved=resolved, form=form)
    writings = read_writings(found)
    rulebook = _rulebook(writings)
    named = _named(rulebook, policy)
    if resolved:
        _show_resolved(speaker, writings, named.name)
        return 0
    words = _words(rulebook, named, speaker, writings.settings)
    if table or form != "text":
        _show_table(speaker, named, words, form)
    else:
        _show_sentences(speaker, named, words)
    return 0


def _apart(*, table: bool, resolved: bool, form: str) -> None:
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above

    other = "--table" if table else "--format" if form != "text" else ""
    if resolved and other:
        fields = {"options": f"--resolved, {other}"}
        raise BadInput(Problem(code="show/together", fields=fields))


def _rulebook(writings: "Writings") -> "Rulebook":
    """The policies of the home, whatever is wrong elsewhere in it.

    Raises:
        Unusable: the rules themselves have errors.
    """
    from dispatcher.writings import Unusable  # noqa: PLC0415 - as above

    if writings.rulebook is None:
        raise Unusable(writings.errors, writings.sources)
    return writings.rulebook


def _named(rulebook: "Rulebook", name: str) -> "Policy":
    from dispatcher.errors import BadInput  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above
    from dispatcher.problems.suggest import nearest  # noqa: PLC0415 - as above

    if name not in rulebook.policies:
        known = sorted(rulebook.policies)
        fields = {"name": name, "allowed": ", ".join(known)}
        meant = nearest(name, known)
        raise BadInput(Problem(code="show/no-policy", fields=fields, suggestion=meant))
    return rulebook.policies[name]


def _words(
    rulebook: "Rulebook", policy: "Policy", speaker: "Speaker", settings: "Settings | None"
) -> "Wording":
    from dispatcher.prove.words.sentences import wording_of  # noqa: PLC0415 - as above

    labels: dict[str, Mapping[str, str]] = {}
    if settings is not None:
        labels |= {name: offer.labels for name, offer in settings.offers.items()}
        labels |= {name: task.labels for name, task in settings.tasks.items()}
    return wording_of(policy, rulebook.facts, lang=speaker.lang, labels=labels)


def _show_resolved(speaker: "Speaker", writings: "Writings", name: str) -> None:
    from dispatcher.prove.words.resolved import resolved  # noqa: PLC0415 - as above

    text = resolved(writings.rules, name, folder=writings.home.rules.name)
    speaker.line((text or "").rstrip("\n"))


def _show_sentences(speaker: "Speaker", policy: "Policy", words: "Wording") -> None:
    from dispatcher.prove.words.sentences import as_lines, sections  # noqa: PLC0415 - as above

    for line in as_lines(sections(policy, words)):
        speaker.line(line)


def _show_table(speaker: "Speaker", policy: "Policy", words: "Wording", form: str) -> None:
    from dispatcher.prove.words import ruled  # noqa: PLC0415 - as above

    rows = ruled.rows(policy, words)
    if form == "json":
        speaker.line(ruled.as_json(rows))
    elif form == "markdown":
        speaker.line(ruled.as_markdown(rows, words))
    else:
        speaker.table(ruled.headings(words), (row.cells for row in rows))
