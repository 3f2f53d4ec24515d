"""Whole dispatched e-mails over loopback: `python -m bench.dispatch`.

From the plan to the recorded answers: every debtor is decided, his reminder rendered as text and
HTML, frozen, synced, decided once more in the claiming transaction, sent over SMTP, recorded and
chained. Beside it what is usually built (`bench.usual_stack`), with a connection per message or one
used again. The server is another process, takes everything and keeps nothing, and shares the cores.
Counted is the time of the clock; processor time, that of the rendering processes with it, stands
beside it and is the one to look at on a machine that is busy. What files bring in is there before,
for all.
"""

import argparse
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from bench.timing import machine
from bench.usual_stack import filled, send_all
from dispatcher import app
from dispatcher.home import Home, lay_down
from dispatcher.house import House
from dispatcher.sample.files import HEADINGS
from dispatcher.wiring import opened_house


TIMES = 7  # wanted against the usual stack
SPEED = 2_000  # whole e-mails a second on two cores

POLICY = """\
language: 1
policy: bench
version: 2026.11.1
label: {fr: "Mesure", en: "Measurement"}
owner: credit@example.test
currency: EUR
applies_to: any
stops:
  - {id: disputed, when: {dispute: open}, then: {hold: disputed}}
  - {id: promised, when: {promise: open}, then: {hold: promised}}
  - {id: insolvent, when: {insolvency: "yes"}, then: {hold: insolvent}}
steps:
  - id: reminder
    label: {fr: "Rappel", en: "Reminder"}
    from: none
    when: {days_late: 3+}
    choose:
      - id: standard
        when: any
        then: {contact: email, template: courteous-reminder, tone: courteous}
"""

CHANNELS = """\
channels:
  email: {adapter: email, sender: comptabilite@example.test, host: 127.0.0.1, port: PORT, tls: none}

"""


class Spent(NamedTuple):
    """Seconds of the clock and of the processor."""

    wall: float
    cpu: float


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.dispatch", description=__doc__)
    options.add_argument("--messages", type=int, default=5000)
    options.add_argument("--of-peers", type=int, default=500, help="messages of the usual stack")
    told = options.parse_args()
    print(f"# Whole dispatched e-mails: {machine()}\n")
    with TemporaryDirectory(prefix="relance-bench-") as folder, _server() as port:
        parts = _ours(Path(folder), port, told.messages)
        total = Spent(*map(sum, zip(*parts.values(), strict=True)))
        ours = told.messages / total.wall
        print("| part of relance | microseconds a message | processor time |")
        print("|---|---|---|")
        for name, part in {**parts, "all": total}.items():
            wall, cpu = (1e6 * each / told.messages for each in part)
            print(f"| {name} | {wall:,.0f} | {cpu:,.0f} |")
        print("\n| how | e-mails a second | relance is faster by | by processor time |")
        print("|---|---|---|---|")
        missed = "" if ours >= SPEED else f" **missed: {SPEED:,}**"
        print(f"| relance, {told.messages:,} e-mails | {ours:,.0f}{missed} | | |")
        for name, reuse in (("a connection each", False), ("one connection used again", True)):
            database = Path(folder) / f"usual-{reuse}.sqlite"
            theirs = _theirs(database, port, told.of_peers, reuse=reuse)
            wall, cpu = (
                told.messages * each / told.of_peers / own
                for each, own in zip(theirs, total, strict=True)
            )
            missed = "" if reuse or wall >= TIMES else f" **missed: {TIMES}**"
            speed = told.of_peers / theirs.wall
            print(f"| the usual stack, {name} | {speed:,.0f} | {wall:.1f}{missed} | {cpu:.1f} |")


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.smtp_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _theirs(database: Path, port: int, messages: int, *, reuse: bool) -> Spent:
    today = date.today()  # noqa: DTZ011 - theirs is the day of this machine
    session = filled(database, messages=messages, today=today)
    parts: dict[str, Spent] = {}
    with _timed(parts, "all"):
        assert send_all(session, port, today=today, reuse=reuse) == messages
    return parts["all"]


# -- ours ------------------------------------------------------------------------------------------


def _ours(folder: Path, port: int, messages: int) -> dict[str, Spent]:
    home = home_of(folder / "home", port, messages)
    with opened_house(home, writes=True) as house:
        app.take_in(house)
        return _dispatched(house, messages)


def _dispatched(house: House, messages: int) -> dict[str, Spent]:
    parts: dict[str, Spent] = {}
    with house.post() as post:
        app.settle(house, post)
        with _timed(parts, "decide"):
            plan = app.decide(house)
        with _timed(parts, "render and freeze"):
            _, frozen = app.act(house, plan)
        with _timed(parts, "claim, decide again, send, record"):
            sent = app.deliver(house, post)
    assert frozen.written == sent.count("accepted") == messages
    return parts


@contextmanager
def _timed(parts: dict[str, Spent], name: str) -> Iterator[None]:
    wall, cpu = time.perf_counter(), _processor()
    yield
    parts[name] = Spent(wall=time.perf_counter() - wall, cpu=_processor() - cpu)


def _processor() -> float:
    """Seconds of this process and of those that it started and that have ended."""
    return sum(os.times()[:4])


def home_of(folder: Path, port: int, messages: int) -> Home:
    """A home in production whose only channel is the server on that port, with its export."""
    home = lay_down(folder)
    told = home.config.read_text("utf-8").replace("environment: sandbox", "environment: production")
    channels = CHANNELS.replace("PORT", str(port))
    told = re.sub(r"(?ms)^channels:\n.*?(?=^# ──)", channels, told, count=1)
    home.config.write_text(told, "utf-8")
    for written in set(home.rules.glob("*.yaml")) - {home.rules / "facts.yaml"}:
        written.unlink()
    (home.rules / "bench.yaml").write_text(POLICY, "utf-8")
    today = date.today()  # noqa: DTZ011 - the home's clock is that of this machine
    row = partial(_row, issued=today - timedelta(days=40), due=today - timedelta(days=10))
    rows = [";".join(HEADINGS), *(row(number) for number in range(messages))]
    (home.incoming / "open-items.csv").write_text("\n".join(rows) + "\n", "utf-8")
    return home


def _row(number: int, *, issued: date, due: date) -> str:
    amount = f"{200 + number % 700},{number % 100:02}"
    cells = {
        "Compte": f"C{number:06}",
        "Raison sociale": f"Société {number} & Cie",
        "Nature": "Entreprise",
        "Profil": "PME",
        "E-mail": f"compta@client{number}.example",
        "Adresse": f"{number % 90 + 1} rue de la République",
        "CP": "69003",
        "Ville": "LYON",
        "Facture": f"FA{number:06}",
        "Date facture": f"{issued:%d/%m/%Y}",
        "Échéance": f"{due:%d/%m/%Y}",
        "Montant TTC": amount,
        "Solde": amount,
    }
    return ";".join(cells.get(heading, "") for heading in HEADINGS)


if __name__ == "__main__":
    main()
