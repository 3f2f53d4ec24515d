"""A small IMAP server on loopback, over TLS: as much of RFC 3501 and RFC 6851 as a reader needs."""

import re
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field


@dataclass
class ImapServer:
    """Its mails by number, those that were seen, and the folders to which others were moved.

    `fault` is what it does wrong: `login`, `garbage`, `lost` in the middle of a mail, `no-move`.
    `prefix` stands before every folder that an account may have, and ends in its separator.
    """

    mails: dict[int, bytes]
    fault: str = ""
    prefix: str = ""
    seen: set[int] = field(default_factory=set)
    moved: dict[int, str] = field(default_factory=dict)
    folders: set[str] = field(default_factory=set)
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def converse(self, line: socket.socket) -> None:
        file = line.makefile("rwb")
        file.write(b"* OK ready\r\n")
        file.flush()
        while text := file.readline().decode().strip():
            tag, _, command = text.partition(" ")
            self.commands.append(command)
            answers, ending = self._answers(command)
            for answer in answers:
                if self.fault == "lost" and b"BODY[" in answer:
                    file.write(answer[: len(answer) // 2])
                    file.flush()
                    return
                file.write(answer + b"\r\n")
            file.write(f"{tag} {ending}\r\n".encode())
            file.flush()
            if command.startswith("LOGOUT"):
                return

    def _answers(self, command: str) -> tuple[list[bytes], str]:
        word = command.replace("UID ", "").split(" ", maxsplit=1)[0]
        if word == "LOGIN" and self.fault == "login":
            return [], "NO [AUTHENTICATIONFAILED] wrong"
        if word == "SELECT" and self.fault == "garbage":
            return [b"* ((((", b"* 1 FETCH )"], "MAYBE"
        if word == "CREATE" and not self._may_be(command):
            return [], "NO its name should be prefixed, and parted, otherwise"
        told: dict[str, Callable[[], list[bytes]]] = {
            "NAMESPACE": self._namespace,
            "CAPABILITY": self._capability,
            "SELECT": self._select,
            "SEARCH": self._search,
            "FETCH": lambda: self._fetch(command),
            "STORE": lambda: self._store(command),
            "LIST": lambda: self._list(command),
            "CREATE": lambda: self._create(command),
            "MOVE": lambda: self._move(command),
        }
        return told[word]() if word in told else [], "OK done"

    def _capability(self) -> list[bytes]:
        more = (" NAMESPACE" if self.prefix else "") + ("" if self.fault == "no-move" else " MOVE")
        return [f"* CAPABILITY IMAP4rev1{more}".encode()]

    def _namespace(self) -> list[bytes]:
        return [f'* NAMESPACE (("{self.prefix}" "{self.prefix[-1:]}")) NIL NIL'.encode()]

    def _may_be(self, command: str) -> bool:
        name = command.split(" ", maxsplit=1)[1].strip('"')
        return not self.prefix or (name.startswith(self.prefix) and "/" not in name)

    def _select(self) -> list[bytes]:
        return [b"* %d EXISTS" % len(self.mails), b"* OK [UIDVALIDITY 1] ok"]

    def _search(self) -> list[bytes]:
        found = sorted(set(self.mails) - self.seen - set(self.moved))
        return [b"* SEARCH " + " ".join(map(str, found)).encode()]

    def _fetch(self, command: str) -> list[bytes]:
        answers = []
        for number in self._numbers(command):
            raw = self.mails[number]
            if "RFC822.SIZE" in command:
                answers.append(b"* %d FETCH (UID %d RFC822.SIZE %d)" % (number, number, len(raw)))
                continue
            part = re.search(r"<0\.(\d+)>", command)
            name, raw = (b"BODY[]<0>", raw[: int(part[1])]) if part else (b"BODY[]", raw)
            head = b"* %d FETCH (UID %d %s {%d}\r\n" % (number, number, name, len(raw))
            answers.append(head + raw + b")")
        return answers

    def _store(self, command: str) -> list[bytes]:
        self.seen |= set(self._numbers(command))
        return []

    def _list(self, command: str) -> list[bytes]:
        return [f'* LIST () "/" "{name}"'.encode() for name in self.folders if name in command]

    def _create(self, command: str) -> list[bytes]:
        self.folders.add(command.split(" ", maxsplit=1)[1].strip('"'))
        return []

    def _move(self, command: str) -> list[bytes]:
        folder = command.rsplit(" ", maxsplit=1)[1].strip('"')
        self.moved |= dict.fromkeys(self._numbers(command), folder)
        return []

    @staticmethod
    def _numbers(command: str) -> list[int]:
        written = re.sub(r"^UID ", "", command).split(" ")[1]
        ends = (each.split(":") for each in written.split(","))
        return [n for each in ends for n in range(int(each[0]), int(each[-1]) + 1)]


@contextmanager
def serving(server: ImapServer, context: ssl.SSLContext) -> Iterator[ImapServer]:
    """The server on a free port, one client at a time."""
    listener = socket.create_server(("127.0.0.1", 0))
    server.port = listener.getsockname()[1]

    def serve() -> None:
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            with plain, suppress(OSError), context.wrap_socket(plain, server_side=True) as line:
                line.settimeout(10)
                server.converse(line)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join(timeout=10)
