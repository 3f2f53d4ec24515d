"""Letters and registered letters: print-ready files in a folder, with lists for who prints them."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from channels.letter_folder import LetterFolder
from channels.letter_lists import Record
from channels.letter_settings import LetterSettings, read_settings
from dispatcher.ports import (
    Accepted,
    ChannelSettings,
    DeliveryClass,
    Going,
    Message,
    NotAccepted,
    Outcome,
    Rejected,
    Unknown,
    Withheld,
)


PDF: Final = "letter.pdf"
REGISTERED: Final = "registered_letter"

_TOKEN: Final = re.compile("[A-Za-z0-9_-]{1,100}")
_SAYS: Final = {True: "yes", False: "no"}


def open_channel(settings: ChannelSettings) -> "LetterChannel":
    """The channel of these settings.

    Raises:
        BadInput: a setting is missing, unknown or wrong.
    """
    return LetterChannel(settings.name, read_settings(settings))


class LetterChannel:
    """Puts each letter into the folder of its day; the same token twice is one letter."""

    def __init__(self, name: str, settings: LetterSettings) -> None:
        self._name = name
        self._settings = settings
        self._folder = LetterFolder(Path(settings.folder))

    @property
    def name(self) -> str:
        return self._name

    @property
    def delivery_class(self) -> DeliveryClass:
        return "idempotent"

    @property
    def batch(self) -> int:
        return 25

    async def send(self, message: Message, going: Going) -> Outcome:
        """Accepted once the letter, its record and the lists of its day are on the disk."""
        pdf = message.files.get(PDF, b"")
        if not pdf.startswith(b"%PDF-") or not _TOKEN.fullmatch(message.token):
            return Rejected(code="no-letter", evidence="no PDF to print", scope="message")
        seen: list[bool] = []

        def leaving() -> None:
            going()
            seen.append(True)

        try:
            return self._put(message, pdf, leaving)
        except Withheld:
            raise
        except OSError as error:
            why = error.strerror or type(error).__name__
            if seen:
                return Unknown(stage="filing", evidence=why)
            return NotAccepted(code="folder", evidence=why)

    def _put(self, message: Message, pdf: bytes, going: Going) -> Outcome:
        earlier = self._folder.day_of(message.token)
        day = earlier or message.day or datetime.now(UTC).astimezone().date()
        if earlier is None:
            self._folder.put(pdf, self._record(message), day, going)
        else:
            going()
            self._folder.list_again(day)
        name = f"{day.isoformat()}/{message.token}.pdf"
        return Accepted(provider_id=message.token, receipt=name)

    def _record(self, message: Message) -> Record:
        return {
            "token": message.token,
            "recipient": message.parts.get("address", message.to),
            "registered": _SAYS[message.channel == REGISTERED],
            "colour": _SAYS[self._settings.colour],
            "both_sides": _SAYS[self._settings.both_sides],
            "pages": message.parts.get("pages", ""),
            "remark": message.parts.get("remark", ""),
        }

    async def close(self) -> None:
        """Nothing is open."""
