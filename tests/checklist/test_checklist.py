"""Every point of the checklist both ways: well in a home that may go live, and not."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest

from dispatcher.checklist.areas import AREAS
from dispatcher.checklist.installation import installation
from dispatcher.checklist.point import Point, State
from dispatcher.checklist.seen import Kept, Machine, Seen
from dispatcher.compose.library import load
from dispatcher.config.read import read_config
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, Settings
from dispatcher.policy.terms import (
    ALWAYS,
    Answer,
    Contact,
    HandOver,
    Policy,
    Rule,
    Rulebook,
    Safety,
    Step,
)
from dispatcher.problems.catalog.checklist import PHRASES
from dispatcher.store.glance import Glance, Shut


CONFIG = """
environment: production
creditor:
  {name: Morel SAS, legal_form: SAS, address: [1 rue du Port], postcode: "69001", city: LYON,
   siren: "552100554", phone: "04 72 00 00 01", email: a@morel.fr, contact_name: Anne Morel,
   contact_role: Gérante, iban: FR14 2004 1010 0505 0001 3M02 606}
sources: {items: {file: in/items.csv, columns: {debtor: Compte}}}
channels:
  email: {sender: a@morel.fr, host: smtp.morel.fr, price: 0.002}
  letter: {folder: post, price: 1.60}
  call: {adapter: call}
people:
  boss: {name: Anne Morel, email: a@morel.fr}
  legal: {name: Luc Petit, email: l@morel.fr}
