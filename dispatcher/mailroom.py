"""Reading the mailboxes: what came back to us by e-mail, into the book before anything is decided.

A mail is marked as read only once the book has what it says. A crash in between reads it again,
and the book knows it. A mailbox that cannot be read is told and stops nothing else.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from email.utils import parseaddr
from itertools import islice
from typing import Final

from dispatcher.house import House, MailRead
from dispatcher.model.news import Verdict
from dispatcher.model.problem import Problem
from dispatcher.ports import News, NewsKind
from dispatcher.returns.answer import Answer, Told, read
from dispatcher.returns.mailbox import Letter, Mailbox, MailboxFault
from dispatcher.store.addressed import Addressed


BATCH: Final = 50  # mails whose news are written in one transaction
AGAIN: Final = timedelta(days=90)  # within these, bounces of one kind count together

#: How a mail ended, in the account of a reading.
PLACED, KEPT, IGNORED = "placed", "kept", "ignored"

#: A machine's word that changes nothing: nobody has to look at it.
_IDLE: Final = frozenset({NewsKind.AUTOMATIC, NewsKind.DELAYED})

#: What a person names in a subject: an invoice, or his number with us.
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9/_.-]{3,39}")


def read_mail(house: House) -> MailRead:
    """Read every mailbox; how many mails were placed, are kept for a person, or say nothing."""
    counts, problems = Counter[str](), list[Problem]()
    ours = our_addresses(house)
    for box in house.mailboxes():
        try:
            for letters in _batches(box):
                counts.update(_taken(house, box, letters, ours))
        except MailboxFault as fault:
            problems.append(_unread(box, fault))
        finally:
            box.close()
    return MailRead(counts=counts, problems=tuple(problems))


def our_addresses(house: House) -> frozenset[str]:
    """The addresses of our own people and of what we send: they never answer for a debtor."""
    settings = house.settings
    written = [
        settings.creditor.email,
        *(person.email for person in settings.people.values()),
        *(str(each.options.get("sender", "")) for each in settings.channels.values()),
        *house.book.managers(),
    ]
    return frozenset(parseaddr(each)[1].lower() for each in written) - {""}


def _batches(box: Mailbox) -> Iterator[Sequence[Letter]]:
    waiting = box.waiting()
    while letters := tuple(islice(waiting, BATCH)):
        yield letters


def _taken(
    house: House, box: Mailbox, letters: Sequence[Letter], ours: Collection[str]
) -> Counter[str]:
    """What these mails say into the book, then the mails out of the way; how each ended."""
    now = house.clock.now()
    answers = [read(each.raw, source=f"mail:{box.name}", ours=ours, now=now) for each in letters]
    about = house.book.addressed([t.news.token for a in answers for t in a.told])
    news = [[_believed(house, a, t, about, now) for t in a.told] for a in answers]
    verdicts = iter(house.book.hear([each for mail in news for each in mail], now=now))
    ended = Counter(_end([(each, next(verdicts)) for each in mail]) for mail in news)
    box.done([each.key for each in letters])
    return ended


def _believed(
    house: House, answer: Answer, told: Told, about: Mapping[str, Addressed], now: datetime
) -> News:
    """The news as far as it can be believed: a bounce of another's address is not one of his."""
    news, message = told.news, about.get(told.news.token)
    if message is None:
        return _named(house, answer, replace(news, token=""))
    if not told.addresses or message.to in told.addresses:
        return _lasting(house, told, message, now)
    # A copy that came back changes nothing for the debtor; of any other address nobody knows.
    word = "copy came back" if told.addresses & message.copies else "another address"
    return replace(news, kind=NewsKind.OTHER, word=word)


def _lasting(house: House, told: Told, message: Addressed, now: datetime) -> News:
    """A full mailbox is out for the day, and for long only once it was full several times."""
    news = told.news
    if news.kind is not NewsKind.BOUNCED or told.after == 1:
        return news
    before = house.book.bounced_before(
        debtor_id=message.debtor_id, to=message.to, code=news.code, since=now - AGAIN
    )
    return news if before + 1 >= told.after else replace(news, expires=0)


def _named(house: House, answer: Answer, news: News) -> News:
    """A person's mail that answers none of ours, with the debtor whom its subject names."""
    words = [each for each in _NAME.findall(answer.subject) if re.search(r"\d", each)]
    if not words or news.kind not in {NewsKind.REPLY, NewsKind.AUTOMATIC}:
        return news
    return replace(news, debtor_id=house.book.debtor_named(words))


def _end(heard: Sequence[tuple[News, Verdict]]) -> str:
    """How a mail ended: by the piece of it for which a person has to look, if there is one."""
    ends = {_end_of(news, verdict) for news, verdict in heard}
    return next((end for end in (KEPT, PLACED) if end in ends), IGNORED)


def _end_of(news: News, verdict: Verdict) -> str:
    if verdict is Verdict.KNOWN:
        return IGNORED
    if verdict is Verdict.KEPT:
        return IGNORED if news.kind in _IDLE else KEPT
    return PLACED


def _unread(box: Mailbox, fault: MailboxFault) -> Problem:
    fields = {"name": box.name, "why": fault.evidence}
    return Problem(code=f"mailbox/{fault.word}", fields=fields)
