"""Days on which a provider refuses, is away or falls silent: nothing lost, nothing twice.

The relay is a real one on this machine; text messages go to the sandbox's files.
"""

import asyncio
import re
import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from channels.email import EmailChannel
from channels.email_settings import EmailSettings
from dispatcher import app
from dispatcher.home import Home, lay_down
from dispatcher.house import House, Post, Report
from dispatcher.model.settings import Environment, Rate, Settings
from dispatcher.store.providers import StoredProviders
from dispatcher.testing import Drop, Fault, Reply, SmtpServer, smtp_server
from dispatcher.wiring import opened_house, verified
from tests.app.test_days import TUESDAY, Row, export, row


DAYS = [TUESDAY + timedelta(days=number) for number in range(4)]  # to Friday


@dataclass
class Relay:
    """A mail server in a thread of its own; `mood` says how it misbehaves now, by phase."""

    mood: dict[str, Fault] = field(default_factory=dict)
    server: SmtpServer = field(default_factory=SmtpServer)

    def moods(self, phase: str) -> Iterator[Fault | None]:
        while True:
            yield self.mood.get(phase)

    @contextmanager
    def running(self) -> Iterator["Relay"]:
        loop, up = asyncio.new_event_loop(), threading.Event()
        over = asyncio.Event()

        async def serve() -> None:
            faults = {phase: self.moods(phase) for phase in ("banner", "rcpt", "dot")}
            async with smtp_server(faults) as self.server:
                up.set()
                await over.wait()

        thread = threading.Thread(target=loop.run_until_complete, args=[serve()])
        thread.start()
        try:
            assert up.wait(10)
            yield self
        finally:
            loop.call_soon_threadsafe(over.set)
            thread.join()
            loop.close()

    def got(self) -> Counter[str]:
        return Counter(to for each in self.server.received for to in each.to)

    def channel(self) -> EmailChannel:
        settings = EmailSettings(
            host="127.0.0.1",
            port=self.server.port,
            tls="none",
            sender="billing@creditor.test",
            timeout=5,
            final_timeout=5,
        )
        return EmailChannel("email", settings)


@dataclass
class Village:
    """A home whose e-mails go over the relay."""

    home: Home
    relay: Relay
    rate: Rate | None = None

    def run(self, today: date, *rows: Row) -> Report:
        export(self.home, today, *rows)
        with self.house(today) as house:
            report = app.run(house, accepted=["open_items"])
        assert verified(self.home).first_fault is None
        return report

    @contextmanager
    def house(self, today: date) -> Iterator[House]:
        with opened_house(self.home, day=str(today), writes=True) as house:
            yield replace(house, settings=self.settings(house), post=lambda: self.post(house))

    def settings(self, house: House) -> Settings:
        """With a rate: as in production, where alone it holds."""
        if self.rate is None:
            return house.settings
        email = replace(house.settings.channels["email"], rate=self.rate)
        channels = {**house.settings.channels, "email": email}
        return replace(house.settings, channels=channels, environment=Environment.PRODUCTION)

    @contextmanager
    def post(self, house: House) -> Iterator[Post]:
        with house.post() as post:
            yield replace(post, channels={**post.channels, "email": self.relay.channel()})

    def texted(self) -> Counter[str]:
        """The numbers that were texted, and how often."""
        found = (path.read_text("utf-8") for path in (self.home.sinks / "sms").glob("*.txt"))
        return Counter(re.findall(r"\+336\d{8}", "\n".join(each[:300] for each in found)))


@pytest.fixture
def village(tmp_path: Path) -> Iterator[Village]:
    with Relay().running() as relay:
        home = lay_down(tmp_path / "home")
        for path in home.rules.glob("*.yaml"):
            if path.name not in {"facts.yaml", "base.yaml", "b2b-standard.yaml"}:
                path.unlink()  # of other debtors: every run would read it for nothing
        base = home.rules / "base.yaml"
        base.write_text(base.read_text("utf-8").replace("40%", "100%"), "utf-8")  # all owe at once
        yield Village(home=home, relay=relay)


def firm(number: int) -> Row:
    """A debtor of his own with an e-mail address and a mobile."""
    return {
        **row(f"F-{number}"),
        "Compte": f"C{number}",
        "Raison sociale": f"Menuiserie {number}",
        "E-mail": f"debtor{number}@eluard.example",
        "Téléphone": "",
        "Mobile": f"06 12 34 56 {number:02}",
    }


