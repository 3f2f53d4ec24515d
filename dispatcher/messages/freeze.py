"""A plan's contacts into frozen messages, and a frozen message into what a channel delivers."""

import json
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial

from dispatcher.compose.contact import Data
from dispatcher.compose.envelope import EMAIL, as_mail, as_plain, from_plain
from dispatcher.compose.gsm import dear
from dispatcher.compose.letter import LETTERS
from dispatcher.compose.printed import printed_digest
from dispatcher.messages.accounts import BY_POST, Accounts, printed
from dispatcher.messages.correspondence import Correspondence, Enveloped, KeptBack
from dispatcher.model.following import NOT_KNOWN, Following
from dispatcher.model.mail import ENVELOPE, FILES
from dispatcher.model.message import State
from dispatcher.model.plan import PlannedContact
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.ports import Claim, Frozen, Message
from dispatcher.render.job import Job, Rendered
from dispatcher.store.blobs import digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Unrendered:
    """A contact that could not be put into words; the others go on.

    `debtor` is the debtor's reference, as people know him.
    """

    contact: PlannedContact
    problem: Problem
    debtor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """The messages of one contact: the main one and perhaps a second beside it."""

    contact: PlannedContact
    frozen: tuple[Frozen, ...]
    remarks: tuple[Problem, ...] = ()
    files: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Wanted:
    contact: PlannedContact
    channel: str
    to: str
    data: Data


#: Renders jobs in order, one result each.
Render = Callable[[Iterable[Job]], Iterable[Rendered]]

#: Tells what comes after a contact.
Ahead = Callable[[PlannedContact], Following]


def nobody_knows(_contact: PlannedContact) -> Following:
    """Announces nothing."""
    return NOT_KNOWN


def frozen_contacts(
    contacts: Sequence[PlannedContact],
    accounts: Accounts,
    settings: Settings,
    render: Render,
    *,
    mail: Correspondence,
    today: date,
    counting: Container[str] = (),
    ahead: Ahead = nobody_knows,
) -> Iterator[Bundle | Unrendered]:
    """Each contact in words, ready to be written, or the problem that keeps it back, in order.

    `counting` are the templates that print interest and indemnities; `ahead` tells what a message
    may announce.
    """
    wanted = [
        each
        for contact in contacts
        for each in _wanted(
            contact,
            accounts,
            settings,
            today,
            with_dues=contact.template in counting,
            following=ahead(contact),
        )
    ]
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
        problems = (_problem(*pair, settings) for pair in pairs)
        problem = next((each for each in problems if each is not None), None)
        if problem is not None:
            yield Unrendered(contact=contact, problem=problem, debtor=_debtor(pairs))
        else:
            yield _bundle(contact, pairs, mail, today)


def thaw(claim: Claim, blob: Callable[[str], bytes], *, day: date | None = None) -> Message:
    """What a channel gets: the frozen parts, and for e-mail the whole message as bytes.

    `blob` gives bytes by their digest. Everything else was frozen with the words, so every attempt
    has the same bytes.

    Raises:
        LookupError, OSError, ValueError: what was frozen is damaged.
    """
    content = json.loads(claim.content)
    parts = {name: text for name, text in content.items() if isinstance(text, str)}
    made = partial(
        Message,
        id=claim.id,
        token=claim.token,
        channel=claim.channel,
        to=claim.to,
        parts=parts,
        legal_effect=claim.legal_effect,
        files={name: blob(named) for name, named in content.get(FILES, {}).items()},
        day=day,
    )
    if claim.channel != EMAIL:
        return made()
    envelope = from_plain(content[ENVELOPE])
    files = [blob(each.digest) for each in envelope.files]
    return made(
        mime=as_mail(envelope, parts, files, to=claim.to, token=claim.token, date=claim.created_at),
        copies=tuple(each.address for each in (*envelope.cc, *envelope.bcc)),
        sender=envelope.sender.address,
    )


