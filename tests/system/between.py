"""A line to a mail server on which somebody can act just before or after what passes."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


#: Told what is about to pass; False: it does not, and the line is cut.
Passes = Callable[[bytes], bool]


def everything(_data: bytes) -> bool:
    return True


@contextmanager
def between(port: int, *, there: Passes = everything, back: Passes = everything) -> Iterator[int]:
    """A port of this machine from which all goes to that other one, and back."""
    listener = socket.create_server(("127.0.0.1", 0))
    threads = list[threading.Thread]()

    def started(target: Callable[..., None], *args: object) -> None:
        threads.append(threading.Thread(target=target, args=args, daemon=True))
        threads[-1].start()

    def accept() -> None:
        with suppress(OSError):
            while True:
                client, _ = listener.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", port), timeout=20)
                except OSError:
                    client.close()
                    continue
                started(_copied, client, server, there)
                started(_copied, server, client, back)

    started(accept)
    try:
        yield listener.getsockname()[1]
    finally:
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for thread in threads:
            thread.join(timeout=20)


def _copied(source: socket.socket, target: socket.socket, passes: Passes) -> None:
    with suppress(OSError):
        while (data := source.recv(65_536)) and passes(data):
            target.sendall(data)
    for line in (source, target):
        with suppress(OSError):
            line.shutdown(socket.SHUT_RDWR)
    source.close()
