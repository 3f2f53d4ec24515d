"""Where previews are made: a home's writings, a day, rendering processes, and nothing written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from dispatcher.clocks import clock_of
from dispatcher.compose.library import Library
from dispatcher.home import Home
from dispatcher.house import Progress
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.people.sheets import Sheet
from dispatcher.policy.terms import Rulebook
from dispatcher.preview.browser import picture
from dispatcher.preview.choice import chosen, everything, language
from dispatcher.preview.files import plain_name, text_of
from dispatcher.preview.gallery import Made, gallery, height_of, stem_of
from dispatcher.preview.messages import Shown, of_samples
from dispatcher.preview.real import Wish, of_case, shown_of
from dispatcher.wiring import drawing, looking
from dispatcher.writings import Unusable, Writings, read_writings


#: What is shown, by the beginning of its files' names.
Pair = tuple[str, Shown | Problem]

#: Writes out the sheet of a call or visit.
Telling = Callable[[Sheet, Settings], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class When:
    """The day of a case's next contact, and whether that is today."""

    day: date
    today: bool


def library_of(home: Home) -> Library:
    """The templates of a home; its policies may have errors.

    Raises:
        Unusable: the templates or the configuration have.
    """
    return _readable(home)[1]


@contextmanager
def on_sample(
    home: Home,
    template: str,
    *,
    case: str,
    channel: str,
    tone: str,
    day: str,
    lang: str,
    telling: Telling,
) -> Iterator[Iterator[Pair]]:
    """The messages of a template on a sample case.

    Raises:
        BadInput: there is no such template, case, channel or tone.
    """
    settings, library, templates, rulebook = _readable(home)
    clock, lang = clock_of(settings, day, writes=False), language(library, lang)
    asked = chosen(library, template, case=case, channel=channel, tone=tone, lang=lang)
    with drawing(templates) as render:
        made = of_samples(
            asked,
            settings,
            library,
            render,
            lang=lang,
            now=clock.now(),
            today=clock.today(),
            rulebook=rulebook,
        )
        told = _told(made, settings, telling)
        yield ((stem_of(each), shown) for each, shown in zip(asked, told, strict=True))


@contextmanager
def on_case(
    home: Home, case: str, *, template: str, channel: str, tone: str, day: str, telling: Telling
) -> Iterator[tuple[When, Iterator[Pair]]]:
    """The messages that a case of the store gets next, or those that were asked for.

    Raises:
        BadInput: there is no such case, template, channel or tone, or nothing follows by itself.
    """
    with looking(home, day=day) as house:
        found = of_case(house, case, Wish(template=template, channel=channel, tone=tone))
        with house.drawing() as render:
            when = When(day=found.day, today=found.day == house.clock.today())
            told = _told(shown_of(found, render), house.settings, telling)
            yield when, (_named(case, shown) for shown in told)


def whole_gallery(
    home: Home, folder: Path, *, day: str, lang: str, progress: Progress, telling: Telling
) -> Made:
    """Every template in every tone and channel, on every sample case it is for.

    Raises:
        BadInput: the templates or the configuration have errors, or nothing can be written there.
    """
    settings, library, templates, rulebook = _readable(home)
    clock, spoken = clock_of(settings, day, writes=False), language(library, lang)
    asked = everything(library, spoken)
    with drawing(templates) as render:
        made = of_samples(
            asked,
            settings,
            library,
            render,
            lang=spoken,
            now=clock.now(),
            today=clock.today(),
            rulebook=rulebook,
        )
        return gallery(
            folder,
            zip(asked, _told(made, settings, telling), strict=True),
            creditor=settings.creditor.name,
            day=clock.today(),
            lang=lang,
            tell=lambda done: progress("preview", done, len(asked)),
        )


def with_picture(made: Mapping[str, bytes], shown: Shown, form: str) -> Mapping[str, bytes]:
    """The files of a message; of an e-mail with a picture too, if a browser is there."""
    if "html" not in made or form not in {"", "png"}:
        return made
    drawn = picture(made["html"], height_of(text_of(shown)))
    return {**made, "png": drawn} if drawn else made


def _told(
    made: Iterable[Shown | Problem], settings: Settings, telling: Telling
) -> Iterator[Shown | Problem]:
    """The same, the sheets of calls and visits written out."""
    for each in made:
        if isinstance(each, Problem) or each.sheet is None:
            yield each
        else:
            yield replace(each, told=telling(each.sheet, settings))


def _named(case: str, shown: Shown | Problem) -> Pair:
    if isinstance(shown, Problem):
        return "", shown
    return plain_name(shown.frozen.template, shown.frozen.channel, case), shown


def _readable(home: Home) -> tuple[Settings, Library, Mapping[str, str], Rulebook | None]:
    writings: Writings = read_writings(home)
    if writings.settings is None or writings.library is None:
        raise Unusable(writings.errors, writings.sources)
    return writings.settings, writings.library, writings.templates, writings.rulebook
