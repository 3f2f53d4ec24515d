"""The very messages that a run would send, made the way a run makes them; nothing is kept."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from dispatcher.compose.envelope import EMAIL
from dispatcher.compose.gsm import segments
from dispatcher.compose.library import Library
from dispatcher.messages.announced import as_used
from dispatcher.messages.correspondence import Correspondence
from dispatcher.messages.freeze import Bundle, Render, Unrendered, frozen_contacts, thaw
from dispatcher.model.following import NOT_KNOWN, Following
from dispatcher.model.problem import Problem
from dispatcher.model.settings import ChannelSettings, Settings
from dispatcher.people.sheets import Sheet
from dispatcher.policy.terms import Rulebook
from dispatcher.ports import Claim, Frozen, Message
from dispatcher.preview.accounts import Asked, sampled
from dispatcher.preview.calls import is_call, of_sample
from dispatcher.preview.usual import usual
from dispatcher.render.drawing import PICTURE
from dispatcher.render.job import Job, Rendered
from dispatcher.store.blobs import digest


#: Stands where a real message has its unguessable token, in its Message-ID.
TOKEN: Final = "preview"  # noqa: S105 - opens nothing

#: What prints interest, indemnities and their sum.
COUNTED: Final = frozenset({"interest", "indemnity", "sums"})

_SENDER: Final = "relance@example.test"  # where the configuration has no e-mail channel


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One message as its channel would get it, with a picture of each page of a letter.

    `segments` counts those of an SMS and `price` is what it costs in euros; None: nobody said.
    A call or visit has a sheet, and `told` is all of it as text once somebody has written it out.
    """

    frozen: Frozen
    message: Message
    pictures: tuple[bytes, ...] = ()
    segments: int = 0
    price: Decimal | None = None
    sheet: Sheet | None = None
    told: str = ""


@dataclass(slots=True)
class Pictures:
    """Renders, and puts the pictures of letters aside, so that all else is what a run makes."""

    render: Render
    by_letter: dict[str, list[tuple[bytes, ...]]] = field(default_factory=dict)

    def __call__(self, jobs: Iterable[Job]) -> Iterator[Rendered]:
        for rendered in self.render(jobs):
            yield self._without(rendered)

    def take(self, message: Message) -> tuple[bytes, ...]:
        """The pictures of a message's letter, once for each time that it was drawn."""
        found = (self.by_letter.get(digest(each), []) for each in message.files.values())
        drawn = next(found, [])
        return drawn.pop() if drawn else ()

    def _without(self, rendered: Rendered) -> Rendered:
        drawn = {n: made for n, made in rendered.files.items() if n.endswith(PICTURE)}
        if not drawn:
            return rendered
        kept = {n: made for n, made in rendered.files.items() if n not in drawn}
        pages = tuple(drawn[name] for name in sorted(drawn, key=lambda n: int(n.partition(".")[0])))
        # Equal letters are drawn more than once: beside its copy by e-mail, and for itself.
        for made in kept.values():
            self.by_letter.setdefault(digest(made), []).append(pages)
        return Rendered(
            index=rendered.index, parts=rendered.parts, files=kept, problem=rendered.problem
        )


def of_samples(
    asked: Sequence[Asked],
    settings: Settings,
    library: Library,
    render: Render,
    *,
    lang: str,
    now: datetime,
    today: date,
    rulebook: Rulebook | None = None,
) -> Iterator[Shown | Problem]:
    """Each message asked for, in order and in that language, or why there is none."""
    notices = {name for name in library.templates if library.legal_effect(name)}
    settings = with_sender(settings)
    contacts, accounts, settings = sampled(
        asked, settings, library, lang=lang, now=now, today=today
    )
    pictures = Pictures(render)
    bundles = frozen_contacts(
        contacts,
        accounts,
        settings,
        pictures,
        mail=Correspondence(settings=settings, library=library, accounts=accounts, today=today),
        today=today,
        counting=library.printing(COUNTED),
        ahead=lambda contact: _ahead(contact.template, rulebook, notices, today),
    )
    for contact, found in zip(contacts, bundles, strict=True):
        shown = seen(found, pictures, settings, now=now, today=today)
        if isinstance(shown, Problem):
            yield shown
            continue
        last = shown[-1]  # what was asked for comes last
        offer = settings.offers.get(contact.offer)
        yield (
            replace(last, sheet=of_sample(last.frozen, accounts, settings.currency, offer, now))
            if is_call(last.frozen)
            else last
        )


def _ahead(
    template: str, rulebook: Rulebook | None, notices: Collection[str], today: date
) -> Following:
    """What follows where a policy uses the template; else what usually does."""
    found = as_used(template, rulebook, notices, today)
    return usual(template, notices, today) if found == NOT_KNOWN else found


def seen(
    found: Bundle | Unrendered,
    pictures: Pictures,
    settings: Settings,
    *,
    now: datetime,
    today: date,
) -> tuple[Shown, ...] | Problem:
    """The messages of one contact as their channels would get them, or why there are none."""
    if isinstance(found, Unrendered):
        return found.problem
    blobs = {digest(made): made for made in found.files}
    return tuple(
        _shown(each, blobs.__getitem__, pictures, settings, now=now, today=today)
        for each in found.frozen
    )


def with_sender(settings: Settings) -> Settings:
    """The settings with an e-mail channel, where they have none."""
    if EMAIL in settings.channels:
        return settings
    options = {"sender": settings.creditor.email or _SENDER}
    stand_in = ChannelSettings(name=EMAIL, adapter=EMAIL, options=options)
    channels: Mapping[str, ChannelSettings] = {**settings.channels, EMAIL: stand_in}
    return replace(settings, channels=channels)


def _shown(
    frozen: Frozen,
    blob: Callable[[str], bytes],
    pictures: Pictures,
    settings: Settings,
    *,
    now: datetime,
    today: date,
) -> Shown:
    message = thaw(_claim(frozen, now), blob, day=today)
    count = segments(message.parts.get("sms", ""))
    channel = settings.channels.get(frozen.channel)
    price = None if channel is None or channel.price is None else channel.price * max(1, count)
    return Shown(
        frozen=frozen,
        message=message,
        pictures=pictures.take(message),
        segments=count,
        price=price,
    )


def _claim(frozen: Frozen, now: datetime) -> Claim:
    """The message as if it were being sent now."""
    return Claim(
        id=0,
        token=TOKEN,
        debtor_id=frozen.debtor_id,
        channel=frozen.channel,
        to=frozen.to,
        policy=frozen.policy,
        policy_hash=frozen.policy_hash,
        rule=frozen.rule,
        template=frozen.template,
        tone=frozen.tone,
        legal_effect=frozen.legal_effect,
        attempt=1,
        created_at=now,
        printed=frozen.printed,
        content=frozen.content,
        lines=frozen.lines,
    )
