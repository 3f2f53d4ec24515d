"""What an IMAP server answers, in clear: the lines under TLS are the same."""

import socket
import threading
from contextlib import suppress
from pathlib import Path
from typing import Final

from imapclient import IMAPClient

from dispatcher.model.settings import InboxSettings
from dispatcher.returns.imap import Imap
from dispatcher.returns.mailbox import MailboxFault
from tests.fuzz.fuzz_target import Target, storable


class Clear(Imap):
    """The mailbox without TLS, which a machine's own line does not need."""

    def _connected(self) -> IMAPClient:
        host, port = self._settings.host, self._settings.port
        return IMAPClient(host, port=port, ssl=False, timeout=1)


def imap_talk(raw: bytes, _folder: Path) -> None:
    assert all(found(raw))


def found(raw: bytes) -> list[bytes]:
    """The mails of a server that says this, piece by piece; `TAG` is the tag of what it was asked.

    None where the mailbox cannot be read to its end.
    """
    with socket.create_server(("127.0.0.1", 0)) as server:
        talk = threading.Thread(target=_talk, args=(server, raw.split(b"|")))
        talk.start()
        settings = InboxSettings(
            name="retours",
            host="127.0.0.1",
            port=server.getsockname()[1],
            user="u",
            folder="INBOX",
            done="Lus",
        )
        box = Clear(settings, "p", longest=5)
        try:
            letters = list(box.waiting())
            box.done([letter.key for letter in letters])
        except MailboxFault as fault:
            storable(fault.word, fault.evidence)
            return []
        else:
            return [letter.raw for letter in letters]
        finally:
            box.close()
            with suppress(OSError):  # one that was never called hangs up now
                server.shutdown(socket.SHUT_RDWR)
            talk.join()


def _talk(server: socket.socket, pieces: list[bytes]) -> None:
    with suppress(OSError):
        line, _ = server.accept()
        with line:
            line.settimeout(1)
            asked = b""
            for piece in pieces:
                line.sendall(piece.replace(b"TAG", asked.split(b" ")[0]))
                asked = _command(line)
                if not asked:
                    return


def _command(line: socket.socket) -> bytes:
    """What a client asks next, whole."""
    asked = b""
    while not asked.endswith(b"\r\n"):
        piece = line.recv(65_536)
        if not piece:
            return b""
        asked += piece
    return asked


_BEGUN: Final = (
    b"* OK IMAP4rev1 ready\r\n|* CAPABILITY IMAP4rev1 MOVE\r\nTAG OK x\r\n|TAG OK in\r\n|"
    b"* 2 EXISTS\r\n* OK [UIDVALIDITY 1] x\r\nTAG OK [READ-WRITE] x\r\n|"
    b"* CAPABILITY IMAP4rev1 MOVE\r\nTAG OK x\r\n|"
    b"* SEARCH 1 2\r\nTAG OK x\r\n|"
    b"* 1 FETCH (UID 1 RFC822.SIZE 20)\r\n* 2 FETCH (UID 2 RFC822.SIZE 9)\r\nTAG OK x\r\n|"
)
_MAIL: Final = b"* 1 FETCH (UID 1 BODY[] {20}\r\nFrom: a@b.test\r\n\r\nhi)\r\nTAG OK x\r\n|"

TARGETS: Final = (
    Target(
        name="imap talk",
        seeds=(
            _BEGUN + _MAIL + _MAIL.replace(b"UID 1", b"UID 2") + b"TAG OK x\r\n|" * 5,
            _BEGUN,
            b"* OK x\r\n|* CAPABILITY IMAP4rev1\r\nTAG OK x\r\n|TAG NO [AUTHENTICATIONFAILED] x",
        ),
        feed=imap_talk,
        words=(
            b"|", b"\r\n", b"NIL", b"{5}\r\n", b"{99999999999}\r\n", b"(((((", b")", b'"',
            b"TAG BAD x", b"* BYE x\r\n", b"RFC822.SIZE NIL",
            b"RFC822.SIZE (1 2)", b"UID NIL",
            b"* SEARCH x\r\n",
        ),
        examples=12,
        loopback=True,
    ),
)  # fmt: skip