def _wanted(
    contact: PlannedContact,
    accounts: Accounts,
    settings: Settings,
    today: date,
    *,
    with_dues: bool,
    following: Following,
) -> Iterator[_Wanted]:
    channels = [(contact.channel, contact.to)]
    if contact.also:
        channels.append((contact.also, contact.also_to))
    reply = contact.reply
    cases = (
        [line.case_id for line in contact.lines if line.claimed] if reply is None else reply.cases
    )
    if reply is not None:
        accounts = replace(accounts, occasions={contact.debtor_id: reply.occasion})
    for channel, to in channels:
        data = printed(
            accounts,
            settings,
            debtor_id=contact.debtor_id,
            to=to,
            case_ids=cases,
            planned_on=today,
            today=today,
            channel=channel,
            by_post=contact.channel in BY_POST,
            legal_effect=contact.legal_effect,
            offer=contact.offer,
            with_dues=with_dues,
            currency="" if reply is None else reply.currency,
            following=following,
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


def _problem(wanted: _Wanted, result: Rendered, settings: Settings) -> Problem | None:
    """What keeps a message back: it could not be rendered, or an SMS would cost too much."""
    if result.problem is not None or wanted.channel not in settings.channels:
        return result.problem
    limit = settings.channels[wanted.channel].max_segments
    sms = (result.parts or {}).get("sms", "")
    return dear(sms, limit=limit, template=wanted.contact.template)


def _debtor(pairs: Sequence[Pair]) -> str:
    """Whom a contact is for, as its own words would have said it."""
    (wanted, _), *_ = pairs
    debtor = wanted.data.get("debtor")
    return str(debtor.get("reference", "")) if isinstance(debtor, Mapping) else ""


def _bundle(
    contact: PlannedContact, pairs: Sequence[Pair], mail: Correspondence, today: date
) -> Bundle | Unrendered:
    frozen, remarks, files = list[Frozen](), list[Problem](), list[bytes]()
    for wanted, result in pairs:
        content: dict[str, object] = dict(result.parts or {})
        if wanted.channel == EMAIL:
            try:
                content, made = _in_envelope(wanted, result.parts or {}, mail)
            except KeptBack as lacking:
                problem = lacking.problem
                return Unrendered(contact=contact, problem=problem, debtor=_debtor(pairs))
            remarks += made.missing
            files += made.contents
        elif wanted.channel in LETTERS:
            content = _on_paper(result)
            files += result.files.values()
        frozen.append(_frozen(wanted, content, today, is_main=not frozen))
    return Bundle(contact=contact, frozen=tuple(frozen), remarks=tuple(remarks), files=tuple(files))


def _on_paper(result: Rendered) -> dict[str, object]:
    """The parts of a letter with its files by digest; what the file was made from is not kept."""
    parts = {name: text for name, text in (result.parts or {}).items() if name != "tree"}
    return {**parts, FILES: {name: digest(made) for name, made in result.files.items()}}


def _in_envelope(
    wanted: _Wanted, parts: Mapping[str, str], mail: Correspondence
) -> tuple[dict[str, object], Enveloped]:
    """The parts of an e-mail with all that stands around them."""
    lang = _language(mail.accounts, wanted.contact)
    made = mail.envelope(wanted.contact, wanted.data, parts["subject"], lang)
    words = {**parts, "subject": made.envelope.subject}
    return {**words, ENVELOPE: as_plain(made.envelope)}, made


def _frozen(wanted: _Wanted, parts: Mapping[str, object], today: date, *, is_main: bool) -> Frozen:
    contact = wanted.contact
    content = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
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
        event_id=None if contact.reply is None else contact.reply.event_id,
        main_id=None if contact.reply is None else contact.reply.main_id,
        needs_approval=contact.needs_approval,
        state=State.AWAITING if contact.needs_approval else State.PLANNED,
    )
