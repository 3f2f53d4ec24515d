"""Asking providers: what became of unknown messages, and of those of which nothing was heard.

Nothing here sends. A provider that has an unknown message proves that it left; one that says twice
that it does not have it proves the contrary, but where the message has legal effect: there a person
has the last word. What a provider tells of a message that it took goes the way of all news.
"""

import asyncio
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from dispatcher.deliver.reconcile import (
    POLLS,
    POLLS_END,
    Answer,
    Asking,
    answer_of,
    is_denied,
    next_asking,
)
from dispatcher.house import Asked, House, Post
from dispatcher.messages.freeze import thaw
from dispatcher.model.settings import Environment
from dispatcher.policy.remembered import policy_of
from dispatcher.policy.terms import Contact
from dispatcher.ports import Accepted, LooksUp, News, Outcome, Polls, Sought
from dispatcher.posting import presented
from dispatcher.store.doubt import RESEND
from dispatcher.store.resolutions import FOUND, NOT_THERE, Word
from dispatcher.store.unknown import LOOK_UP, POLL, Inquired, SilentRow, UnknownRow, Unknowns


#: Seconds for one question, and for all questions of one kind to one channel.
ONE: Final = 60.0
ALL: Final = 120.0

#: Questions to one provider at the same time.
AT_ONCE: Final = 4

#: How long a message with legal effect may be unknown before every run says so.
LEGAL_WAIT: Final = timedelta(hours=1)

#: How long an e-mail stays unknown before a policy with `on_unknown: resend` sends it once more.
PATIENCE: Final = timedelta(hours=2)

RESENT_CHANNEL: Final = "email"


def ask(house: House, post: Post) -> Asked:
    """Ask providers what is due to be asked; then let policies have their unknown e-mails again.

    In the sandbox nobody is asked: there is no provider. It never takes longer than `ALL` seconds
    for a channel; what was not asked is asked the next time.
    """
    if house.settings.environment is Environment.SANDBOX:
        return Asked(counts=send_once_more(house))
    counts, news = asyncio.run(_asked(house, post))
    counts.update(send_once_more(house))
    return Asked(counts=dict(counts), news=news)


def unknowns(house: House) -> Unknowns:
    """How many messages may or may not have left, for the summary of a run."""
    return house.book.unknowns(before=house.clock.now() - LEGAL_WAIT)


async def _asked(house: House, post: Post) -> tuple[Counter[str], int]:
    """All channels side by side; each is closed again, for the loop in which it was asked ends."""
    counts, news = Counter[str](), 0
    wanted = [name for name, each in post.channels.items() if isinstance(each, LooksUp | Polls)]
    if not wanted:
        return counts, news
    unknown = house.book.unknown()
    try:
        for found in await asyncio.gather(
            *(_look_ups(house, name, post, unknown) for name in wanted)
        ):
            counts += found
        news = sum(await asyncio.gather(*(_polls(house, name, post) for name in wanted)))
    finally:
        for name in wanted:
            await post.channels[name].close()
    return counts, news


# -- unknown messages -----------------------------------------------------------------------------


async def _look_ups(
    house: House, name: str, post: Post, unknown: Sequence[UnknownRow]
) -> Counter[str]:
    """Ask a channel about its unknown messages, one after the other: each answer is proof."""
    channel, counts = post.channels[name], Counter[str]()
    if not isinstance(channel, LooksUp):
        return counts
    least = timedelta(seconds=channel.settle)
    due = [
        row
        for row in unknown
        if row.claim.channel == name and _is_due(row, least, now=house.clock.now())
    ]
    try:
        async with asyncio.timeout(ALL):
            for row in due:
                outcome = await _looked_up(house, channel, row)
                counts[_noted(house, row, outcome, least)] += 1
    except TimeoutError:
        pass  # what is left is still due
    return counts


def _is_due(row: UnknownRow, least: timedelta, *, now: datetime) -> bool:
    at = next_asking(row.ended, [each.at for each in row.asked], least=least)
    return at is not None and at <= now


def _sought(house: House, row: UnknownRow) -> Sought:
    message = thaw(row.claim, house.blobs.read, day=house.clock.today())
    return Sought(
        token=row.claim.token,
        to=row.claim.to,
        parts=message.parts,
        since=row.began,
        taken=house.book.taken(row.claim.to, but=row.claim.id),
    )


async def _looked_up(house: House, channel: LooksUp, row: UnknownRow) -> Outcome | None:
    """The answer in time; a fault of a channel or its provider says nothing."""
    try:
        async with asyncio.timeout(ONE):
            return await channel.look_up(_sought(house, row))
    except Exception:  # noqa: BLE001 - as said; a time-out is one of them
        return None


