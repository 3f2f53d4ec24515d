"""What an installation is told: the values of `config.yaml`, read and checked once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from dispatcher.model.problem import Level, Place
from dispatcher.model.rates import HalfYear


class Environment(StrEnum):
    """Where messages go: every channel to a local sink, or out into the world."""

    SANDBOX = "sandbox"
    PRODUCTION = "production"


@dataclass(frozen=True, slots=True, kw_only=True)
class Creditor:
    """Who is owed: what every message says about the sender.

    `signatory` and `quality` sign formal notices (default: `contact_name`, `contact_role`).
    `penalty_rate` is that of the conditions of sale, in percent a year; None is the law's.
    """

    name: str
    legal_form: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    siren: str = ""
    phone: str = ""
    email: str = ""
    iban: str = ""
    bic: str = ""
    contact_name: str = ""
    contact_role: str = ""
    pay_url: str = ""
    signatory: str = ""
    quality: str = ""
    mediator: str = ""
    mediator_url: str = ""
    privacy_url: str = ""
    penalty_rate: Decimal | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """Where one target of a source comes from: a heading of the file, or a constant.

    `values` translates cells ({"Oui": "yes"}); an untranslated cell stays as it is.
    """

    heading: str = ""
    constant: str | None = None
    values: Mapping[str, str] = field(default_factory=dict)
    place: Place | None = None


class SourceKind(StrEnum):
    """What one row of a source is."""

    DEBTORS = "debtors"  # one debtor
    OPEN_ITEMS = "open_items"  # one open item; a negative balance is a credit
    CREDITS = "credits"  # one credit or payment on account, written as a positive amount
    PAID_ITEMS = "paid_items"  # one invoice of the past and the day on which it was paid


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceSettings:
    """One file that comes in and how to read it; everything is declared, nothing guessed.

    `dates` is written with the letters of the configuration (`DD/MM/YYYY`). `as_of` is a target of
    `columns` or the file's own date. Of what is `optional` (paid items only) there may be no file.
    """

    name: str
    kind: SourceKind
    file: Path
    delimiter: str = ";"
    encoding: str = "utf-8"
    decimal: str = ","
    thousands: str = ""
    dates: str = "DD/MM/YYYY"
    columns: Mapping[str, Column] = field(default_factory=dict)
    optional: bool = False
    place: Place | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """At most so many messages in any span of time."""

    count: int
    span: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSettings:
    """What one channel is told.

    `options` holds texts, integers and flags; secrets are resolved by wiring (`env:NAME`,
    `file:PATH`) and stand in `secrets`, which never prints itself. `price` is what one message
    costs, of SMS one segment, in euros; None: nobody said. An SMS of more than `max_segments` is
    held. At most `rate` messages are handed over; None: as fast as it takes them. `places` says
    where each of its settings stands.
    """

    name: str
    adapter: str  # entry point in the group relance.channels
    options: Mapping[str, str | int | bool] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    price: Decimal | None = None
    max_segments: int = 2
    rate: Rate | None = None
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxSettings:
    """A mailbox into which bounces and answers come: a Maildir (`path`) or a folder of a server.

    `password` stays a reference. `done` is the folder into which mails go that were read,
    `timeout` in seconds. `places` says where each of its settings stands.
    """

    name: str
    kind: str = "maildir"
    path: str = ""
    host: str = ""
    port: int = 993
    tls: str = "tls"
    user: str = ""
    password: str = field(default="", repr=False)
    folder: str = "INBOX"
    done: str = "relance/done"
    ca_file: str = ""
    timeout: int = 30
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=dict, repr=False, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who holds a role; `column` names the debtor's column instead (an account manager)."""

    role: str
    name: str = ""
    email: str = ""
    column: str = ""
    stand_in: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskText:
    """A task of our own people: its text per language and who does it by default."""

    name: str
    labels: Mapping[str, str] = field(default_factory=dict)
    assign_to: str = ""


class OfferKind(StrEnum):
    """What a contact may offer."""

    PLAN = "plan"  # payment in instalments
    WAIVER = "waiver"  # of interest and costs
    DISCOUNT = "discount"  # of the debt itself


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What a contact may offer; `instalments` of a plan, None for the others."""

    name: str
    kind: OfferKind
    labels: Mapping[str, str] = field(default_factory=dict)
    instalments: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OutOfUsual:
    """When a day is asked about: above `times` the mean of the days before, and `over` more.

    `over` is of contacts, and of euros. `times` None: never.
    """

    times: int | None = 3
    over: int | None = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """Limits of the home over all policies; None is no limit. Costs are in euros."""

    per_run: int | None = None  # contacts
    per_day: Mapping[str, int] = field(default_factory=dict)  # channel -> contacts
    legal_effect_per_day: int | None = None  # contacts
    cost_per_run: Decimal | None = None
    cost_per_day: Decimal | None = None
    unusual: OutOfUsual = field(default_factory=OutOfUsual)


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """How long we ask to be paid within, in days; the day printed is a working day.

    `reminder` counts from the message and ends before the next reminder may go; `formal_notice`
    from the day on which the letter is presented, which is `post` business days after its own.
    """

    reminder: int = 6
    formal_notice: int = 8
    post: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachments:
    """Where the files are that go with e-mails; `max_bytes` bounds those of one e-mail.

    `invoices` is a path with `{number}` in its last part, relative to the home; empty: none.
    """

    invoices: str = ""
    max_bytes: int = 10_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Weight:
    """What a finding of `check` weighs in this home, and why; `level` None: it is not said.

    `only` are the rules, steps, policies or names that it is about; empty: all of this code.
    """

    level: Level | None
    reason: str
    only: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The configuration of one home. Paths are absolute; `timezone` is an IANA name."""

    home: Path
    creditor: Creditor
    environment: Environment = Environment.SANDBOX
    timezone: str = "Europe/Paris"
    language: str = "fr"
    currency: str = "EUR"
    sources: tuple[SourceSettings, ...] = ()
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    inbox: Mapping[str, InboxSettings] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    tasks: Mapping[str, TaskText] = field(default_factory=dict)
    offers: Mapping[str, Offer] = field(default_factory=dict)
    totals: Totals = field(default_factory=Totals)
    attachments: Attachments = field(default_factory=Attachments)
    deadlines: Deadlines = field(default_factory=Deadlines)
    rates: Mapping[str, HalfYear] = field(default_factory=dict)
    check: Mapping[str, Weight] = field(default_factory=dict)
    default_policy: str = ""
    max_data_age: int = 1  # business days
    store: Path = Path("var/relance.sqlite")
    checkpoints: Path | None = None  # where each run says how far the trail goes

    def stand_ins(self, role: str) -> Iterator[Person]:
        """Who holds a role, then whoever stands in for him, each once; nobody for no such role."""
        seen = set[str]()
        while role in self.people and role not in seen:
            seen.add(role)
            yield self.people[role]
            role = self.people[role].stand_in
