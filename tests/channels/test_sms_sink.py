import asyncio
import socket
from pathlib import Path

import pytest

from channels.sms import open_channel
from channels.sms_sink import sink, store
from dispatcher.ports import Accepted, Message, Outcome
from tests.channels.sms_provider import message, settings


def sent(folder: Path, *messages: Message) -> list[Outcome]:
    async def run(port: int) -> list[Outcome]:
        channel = open_channel(settings(f"http://127.0.0.1:{port}"))
        outcomes = await asyncio.gather(*(channel.send(each, lambda: None) for each in messages))
        await channel.close()
        return list(outcomes)

    with sink(folder) as port:
        return asyncio.run(run(port))


def test_every_message_is_a_file_named_by_its_token(tmp_path: Path) -> None:
    outcomes = sent(tmp_path / "sms", *(message(number) for number in range(10)))
    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert len({outcome.provider_id for outcome in outcomes if isinstance(outcome, Accepted)}) == 10
    names = sorted(path.name for path in (tmp_path / "sms").iterdir())
    assert names == [f"token-{number}.txt" for number in range(10)]


def test_a_file_says_who_to_whom_and_what(tmp_path: Path) -> None:
    sent(tmp_path, message(text="Facture à régler : 12,00 €\n& merci"))
    assert (tmp_path / "token-1.txt").read_text("utf-8") == (
        "From: Credit SA\nTo: +33612345678\n\nFacture à régler : 12,00 €\n& merci\n"
    )


def test_the_same_again_is_a_second_file(tmp_path: Path) -> None:
    sent(tmp_path, message(), message(text="other words"))
    assert {path.name for path in tmp_path.iterdir()} == {"token-1.txt", "token-1-2.txt"}


def test_a_text_that_is_withheld_after_its_head_is_no_message(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with sink(tmp_path) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(b"POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nTo=")
        line.shutdown(socket.SHUT_WR)
        assert line.recv(1) == b""
    assert list(tmp_path.iterdir()) == []
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize("token", ["../../etc/passwd", "/tmp/x", ".hidden", "a\0b", "", "x" * 500])
def test_no_token_leaves_the_folder(tmp_path: Path, token: str) -> None:
    folder = tmp_path / "sms"
    folder.mkdir()
    store(folder, {"StatusCallback": f"https://a.test/?d={token}", "Body": "x"}, draft=".draft")
    (written,) = tmp_path.rglob("*.txt")
    assert written.parent == folder
    assert not written.name.startswith(".")
    assert [path for path in folder.iterdir() if path != written] == []
