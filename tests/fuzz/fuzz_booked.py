"""What comes to us, down to the book: whatever is heard is kept once, and the trail stays whole."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from dispatcher.model.settings import Environment
from dispatcher.ports import Accepted, News
from dispatcher.store.book import Book
from dispatcher.store.open import open_store
from dispatcher.store.verify import verify
from tests.channels.sms_signed import SID
from tests.channels.sms_signed import TOKEN as OF_SMS
from tests.fuzz import fuzz_heard
from tests.fuzz.fuzz_heard import NOW, mailed, requested
from tests.fuzz.fuzz_target import Target
from tests.returns.mails import TOKEN as OF_MAIL
from tests.store.store_samples import NOW as SENT
from tests.store.store_samples import answer, book_on, claim, filled, frozen, outbox_on


@cache
def _template(folder: Path) -> tuple[Path, dict[str, str]]:
    """A store in which a text and an e-mail have left, made once, and their names."""
    made = folder / "template"
    made.mkdir()
    store = filled(made, cases=2)
    outbox = outbox_on(store)
    book_on(store).freeze(None, [frozen(1, channel="sms"), frozen(2)], now=SENT)
    tokens: dict[str, str] = {}
    for channel, name in (("sms", OF_SMS), ("email", OF_MAIL)):
        (claimed,) = claim(outbox, channel=channel)
        answer(outbox, claimed, Accepted(provider_id=SID))
        tokens[name] = claimed.token
    store.close()
    return store.path, tokens


@contextmanager
def sent(folder: Path) -> Iterator[tuple[Book, dict[str, str]]]:
    """A copy of it, open."""
    path, tokens = _template(folder)
    with TemporaryDirectory(dir=folder) as made:
        copy = Path(shutil.copytree(path.parent, Path(made) / "var"))
        store = open_store(copy / path.name, environment=Environment.SANDBOX, check=False)
        try:
            yield book_on(store), tokens
        finally:
            store.close()


def booked(raw: bytes, folder: Path) -> None:
    """A request or a mail: what it says is kept, and told again it is nothing new."""
    told = requested(raw) if raw.startswith(b"POST") else mailed(raw)
    if not told:
        return
    with sent(folder) as (book, tokens):
        news: list[News] = [replace(n, token=tokens.get(n.token, n.token)) for n in told]
        first = book.hear(news, now=NOW)
        again = book.hear(news, now=NOW)
        assert len(first) == len(news)
        assert {verdict.value for verdict in again} <= {"known"}
        assert verify(book.store.path).first_fault is None


TARGETS: Final = (
    Target(
        name="news",
        seeds=[seed for target in fuzz_heard.TARGETS for seed in target.seeds],
        feed=booked,
        words=[word for target in fuzz_heard.TARGETS for word in target.words],
        examples=20,
    ),
)
