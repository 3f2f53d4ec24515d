"""A plan's contacts into frozen messages, and a frozen message into what a channel delivers."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dispatcher.accounts import Accounts, printed
from dispatcher.compose.contact import Data
from dispatcher.compose.mime import Mailbox, build
from dispatcher.compose.printed import printed_digest
from dispatcher.model.message import State
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.ports import Claim, Frozen, Message
from dispatcher.render.job import Job, Rendered


EMAIL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrendered:
    """A contact that could not be put into words; the others go on."""

    contact: PlannedContact
    problem: Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The messages of one contact: the main one and perhaps a second beside it."""

    contact: PlannedContact
    frozen: tuple[Frozen, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    contact: PlannedContact
    channel: str
    to: str
    data: Data


#: Renders jobs in order, one result each.
Render = Callable[[Iterable[Job]], Iterable[Rendered]]


def frozen_contacts(
    contacts: Sequence[PlannedContact],
    accounts: Accounts,
    settings: Settings,
    render: Render,
    *,
    today: date,
) -> Iterator[Bundle | Unrendered]:
    """Each contact in words, ready to be written, or the problem that keeps it back, in order."""
    wanted = [each for contact in contacts for each in _wanted(contact, accounts, settings, today)]
    jobs = (
        Job(
            template=each.contact.template,
            channel=each.channel,
            tone=each.contact.tone,
            lang=_language(accounts, each.contact),
            data=each.data,
        )
        for each in wanted
    )
    for contact, pairs in _by_contact(zip(wanted, render(jobs), strict=True)):
        problems = [result.problem for _, result in pairs if result.problem is not None]
        if problems:
            yield Unrendered(contact=contact, problem=problems[0])
        else:
            yield _bundle(contact, pairs, today)


def thaw(claim: Claim, settings: Settings) -> Message:
    """What a channel gets: the frozen parts, and for e-mail the whole message as bytes.

    Date and Message-ID are those of the first attempt, so every attempt has the same bytes.
    """
    parts = {name: str(text) for name, text in json.loads(claim.content).items()}
    sender = (
        str(settings.channels[EMAIL].options.get("sender", "")) if claim.channel == EMAIL else ""
    )
    return Message(
        id=claim.id,
        token=claim.token,
        channel=claim.channel,
        to=claim.to,
        parts=parts,
        mime=_mime(claim, parts, sender, settings) if claim.channel == EMAIL else b"",
        sender=sender,
        legal_effect=claim.legal_effect,
    )


def _mime(claim: Claim, parts: Mapping[str, str], sender: str, settings: Settings) -> bytes:
    domain = sender.rpartition("@")[2]
    return build(
        sender=Mailbox(address=sender, name=settings.creditor.name),
        to=Mailbox(address=claim.to),
        reply_to=Mailbox(address=settings.creditor.email or sender),
        subject=parts["subject"],
        text=parts["text"],
        html=parts["html"],
        date=claim.created_at,
        message_id=f"{claim.token}@{domain}",
    )


def _wanted(
    contact: PlannedContact, accounts: Accounts, settings: Settings, today: date
) -> Iterator[_Wanted]:
    channels = [(contact.channel, contact.to)]
    if contact.also:
        channels.append((contact.also, contact.also_to))
    for channel, to in channels:
        data = printed(
            accounts,
            settings,
            debtor_id=contact.debtor_id,
            to=to,
            case_ids=[line.case_id for line in contact.lines if line.claimed],
            planned_on=today,
            today=today,
        )
        yield _Wanted(contact=contact, channel=channel, to=to, data=data)


def _language(accounts: Accounts, contact: PlannedContact) -> str:
    return accounts.debtors[contact.debtor_id].language or "fr"


Pair = tuple[_Wanted, Rendered]


def _by_contact(pairs: Iterable[Pair]) -> Iterator[tuple[PlannedContact, list[Pair]]]:
    current: list[Pair] = []
    for pair in pairs:
        if current and pair[0].contact is not current[0][0].contact:
            yield current[0][0].contact, current
            current = []
        current.append(pair)
    if current:
        yield current[0][0].contact, current


def _bundle(contact: PlannedContact, pairs: Sequence[Pair], today: date) -> Bundle:
    frozen = tuple(
        _frozen(wanted, result.parts or {}, today, is_main=index == 0)
        for index, (wanted, result) in enumerate(pairs)
    )
    return Bundle(contact=contact, frozen=frozen)


def _frozen(wanted: _Wanted, parts: Mapping[str, str], today: date, *, is_main: bool) -> Frozen:
    contact = wanted.contact
    content = json.dumps(dict(parts), ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return Frozen(
        debtor_id=contact.debtor_id,
        channel=wanted.channel,
        to=wanted.to,
        policy=contact.policy,
        policy_hash=contact.policy_hash,
        rule=contact.rule,
        template=contact.template,
        tone=contact.tone,
        lines=contact.lines if is_main else (),
        content=content.encode(),
        printed=printed_digest(wanted.data),
        planned_on=today,
        not_before=contact.not_before,
        valid_until=contact.valid_until,
        legal_effect=contact.legal_effect,
        assignee=contact.assignee,
        due_on=contact.due_on,
        attempts=contact.attempts,
        state=State.AWAITING if contact.needs_approval else State.PLANNED,
    )
