"""Building and sending e-mails over loopback: `python -m bench.email`.

Ours: the builder of `dispatcher.compose` and the channel `email` with its four connections. Beside
it `EmailMessage` and aiosmtplib: as tutorials do it, with `aiosmtplib.send` and so a connection per
message; and with one connection that is used again. All send the same text and HTML to the same
server, which is another process, takes everything and keeps nothing. Counted is the time of this
process's clock, from the parts of a message to the answer to its last byte.
"""

import argparse
import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from functools import partial

import aiosmtplib

from bench.timing import machine, raced
from channels.email import open_channel
from dispatcher.compose.envelope import as_mail
from dispatcher.model.mail import Envelope, Mailbox
from dispatcher.ports import Accepted, ChannelSettings, Message


GOAL = 8  # times the tutorial's way
BATCH = 25
NOW = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SENDER = Mailbox(address="relances@ateliers.example", name="Ateliers Rhône, comptabilité")
ROW = "<tr><td>F-2026-118</td><td>01/10/2026</td><td style='text-align: right'>1 234,56 €</td></tr>"
TEXT = "Madame, Monsieur,\n\nSauf erreur, 1 234,56 € échus reste dû à ce jour.\n" * 12
HTML = f"<html><body><p>Été : échéance dépassée.</p><table>{ROW * 30}</table></body></html>\n"


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(prog="python -m bench.email", description=__doc__)
    options.add_argument("--runs", type=int, default=3)
    options.add_argument("--messages", type=int, default=500)
    told = options.parse_args()
    with _server() as port:
        ways = {
            "relance": partial(_ours, port, told.messages),
            "EmailMessage, a connection each (aiosmtplib.send)": partial(
                _tutorial, port, told.messages
            ),
            "EmailMessage, one connection used again": partial(_reused, port, told.messages),
        }
        took = raced({name: partial(_run, way) for name, way in ways.items()}, runs=told.runs)
    print(f"# E-mail: {machine()}, {told.messages} messages, median of {told.runs} runs\n")
    print("| how | messages a second | relance is faster by |\n|---|---|---|")
    for name, seconds in took.items():
        ratio = seconds / took["relance"]
        missed = " **missed**" if "each" in name and ratio < GOAL else ""
        print(f"| {name} | {told.messages / seconds:,.0f} | {ratio:.1f}{missed} |")
    built = raced({"ours": partial(_build, 500), "theirs": partial(_build_theirs, 500)})
    ratio = built["theirs"] / built["ours"]
    print(f"\nBuilding alone: {500 / built['ours']:,.0f} a second, {ratio:.1f} times EmailMessage.")


@contextmanager
def _server() -> Iterator[int]:
    command = [sys.executable, "-m", "bench.smtp_sink"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _run(way: Callable[[], Coroutine[object, object, None]]) -> None:
    asyncio.run(way())


# -- ours -----------------------------------------------------------------------------------------


def _message(number: int) -> Message:
    to = f"debiteur{number}@client.example"
    envelope = Envelope(sender=SENDER, reply_to=SENDER, subject=_subject(number))
    parts = {"text": TEXT, "html": HTML}
    mime = as_mail(envelope, parts, [], to=to, token=f"t{number}", date=NOW)
    return Message(
        id=number,
        token=f"t{number}",
        channel="email",
        to=to,
        parts=parts,
        mime=mime,
        sender=SENDER.address,
    )


def _subject(number: int) -> str:
    return f"{number} factures échues : un oubli ?"


async def _ours(port: int, messages: int) -> None:
    options: dict[str, str | int | bool] = {"host": "127.0.0.1", "port": port, "tls": "none"}
    channel = open_channel(ChannelSettings(name="email", adapter="email", options=options))
    for start in range(0, messages, BATCH):
        batch = [_message(number) for number in range(start, min(start + BATCH, messages))]
        sent = await asyncio.gather(*(channel.send(each, lambda: None) for each in batch))
        assert all(isinstance(outcome, Accepted) for outcome in sent)
    await channel.close()


def _build(messages: int) -> None:
    for number in range(messages):
        _message(number)


# -- as others do it ------------------------------------------------------------------------------


def _theirs(number: int) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(SENDER.name, addr_spec=SENDER.address)
    message["To"] = f"debiteur{number}@client.example"
    message["Reply-To"] = SENDER.address
    message["Subject"] = _subject(number)
    message["Date"] = NOW
    message["Message-ID"] = f"<t{number}@ateliers.example>"
    message.set_content(TEXT)
    message.add_alternative(HTML, subtype="html")
    return message


async def _tutorial(port: int, messages: int) -> None:
    for number in range(messages):
        await aiosmtplib.send(_theirs(number), hostname="127.0.0.1", port=port, start_tls=False)


async def _reused(port: int, messages: int) -> None:
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, start_tls=False)
    async with client:
        for number in range(messages):
            await client.send_message(_theirs(number))


def _build_theirs(messages: int) -> None:
    for number in range(messages):
        _theirs(number).as_bytes()


if __name__ == "__main__":
    begun = time.perf_counter()
    main()
    print(f"\n{time.perf_counter() - begun:.0f} s in all.")
