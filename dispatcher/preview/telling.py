"""What stands around a message, in words: to whom, from whom, how long, at what price."""

from collections.abc import Iterator
from decimal import Decimal
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Final

from dispatcher.compose.format import money
from dispatcher.preview.messages import Shown
from dispatcher.problems.registry import phrase


_HEADERS: Final = ("from", "to", "cc", "reply-to", "subject", "date")


def heads(shown: Shown, lang: str) -> Iterator[tuple[str, str]]:
    """The headers of an e-mail and its attachments; of the others, where they go."""
    if not shown.message.mime:
        yield phrase("gallery/to", lang), shown.message.to.replace("\n", ", ")
        if subject := shown.message.parts.get("subject", ""):
            yield phrase("gallery/subject", lang), subject
        return
    mail = message_from_bytes(shown.message.mime, policy=policy.default)
    assert isinstance(mail, EmailMessage)  # noqa: S101 - what the default policy makes
    yield from (
        (phrase(f"gallery/{name}", lang), str(mail[name])) for name in _HEADERS if mail[name]
    )
    yield from (
        (phrase("gallery/attached", lang), part.get_filename() or "")
        for part in mail.iter_attachments()
    )


def cost(shown: Shown, lang: str) -> Iterator[str]:
    """Pages of a letter; characters, segments and price of an SMS."""
    sms = shown.message.parts.get("sms", "")
    if sms:
        yield phrase("preview/length", lang, count=str(len(sms)))
        price = euros(shown.price) or phrase("preview/no-price", lang)
        yield phrase("preview/segments", lang, count=str(shown.segments), price=price)
    if pages := shown.message.parts.get("pages", ""):
        yield phrase("preview/pages", lang, count=pages)
    if "remark" in shown.message.parts:
        yield phrase("preview/shortened", lang)


def euros(price: Decimal | None) -> str:
    """A price in euros: cents, and the parts of a cent that an e-mail costs."""
    if price is None:
        return ""
    cents = price * 100
    if cents == cents.to_integral_value():
        return money(int(cents), "EUR")
    return f"{price.normalize():f}".replace(".", ",") + "\u00a0€"