limits: {per_run: 100}
store: {checkpoints: /mnt/elsewhere/relance.jsonl}
"""

TEMPLATES = {
    "fr/notice/body.md.j2": "---\nsubject: Mise en demeure\nlegal_effect: yes\n---\nBonjour\n",
    "fr/thanks/body.md.j2": "---\nsubject: Merci\n---\nMerci\n",
}

TODAY = date(2026, 11, 24)  # a Tuesday

NOTICE = Contact(
    channels=("letter",), template="notice", tone="formal", needs_approval=("boss", "legal")
)
POLICY = Policy(
    name="b2b",
    version="1",
    hash="",
    file="",
    applies_to=ALWAYS,
    answers=(Answer(event="payment", contact=("email",), template="thanks"),),
    steps=(
        Step(
            id="notice",
            labels={},
            after=("none",),
            when=ALWAYS,
            choose=(Rule(id="notice/all", when=ALWAYS, then=NOTICE),),
        ),
    ),
)


def settings() -> Settings:
    read, problems = read_config(CONFIG, file="config.yaml", home=Path("/home-of-a-test"))
    assert problems == ()
    assert read is not None
    return read


@cache
def well() -> Seen:
    """A home in production in which nothing is to do."""
    library, problems = load(TEMPLATES)
    assert problems == ()
    return Seen(
        settings=settings(),
        today=TODAY,
        rulebook=Rulebook(facts={}, invariants=(), policies={"b2b": POLICY}),
        library=library,
        tested=frozenset({"b2b"}),
        written={"items": TODAY},
        kept={"var": Kept(mode=0o700), "store": Kept(mode=0o600)},
        free=5_000_000_000,
        store=Glance(environment="production", trail=12, whole=True, last_run=TODAY),
        saved=TODAY,
    )


def configured(before: str, after: str) -> Callable[[Seen], Seen]:
    """The same home with another configuration."""

    def change(seen: Seen) -> Seen:
        assert before in CONFIG
        text = CONFIG.replace(before, after)
        read, _ = read_config(text, file="config.yaml", home=seen.settings.home)
        assert read is not None
        return replace(seen, settings=read)

    return change


def contacted(then: Contact | HandOver, **other: object) -> Callable[[Seen], Seen]:
    """The same home with a policy that does something else."""

    def change(seen: Seen) -> Seen:
        rule = Rule(id="notice/all", when=ALWAYS, then=then)
        steps = (replace(POLICY.steps[0], choose=(rule,)),)
        policy = replace(POLICY, steps=steps, **other)  # type: ignore[arg-type]  # fields of it
        return replace(seen, rulebook=Rulebook(facts={}, invariants=(), policies={"b2b": policy}))

    return change


def stored(**changes: object) -> Callable[[Seen], Seen]:
    def change(seen: Seen) -> Seen:
        assert seen.store is not None
        return replace(seen, store=replace(seen.store, **changes))  # type: ignore[arg-type]  # as above

    return change


def seen_with(**changes: object) -> Callable[[Seen], Seen]:
    return lambda seen: replace(seen, **changes)  # type: ignore[arg-type]  # fields of it


def wrong_iban(seen: Seen) -> Seen:
    creditor = replace(seen.settings.creditor, iban="FR1420041010050500013M02607")
    return replace(seen, settings=replace(seen.settings, creditor=creditor))


def in_clear(seen: Seen) -> Seen:
    email = seen.settings.channels["email"]
    clear = replace(email, options={**email.options, "tls": "none"})
    channels = {**seen.settings.channels, "email": clear}
    return replace(seen, settings=replace(seen.settings, channels=channels))


MISSING = Problem(
    code="config/secret-missing", fields={"key": "channels.email.password", "reference": "env:X"}
)
REFUSED = Problem(code="deliver/option-missing", fields={"channel": "email", "option": "host"})
RATES = Problem(code="config/no-rate", fields={"name": "2026-2", "lacking": "ecb"})
SHUT = Shut(
    channel="email",
    since=datetime(2026, 11, 24, 9, tzinfo=UTC),
    until=datetime(2026, 11, 24, 10, tzinfo=UTC),
    reason="smtp/connect",
)
COPIED = Problem(code="store/copied", fields={"path": "x"})
CORRUPT = Problem(code="store/corrupt", fields={"path": "x", "cause": "y"})

#: What is changed -> the point it is about, how it stands in production and in the sandbox.
LATER = (State.PROBLEM, State.TODO)  # needed to go live
WRONG = (State.PROBLEM, State.PROBLEM)
HINT = (State.TODO, State.TODO)

CHANGES: Mapping[str, tuple[Callable[[Seen], Seen], str, tuple[State, State]]] = {
    "writings": (seen_with(errors=2), "writings", WRONG),
    "zone": (seen_with(zone_found=False), "zone", WRONG),
    "rates": (seen_with(remarks=(RATES,)), "config/no-rate", HINT),
    "identity": (configured("phone: ", "bic: "), "identity", LATER),
    "digits": (wrong_iban, "digits", WRONG),
    "example": (configured("552100554", "732829320"), "example", LATER),
    "signatory": (configured("contact_role", "privacy_url"), "signatory", LATER),
    "secret": (seen_with(channel_problems=(MISSING,)), "config/secret-missing", LATER),
    "adapter": (seen_with(channel_problems=(REFUSED,)), "deliver/option-missing", WRONG),
    "tls": (in_clear, "tls", WRONG),
    "example-sender": (configured("a@morel.fr, host", "a@morel.example, host"), "real", LATER),
    "example-relay": (configured("smtp.morel.fr", "smtp.example.test"), "real", LATER),
    "sender": (configured("smtp.morel.fr", "smtp.relay.eu"), "sender", HINT),
    "price": (configured(", price: 0.002", ""), "price", HINT),
    "caps": (configured("{per_run: 100}", "{}"), "caps", LATER),
    "nobody": (configured("name: Luc Petit, ", ""), "person", LATER),
    "address": (configured("l@morel.fr", "luc@"), "person", LATER),
    "approver": (contacted(replace(NOTICE, needs_approval=("cfo",))), "approver", WRONG),
    "two-names": (configured("name: Luc Petit", "name: anne morel"), "two-people", LATER),
    "two-addresses": (configured("l@morel.fr", "a@morel.fr"), "two-people", LATER),
    "unapproved": (contacted(replace(NOTICE, needs_approval=())), "approved", LATER),
    "handed-over": (contacted(HandOver(to="lawyer")), "approved", LATER),
    "no-policy": (
        seen_with(rulebook=Rulebook(facts={}, invariants=(), policies={})),
        "active",
        WRONG,
    ),
    "untested": (seen_with(tested=frozenset()), "tested", LATER),
    "no-words": (contacted(replace(NOTICE, also="call")), "words", WRONG),
    "no-answer": (
        contacted(NOTICE, answers=(replace(POLICY.answers[0], contact=("sms",)),)),
        "words",
        WRONG,
    ),
    "unreachable": (
        contacted(replace(NOTICE, channels=("registered_letter",))),
        "reachable",
        WRONG,
    ),
    "no-source": (configured("sources: {items", "tasks: {}\n# {items"), "sources", WRONG),
    "no-file": (seen_with(written={"items": None}), "file", WRONG),
    "old-file": (seen_with(written={"items": date(2026, 11, 20)}), "fresh", LATER),
    "future-file": (seen_with(written={"items": date(2026, 11, 25)}), "fresh", LATER),
    "no-store": (seen_with(store=None), "store", HINT),
    "unreadable": (seen_with(store=None, store_fault=CORRUPT), "store/corrupt", WRONG),
    "put-back": (seen_with(behind=COPIED), "store/copied", WRONG),
    "no-checkpoints": (configured("\nstore: {checkpoints: ", "\n# {"), "checkpoints", HINT),
    "network": (seen_with(network="nfs"), "network", WRONG),
    "cut-trail": (stored(whole=False), "trail", WRONG),
    "on-its-way": (stored(sending=1), "settled", HINT),
    "unknown": (stored(unknown=2), "known", HINT),
    "cut-run": (stored(cut=True), "ended", HINT),
    "shut": (stored(shut=(SHUT,)), "provider", WRONG),
    "no-run": (stored(last_run=None), "last-run", LATER),
    "old-run": (stored(last_run=date(2026, 11, 20)), "last-run", LATER),
    "no-backup": (seen_with(saved=None), "backup", LATER),
    "old-backup": (seen_with(saved=date(2026, 11, 16)), "backup", LATER),
    "open-store": (seen_with(kept={"store": Kept(mode=0o644)}), "rights", WRONG),
    "others-store": (seen_with(kept={"var": Kept(mode=0o700, ours=False)}), "owner", WRONG),
    "little-room": (seen_with(free=500_000_000), "room", HINT),
    "no-room": (seen_with(free=50_000_000), "room", WRONG),
}

#: What is no fault: the neighbours of the changes above.
STILL_WELL: Mapping[str, Callable[[Seen], Seen]] = {
    "signatory": configured("contact_name: Anne Morel", "contact_name: x, signatory: L. Petit"),
    "column": configured("limits:", "  seller: {column: vendeur, stand_in: boss}\nlimits:"),
    "safety-of-each-policy": lambda seen: replace(
        contacted(NOTICE, safety=Safety(debtors=50))(seen),
        settings=replace(seen.settings, totals=type(seen.settings.totals)()),
    ),
    "friday's-file-on-monday": seen_with(
        today=date(2026, 11, 23),
        written={"items": date(2026, 11, 20)},
        store=Glance(environment="production", trail=1, whole=True, last_run=date(2026, 11, 20)),
        saved=date(2026, 11, 16),
    ),
    "relay-of-the-same-domain": configured("smtp.morel.fr", "mx.out.morel.fr"),
}


def points(seen: Seen) -> list[Point]:
    return [each for area in AREAS.values() for each in area(seen)]


def sandboxed(seen: Seen) -> Seen:
    store = None if seen.store is None else replace(seen.store, environment="sandbox")
    told = replace(seen.settings, environment=Environment.SANDBOX)
    return replace(seen, settings=told, store=store)


def not_well(seen: Seen) -> list[tuple[str, State]]:
    return [(each.name, each.state) for each in points(seen) if each.state is not State.OK]


def test_nothing_is_said_of_a_home_that_may_go_live() -> None:
    assert not_well(well()) == []
    assert not_well(sandboxed(well())) == [("environment", State.TODO)]


@pytest.mark.parametrize("name", CHANGES)
def test_what_is_not_well_is_said_and_nothing_else(name: str) -> None:
    change, point, (live, sandbox) = CHANGES[name]
    assert {each[0] for each in not_well(change(well()))} - SECOND.get(name, set()) == {point}
    assert {state for what, state in not_well(change(well())) if what == point} == {live}
    inside = not_well(sandboxed(change(well())))
    assert {state for what, state in inside if what == point} == {sandbox}


#: A change that is a fault in a second way too.
SECOND = {"unreachable": set[str](), "no-words": set[str](), "no-answer": {"reachable"}}


@pytest.mark.parametrize("name", STILL_WELL)
def test_what_is_still_well_is_not_said(name: str) -> None:
    assert not_well(STILL_WELL[name](well())) == []


def test_a_store_of_the_other_environment_is_a_problem() -> None:
    assert not_well(stored(environment="sandbox")(well())) == [("same-environment", State.PROBLEM)]


@pytest.mark.parametrize(
    ("machine", "wrong"),
    [
        (Machine(python="3.11.7", sqlite="3.40"), []),
        (Machine(python="3.11.7", sqlite="3.40", foreign=True), ["package"]),
        (Machine(python="3.11.7", sqlite="3.40", missing=("rules",)), ["shipped"]),
    ],
    ids=["whole", "foreign", "incomplete"],
)
def test_the_installation(machine: Machine, wrong: list[str]) -> None:
    found = list(installation(machine))
    assert [each.name for each in found if each.state is State.PROBLEM] == wrong


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_every_point_has_its_words_and_a_remedy_where_it_is_not_well(lang: str) -> None:
    every = [well(), sandboxed(well()), *(change(well()) for change, *_ in CHANGES.values())]
    for each in (one for seen in every for one in points(seen)):
        assert "{" not in each.words(lang)
        assert bool(each.remedy(lang)) == (each.state is not State.OK) or each.problem is not None


def test_no_phrase_of_a_point_is_left_over() -> None:
    """Every phrase is said by a change above, so none was forgotten in the table."""
    own = {name.removeprefix("checklist/").split("/")[0] for name in PHRASES if name not in AROUND}
    every = [well(), sandboxed(well()), *(change(well()) for change, *_ in CHANGES.values())]
    every += [change(well()) for change in STILL_WELL.values()]
    said = {one.name for seen in every for one in points(seen)}
    machines = {one.name for one in installation(Machine(python="", sqlite=""))}
    assert own <= said | machines | {"same-environment"}


AROUND = {
    name
    for name in PHRASES
    if name.startswith(("checklist/state/", "checklist/area/"))
    or name in {"checklist/remedy", "checklist/no-home", "checklist/done"}
}
