"""Which messages are to be looked at: one template, or all of them in every tone and channel."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from dispatcher.compose.letter import LETTERS
from dispatcher.compose.library import KIND_OF_CHANNEL, Library
from dispatcher.errors import BadInput
from dispatcher.model.message import Tone
from dispatcher.model.problem import Problem
from dispatcher.preview.accounts import Asked, audience
from dispatcher.preview.cases import CASES, TYPICAL, SampleCase
from dispatcher.problems.suggest import nearest


#: The order in which channels are shown.
CHANNELS: Final = tuple(KIND_OF_CHANNEL)


def language(library: Library, wanted: str) -> str:
    """The language to preview messages in: the one wanted, if any template has words in it."""
    found = {lang for template in library.templates for lang in library.languages(template)}
    return wanted if wanted in found or not found else next(iter(sorted(found, key=_french_first)))


def _french_first(lang: str) -> tuple[bool, str]:
    return lang != "fr", lang


def known(name: str, value: str, allowed: Iterable[str]) -> str:
    """The value, which has to be one of those.

    Raises:
        BadInput: it is none of them, with the nearest one.
    """
    names = sorted(allowed)
    if value in names:
        return value
    fields = {"value": value, "allowed": ", ".join(names)}
    raise BadInput(
        Problem(code=f"preview/no-{name}", fields=fields, suggestion=nearest(value, names))
    )


def chosen(
    library: Library, template: str, *, case: str = "", channel: str = "", tone: str = "", lang: str
) -> list[Asked]:
    """The messages of one template: on that channel, in that tone, or in all of them.

    Raises:
        BadInput: there is no such template, case, tone or channel, with the nearest name.
    """
    known("template", template, library.templates)
    sample = CASES[known("case", case or TYPICAL, CASES)]
    if tone:
        known("tone", tone, list(Tone))
    channels = library.channels(template, lang)
    if channel:
        channels = frozenset({known("channel", channel, channels)})
    return [
        Asked(template=template, channel=each, tone=spoken, case=sample, words=own)
        for each in CHANNELS
        if each in channels
        for spoken, own in _tones(library, template, each, lang)
        if not tone
        or tone == spoken
        or (not own and not _has_own(library, template, each, tone, lang))
    ]


def everything(library: Library, lang: str) -> list[Asked]:
    """Every template in every tone and channel that it has words for, on every case it is for."""
    return [
        each
        for template in sorted(library.templates)
        if lang in library.languages(template)
        for case in CASES.values()
        if _concerns(template, case)
        for each in chosen(library, template, case=case.name, lang=lang)
        if case.name == TYPICAL or each.channel in _shown_on(library, template)
    ]


def _concerns(template: str, case: SampleCase) -> bool:
    return case.kind is None or audience(template) in {None, case.kind}


def _shown_on(library: Library, template: str) -> frozenset[str]:
    """The channels of every case: of the two kinds of letters, which differ by a line, one."""
    usual = "registered_letter" if library.legal_effect(template) else "letter"
    return frozenset(CHANNELS) - LETTERS | {usual}


def _tones(library: Library, template: str, channel: str, lang: str) -> Iterator[tuple[str, str]]:
    """A tone to speak in for each of its wordings, and whose own words those are."""
    own = [tone for tone in Tone if _has_own(library, template, channel, tone, lang)]
    others = [tone for tone in _by_use(library, template) if tone not in own]
    yield str(others[0]), ""
    yield from ((str(tone), str(tone)) for tone in own)


def _by_use(library: Library, template: str) -> Sequence[Tone]:
    """Tones, the likeliest of a template first."""
    first = Tone.FORMAL if library.legal_effect(template) else Tone.COURTEOUS
    return [first, *(tone for tone in Tone if tone is not first)]


def _has_own(library: Library, template: str, channel: str, tone: str, lang: str) -> bool:
    return (lang, template, KIND_OF_CHANNEL[channel], tone) in library.sheets
