"""What stands around the words of the e-mails of a run: people, threads, files."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from dispatcher.compose.contact import Data
from dispatcher.compose.envelope import EMAIL, addressed
from dispatcher.compose.head import INVOICES, STATEMENT, Head
from dispatcher.compose.library import Library
from dispatcher.compose.statement import statement
from dispatcher.messages.accounts import Accounts
from dispatcher.messages.attachments import PDF, invoices
from dispatcher.model.mail import EarlierMail, Enclosure, Envelope
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.store.blobs import digest


class KeptBack(Exception):
    """The e-mail lacks what its template requires; `problem` says what."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.code)


@dataclass(frozen=True, slots=True, kw_only=True)
class Enveloped:
    """An envelope, the bytes of its files in their order, and what does not go along."""

    envelope: Envelope
    contents: tuple[bytes, ...] = ()
    missing: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _File:
    """A file as it goes along, or why it does not."""

    name: str
    media_type: str = ""
    content: bytes = b""
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """Makes the envelopes of a run; `earlier` are the e-mails that each debtor has got."""

    settings: Settings
    library: Library
    accounts: Accounts
    today: date
    earlier: Mapping[int, tuple[EarlierMail, ...]] = field(default_factory=dict)

    def envelope(self, contact: PlannedContact, data: Data, subject: str, lang: str) -> Enveloped:
        """The envelope of one e-mail, its files, and what does not go along.

        Raises:
            KeptBack: a file is missing that the template requires.
        """
        head = head_of(self.library, contact, lang)
        files = list(self._files(contact, data, head))
        going = [file for file in files if not file.why]
        needed = [file for file in files if file.why and _kind(file) in head.require]
        if needed:
            raise KeptBack(_needed(needed[0], contact))
        earlier = self._conversation(contact)
        envelope = addressed(
            self.settings,
            self.accounts.debtors[contact.debtor_id],
            subject=earlier[0].subject if earlier and head.same_subject else subject,
            copy_to=contact.copy_to,
            assignee=contact.assignee,
            earlier=earlier,
            files=[_enclosed(file) for file in going],
        )
        return Enveloped(
            envelope=envelope,
            contents=tuple(file.content for file in going),
            missing=tuple(_missing(file) for file in files if file.why),
        )

    def _conversation(self, contact: PlannedContact) -> list[EarlierMail]:
        """The e-mails that were about one of these cases."""
        cases = {line.case_id for line in contact.lines}
        cases |= set() if contact.reply is None else set(contact.reply.cases)
        mine = self.earlier.get(contact.debtor_id, ())
        return [each for each in mine if not cases.isdisjoint(each.cases)]

    def _files(self, contact: PlannedContact, data: Data, head: Head) -> Iterator[_File]:
        taken = 0
        if STATEMENT in head.attach:
            content = statement(data).encode("utf-8-sig")  # so that a spreadsheet knows it is UTF-8
            taken = len(content)
            name = f"releve-{self.today.isoformat()}.csv"
            yield _File(name=name, media_type="text/csv", content=content)
        if _wants_invoices(head, self.settings):
            for found in invoices(numbers(contact, self.accounts), self.settings, taken=taken):
                yield _File(name=found.name, media_type=PDF, content=found.content, why=found.why)


def encloses(library: Library, contact: PlannedContact) -> bool:
    """Whether an e-mail of this contact, in any language, has invoices with it."""
    langs = library.languages(contact.template)
    return any(INVOICES in head_of(library, contact, lang).attach for lang in langs)


def absent_files(
    contact: PlannedContact, accounts: Accounts, library: Library, settings: Settings
) -> Iterator[Problem]:
    """What will not go along with a planned e-mail; nothing is read but the beginning of a file."""
    if EMAIL not in {contact.channel, contact.also}:
        return
    head = head_of(library, contact, accounts.debtors[contact.debtor_id].language or "fr")
    if _wants_invoices(head, settings):
        for found in invoices(numbers(contact, accounts), settings, read=False):
            if found.why:
                file = _File(name=found.name, why=found.why)
                yield _needed(file, contact) if INVOICES in head.require else _missing(file)


def _wants_invoices(head: Head, settings: Settings) -> bool:
    """A home that says nowhere where its invoices are sends none, unless they are required."""
    return INVOICES in head.require or (
        INVOICES in head.attach and bool(settings.attachments.invoices)
    )


def head_of(library: Library, contact: PlannedContact, lang: str) -> Head:
    """What the template of a contact declares."""
    sheet = library.sheet(contact.template, channel=EMAIL, tone=contact.tone, lang=lang)
    return Head() if sheet is None else sheet.head


def numbers(contact: PlannedContact, accounts: Accounts) -> list[str]:
    """The invoices that a contact claims, each once, the one that is due first in front."""
    claimed = [line.case_id for line in contact.lines if line.claimed]
    items = sorted((accounts.items[case] for case in claimed), key=lambda item: item.due)
    return list(dict.fromkeys(item.number for item in items))


def _enclosed(file: _File) -> Enclosure:
    return Enclosure(
        name=file.name,
        media_type=file.media_type,
        digest=digest(file.content),
        size=len(file.content),
    )


def _kind(file: _File) -> str:
    return STATEMENT if file.media_type == "text/csv" else INVOICES


def _missing(file: _File) -> Problem:
    return Problem(code="mail/no-file", fields={"name": file.name, "why": file.why})


def _needed(file: _File, contact: PlannedContact) -> Problem:
    fields = {"name": file.name, "why": file.why, "template": contact.template}
    return Problem(code="mail/file-needed", fields=fields)