def answers(report: Report) -> Mapping[str, str]:
    return dict(report.plan.answers.select("number", "action").iter_rows())


REFUSED = {
    "at once": ("550 5.1.1 no such user", 1),
    "when it was tried once more": ("550 no", 2),
}


@pytest.mark.parametrize(("said", "tries"), REFUSED.values(), ids=REFUSED)
def test_who_is_refused_for_good_is_texted_by_the_next_plan_and_not_before(
    village: Village, said: str, tries: int
) -> None:
    village.relay.mood["rcpt"] = Reply(text=said)
    for today in DAYS[:tries]:
        assert not village.texted()
        village.run(today, firm(1))
    assert not village.texted()
    after = village.run(DAYS[tries], firm(1))
    assert answers(after) == {"F-1": "contact"}
    assert village.texted() == {"+33612345601": 1}
    assert not village.relay.got()


def test_an_unknown_outcome_never_makes_the_plan_take_another_channel(village: Village) -> None:
    village.relay.mood["dot"] = Drop(take=True)
    first = village.run(DAYS[0], firm(1))
    assert first.delivered.count("unknown") == 1
    village.relay.mood.clear()
    for today in DAYS[1:]:
        assert answers(village.run(today, firm(1))) == {"F-1": "under way"}
    assert not village.texted()
    assert village.relay.got() == {"debtor1@eluard.example": 1}


def test_a_provider_that_is_away_for_two_days_costs_nobody_anything(village: Village) -> None:
    firms = [firm(number) for number in range(1, 31)]
    village.relay.mood["banner"] = Reply(text="450 down", then_drop=True)
    first = village.run(DAYS[0], *firms)
    assert first.delivered.sent[0].channels["email"].ended == "unhealthy"
    assert first.delivered.count("not_accepted") == 25  # one batch; the other five are untouched
    again = village.run(DAYS[1], *firms)
    assert again.delivered.count("not_accepted") == 1  # one tried for all
    village.relay.mood.clear()
    last = village.run(DAYS[2], *firms)
    assert village.relay.got() == {f"debtor{n}@eluard.example": 1 for n in range(1, 31)}
    assert last.delivered.count("accepted") == 30
    assert not village.texted()
    with opened_house(village.home, day=str(DAYS[2]), writes=False) as house:
        assert not StoredProviders(house.book.store).health("email").is_open


def test_out_of_order_for_longer_than_a_business_day_the_plan_takes_the_next_channel(
    village: Village,
) -> None:
    village.relay.mood["banner"] = Reply(text="450 down", then_drop=True)
    many = [firm(number) for number in range(1, 7)]
    village.run(DAYS[0], *many)
    village.run(DAYS[1], *many)
    village.run(DAYS[2], *many, firm(9))
    assert village.texted() == {"+33612345609": 1}  # the new one; what is planned waits
    village.relay.mood.clear()
    village.run(DAYS[3], *many, firm(9))
    assert village.texted() == {"+33612345609": 1}
    assert village.relay.got() == {f"debtor{n}@eluard.example": 1 for n in range(1, 7)}


def test_a_full_mailbox_on_friday_is_tried_again_on_monday(village: Village) -> None:
    village.relay.mood["rcpt"] = Reply(text="452 4.2.2 mailbox full")
    village.run(DAYS[3], firm(1))
    with (
        closing(sqlite3.connect(village.home.folder / "var" / "relance.sqlite")) as store,
        store,
    ):
        (next_at,) = store.execute("SELECT next_at FROM message WHERE next_at > 0").fetchone()
    monday = datetime.fromtimestamp(next_at / 1000, ZoneInfo("Europe/Paris"))
    assert (monday.date(), monday.hour) == (DAYS[3] + timedelta(days=3), 10)


def test_a_rate_holds_over_several_commands_and_the_rest_waits(village: Village) -> None:
    village.rate = Rate(count=2, span=timedelta(hours=1))
    firms = [firm(number) for number in (1, 2, 3)]
    first = village.run(DAYS[0], *firms)
    assert first.delivered.sent[0].channels["email"].ended == "rate"
    with village.house(DAYS[0]) as house:  # as `relance send`, some seconds later
        again = app.send(house)
    assert again.sent[0].channels["email"].counts == {}
    assert sum(village.relay.got().values()) == 2
    village.run(DAYS[1], *firms)
    assert village.relay.got() == {f"debtor{n}@eluard.example": 1 for n in (1, 2, 3)}