def _noted(house: House, row: UnknownRow, outcome: Outcome | None, least: timedelta) -> str:
    """Write the answer down with what it proves; in a word."""
    now, answer = house.clock.now(), answer_of(outcome)
    asked = Inquired(
        message_id=row.claim.id,
        attempt=row.claim.attempt,
        kind=LOOK_UP,
        answer=answer.value,
        said=outcome.receipt if isinstance(outcome, Accepted) else "",
        at=now,
    )
    word = _word(row, asked, least)
    state = house.book.inquired(
        [asked],
        word,
        now=now,
        presented=presented(house.settings),
        provider_id=outcome.provider_id if isinstance(outcome, Accepted) else "",
    )
    return answer.value if state is None or word is None else word.choice


def _word(row: UnknownRow, last: Inquired, least: timedelta) -> Word | None:
    """What the answers so far prove; None: nothing yet, or nothing that a provider may decide."""
    asked = [Asking(at=each.at, answer=Answer(each.answer)) for each in (*row.asked, last)]
    if last.answer == Answer.FOUND:
        choice = FOUND
    elif not row.claim.legal_effect and is_denied(asked, least=least):
        choice = NOT_THERE
    else:
        return None
    return Word(
        message_id=row.claim.id, attempt=row.claim.attempt, choice=choice, at=last.at, proof=""
    )


# -- messages of which nothing was heard ----------------------------------------------------------


async def _polls(house: House, name: str, post: Post) -> int:
    """Ask a channel for news of what it took long ago; how many pieces there were."""
    channel, now = post.channels[name], house.clock.now()
    if not isinstance(channel, Polls):
        return 0
    rows = [
        row
        for row in house.book.silent([name], after=now - POLLS_END, before=now - POLLS[0])
        if _is_silent(row, now)
    ]
    free, told = asyncio.Semaphore(AT_ONCE), list[tuple[SilentRow, Sequence[News]]]()

    async def one(row: SilentRow) -> None:
        async with free:
            told.append((row, await _news(channel, row.provider_id)))

    try:
        async with asyncio.timeout(ALL):
            await asyncio.gather(*(one(row) for row in rows))
    except TimeoutError:
        pass  # what is left is still due
    return _hear(house, told)


def _is_silent(row: SilentRow, now: datetime) -> bool:
    at = next_asking(row.since, row.asked, offsets=POLLS)
    return at is not None and at <= now


async def _news(channel: Polls, provider_id: str) -> Sequence[News]:
    try:
        async with asyncio.timeout(ONE):
            return await channel.poll(provider_id)
    except Exception:  # noqa: BLE001 - a fault of a channel or its provider says nothing
        return ()


def _hear(house: House, told: Sequence[tuple[SilentRow, Sequence[News]]]) -> int:
    """Write down that it was asked, then what was said."""
    now = house.clock.now()
    asked = [
        Inquired(
            message_id=row.message_id,
            attempt=row.attempt,
            kind=POLL,
            answer=(Answer.NEWS if news else Answer.SILENT).value,
            said=", ".join(each.word for each in news),
            at=now,
        )
        for row, news in told
    ]
    if asked:
        house.book.inquired(asked, now=now, presented=presented(house.settings))
    news = [each for _, some in told for each in some]
    if news:
        house.book.hear(news, now=now)
    return len(news)


# -- once more, because the policy says so --------------------------------------------------------


def send_once_more(house: House) -> dict[str, int]:
    """Let e-mails go once more whose policy says `on_unknown: resend` and of which nobody knows.

    Same name, same bytes, at most once, and never with legal effect. How many; one that is settled
    meanwhile stays as it is.
    """
    now = house.clock.now()
    wanted = [
        row
        for row in house.book.unknown()
        if row.since + PATIENCE <= now and _is_resent(house, row)
    ]
    words = [
        Word(message_id=row.claim.id, attempt=row.claim.attempt, choice=RESEND, at=now)
        for row in wanted
    ]
    posted = presented(house.settings)
    taken = [house.book.inquired((), word, now=now, presented=posted) for word in words]
    count = sum(state is not None for state in taken)
    return {RESEND: count} if count else {}


def _is_resent(house: House, row: UnknownRow) -> bool:
    claim = row.claim
    if claim.channel != RESENT_CHANNEL or claim.legal_effect or row.words:
        return False  # what people have begun to settle is theirs
    return not house.book.resent(claim.id) and _says_resend(house, claim.policy_hash, claim.rule)


def _says_resend(house: House, policy_hash: str, rule: str) -> bool:
    """Whether the policy by which the message was written wants that."""
    text = house.book.policy_text(policy_hash)
    if text is None:
        return False
    policy = policy_of(text)
    thens = {each.id: each.then for each in policy.choices}
    then = thens.get(rule)
    return isinstance(then, Contact) and then.on_unknown == "resend"
