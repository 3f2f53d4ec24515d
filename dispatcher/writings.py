"""All that operators wrote in a home, read and checked: configuration, templates, policies."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from dispatcher.config.read import read_config
from dispatcher.errors import BadInput
from dispatcher.home import Home, bytes_of, texts
from dispatcher.model.problem import Level, Place, Problem
from dispatcher.model.settings import Settings
from dispatcher.nodes.read import decode
from dispatcher.problems.registry import level


if TYPE_CHECKING:
    from dispatcher.compose.library import Library
    from dispatcher.policy.names import Names
    from dispatcher.policy.terms import Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Writings:
    """All that operators wrote, read and checked; parts that cannot be used are None.

    `sources` maps file names, as they stand in problems, to their text; `rules` those of policies,
    the vocabulary and tests, named from their folder. `names` is what policies may name.
    """

    home: Home
    settings: Settings | None
    rulebook: "Rulebook | None"
    library: "Library | None"
    templates: Mapping[str, str]
    problems: tuple[Problem, ...]
    sources: Mapping[str, str]
    names: "Names | None" = None
    rules: Mapping[str, str] = field(default_factory=dict)

    @property
    def errors(self) -> tuple[Problem, ...]:
        """The problems that keep a file from being used."""
        return tuple(problem for problem in self.problems if level(problem) is Level.ERROR)

    def usable(self) -> "Usable":
        """The same, if all of it can be used.

        Raises:
            Unusable: there is an error, with every one of them.
        """
        if self.settings is None or self.rulebook is None or self.library is None or self.errors:
            raise Unusable(self.errors, self.sources)
        return Usable(
            home=self.home,
            settings=self.settings,
            rulebook=self.rulebook,
            library=self.library,
            templates=self.templates,
        )


def read_settings(home: Home) -> tuple[Settings | None, tuple[Problem, ...], Mapping[str, str]]:
    """The configuration of a home, its problems, and its text by file name."""
    name = home.config.name
    text, unread = decode(bytes_of(home.config), file=name)
    if text is None:
        return None, unread, {}
    settings, problems = read_config(text, file=name, home=home.folder)
    return settings, (*unread, *problems), {name: text}


def language_of(home: Home) -> str:
    """The language that a home's configuration sets; French where it cannot be read."""
    settings, _, _ = read_settings(home)
    return "fr" if settings is None else settings.language


def read_writings(home: Home) -> Writings:
    """Everything that operators wrote, with every mistake of every file."""
    from dispatcher.compose.library import load  # noqa: PLC0415 - Jinja, only when templates are read
    from dispatcher.policy.read import read_rules  # noqa: PLC0415 - as above

    settings, problems, sources = read_settings(home)
    templates, unread = _decoded(home.templates, ".j2", ".typ")
    library, wrong = load(templates)
    if unread:
        library = None  # a policy is not told that words are missing which stand in such a file
    rules, unreadable = _decoded(home.rules, ".yaml", ".yml")
    names = None if settings is None or library is None else _names(settings, library)
    rulebook, faults = read_rules(rules, names=names)
    if unreadable:
        faults = tuple(each for each in faults if each.code != "policy/none-active")
    elif not rules:
        faults = (Problem(code="home/no-rules", fields={"folder": str(home.rules)}),)
    return Writings(
        home=home,
        settings=settings,
        rulebook=rulebook,
        library=library,
        templates=templates,
        problems=(
            *problems,
            *placed(home.templates, (*unread, *wrong)),
            *placed(home.rules, (*unreadable, *faults)),
        ),
        sources={
            **sources,
            **{f"{home.templates.name}/{name}": text for name, text in templates.items()},
            **{f"{home.rules.name}/{name}": text for name, text in rules.items()},
        },
        names=names,
        rules=rules,
    )


def _decoded(folder: Path, *endings: str) -> tuple[dict[str, str], tuple[Problem, ...]]:
    contents, unread = texts(folder, *endings)
    found, problems = {}, list(unread)
    for name, content in contents.items():
        text, wrong = decode(content, file=name)
        problems += wrong
        if text is not None:
            found[name] = text
    return found, tuple(problems)


def placed(folder: Path, problems: Sequence[Problem]) -> Iterator[Problem]:
    """The problems with their files named from the home, as a person opens them."""

    def moved(place: Place | None) -> Place | None:
        return None if place is None else replace(place, file=f"{folder.name}/{place.file}")

    for each in problems:
        yield replace(each, place=moved(each.place), second=moved(each.second))


def _names(settings: Settings, library: "Library") -> "Names":
    from dispatcher.policy.names import Names, TemplateWords  # noqa: PLC0415 - as above

    return Names(
        templates={
            name: TemplateWords(
                channels=library.channels(name), legal_effect=library.legal_effect(name)
            )
            for name in library.templates
        },
        channels=frozenset(settings.channels),
        tasks=frozenset(settings.tasks),
        offers=frozenset(settings.offers),
        roles=frozenset(settings.people),
        default_policy=settings.default_policy,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Usable:
    """What operators wrote, all of it without an error."""

    home: Home
    settings: Settings
    rulebook: "Rulebook"
    library: "Library"
    templates: Mapping[str, str]


def without_errors(home: Home) -> Usable:
    """What operators wrote, if all of it can be used.

    Raises:
        Unusable: there is an error, with every one of them.
    """
    return read_writings(home).usable()


def with_rules(home: Home, rulebook: "Rulebook") -> Usable:
    """What operators wrote beside their rules, with these rules; those of the home are not asked.

    Raises:
        Unusable: configuration or templates cannot be used, with everything that is wrong.
    """
    writings = read_writings(home)
    settings, library = writings.settings, writings.library
    if settings is None or library is None:
        raise Unusable(writings.errors, writings.sources)
    return Usable(
        home=home,
        settings=settings,
        rulebook=rulebook,
        library=library,
        templates=writings.templates,
    )


class Unusable(BadInput):
    """What operators wrote has errors; carries the texts so that they can be shown."""

    def __init__(self, problems: Sequence[Problem], sources: Mapping[str, str]) -> None:
        super().__init__(problems)
        self.sources = sources
