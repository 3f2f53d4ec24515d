import asyncio
import email.policy
import subprocess
import sys
from email.parser import BytesParser
from pathlib import Path

import pytest

from channels.email import open_channel
from channels.sink import sink, store
from dispatcher.ports import Accepted, Message, Outcome
from tests.channels.conversations import CONTENT, message, settings


def mail(token: str) -> bytes:
    return f"Message-ID: <{token}@creditor.test>\r\nSubject: x\r\n\r\n.dot\r\nfin\r\n".encode()


def send(port: int, *messages: Message) -> list[str]:
    async def run() -> list[str]:
        channel = open_channel(settings(port, {"timeout": 30, "final_timeout": 30}))
        sending = (channel.send(each, lambda: None) for each in messages)
        outcomes = await asyncio.gather(*sending)
        await channel.close()
        return [one.provider_id for one in outcomes if isinstance(one, Accepted)]

    return asyncio.run(run())


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_every_message_is_a_file_named_by_its_token(tmp_path: Path) -> None:
    folder = tmp_path / "var" / "outbox"
    with sink(folder) as port:
        assert send(port, message(mime=mail("abc"))) == ["abc"]
    assert names(folder) == ["abc.eml"]
    content = (folder / "abc.eml").read_bytes()
    assert content == mail("abc")
    parsed = BytesParser(policy=email.policy.default).parsebytes(content)
    assert parsed["Subject"] == "x"


def test_a_duplicate_is_seen_never_overwritten(tmp_path: Path) -> None:
    with sink(tmp_path) as port:
        for _ in range(3):
            send(port, message(mime=mail("abc")))
    assert names(tmp_path) == ["abc-2.eml", "abc-3.eml", "abc.eml"]


def test_many_messages_over_several_connections_all_become_files(tmp_path: Path) -> None:
    with sink(tmp_path) as port:
        send(port, *(message(n, mime=mail(f"t{n}")) for n in range(200)))
    assert names(tmp_path) == sorted(f"t{n}.eml" for n in range(200))


def test_one_channel_serves_several_event_loops_one_after_the_other(tmp_path: Path) -> None:
    with sink(tmp_path) as port:
        channel = open_channel(settings(port, {"pool": 2, "timeout": 30}))

        async def run(first: int) -> list[Outcome]:
            numbers = range(first, first + 10)
            sending = (channel.send(message(n, mime=mail(f"t{n}")), lambda: None) for n in numbers)
            outcomes = await asyncio.gather(*sending)
            await channel.close()
            return outcomes

        for first in (0, 10, 20):
            assert all(isinstance(one, Accepted) for one in asyncio.run(run(first)))
    assert len(names(tmp_path)) == 30


def test_two_sinks_have_two_ports_and_end_with_their_blocks(tmp_path: Path) -> None:
    with sink(tmp_path / "a") as one, sink(tmp_path / "b") as two:
        assert one != two
    assert send(one, message()) == []


ODD = {
    "no Message-ID": (b"Subject: x\r\n\r\nMessage-ID: <body@x>\r\n", "no-message-id"),
    "path in it": (b"Message-ID: <../../etc/passwd@x>\r\n\r\n", "_.._etc_passwd"),
    "hidden": (b"Message-ID: <.bashrc@x>\r\n\r\n", "bashrc"),
    "not ASCII": ("Message-ID: <été@x>\r\n\r\n".encode(), "__t__"),
    "very long": (b"Message-ID: <" + b"a" * 500 + b"@x>\r\n\r\n", "a" * 120),
    "only dots": (b"Message-ID: <...@x>\r\n\r\n", "no-message-id"),
    "not first": (b"Subject: x\r\nmessage-id: <abc@x>\r\n\r\n", "abc"),
}


@pytest.mark.parametrize(("content", "name"), ODD.values(), ids=ODD)
def test_a_file_name_is_plain_whatever_the_message_id(
    tmp_path: Path, content: bytes, name: str
) -> None:
    assert store(tmp_path, content, draft=".draft") == name
    assert names(tmp_path) == [f"{name}.eml"]


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from channels.email import open_channel
from channels.sink import sink
from tests.channels.conversations import message, settings
from tests.channels.test_sink import mail

async def run(port):
    channel = open_channel(settings(port))
    for number in range(50):
        await channel.send(message(number, mime=mail(f"t{number}")), lambda: None)
        print(number, flush=True)
        if number == int(sys.argv[2]):
            os.kill(os.getpid(), signal.SIGKILL)

with sink(Path(sys.argv[1])) as port:
    asyncio.run(run(port))
"""


def test_what_was_acknowledged_exists_after_a_kill(tmp_path: Path) -> None:
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path), "7"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr
    acknowledged = [f"t{number}.eml" for number in killed.stdout.split()]
    assert len(acknowledged) == 8
    assert set(acknowledged) <= set(names(tmp_path))


def test_the_content_is_kept_to_the_byte(tmp_path: Path) -> None:
    with sink(tmp_path) as port:
        send(port, message(mime=CONTENT))
    assert (tmp_path / "t1.eml").read_bytes() == CONTENT
