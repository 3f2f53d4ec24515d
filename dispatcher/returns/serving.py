"""A web server on one address until it is asked to end; it says nothing of those who ask."""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

import uvicorn
from starlette.applications import Starlette


HEADERS: Final = 16_384  # bytes of a request's head
CONNECTIONS: Final = 100
IDLE_SECONDS: Final = 5
END_SECONDS: Final = 10  # for what is being answered when the end is asked for


def server(application: Starlette, *, host: str, port: int) -> uvicorn.Server:
    """The server of that application; a proxy on this machine says whom it speaks for."""
    return uvicorn.Server(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            http="h11",
            ws="none",
            lifespan="off",
            access_log=False,
            log_config=None,
            server_header=False,
            proxy_headers=True,
            forwarded_allow_ips="127.0.0.1,::1",
            limit_concurrency=CONNECTIONS,
            backlog=CONNECTIONS,
            h11_max_incomplete_event_size=HEADERS,
            timeout_keep_alive=IDLE_SECONDS,
            timeout_graceful_shutdown=END_SECONDS,
        )
    )


def serve(
    application: Starlette, *, host: str, port: int, ready: Callable[[str, int], None]
) -> bool:
    """Serve until SIGTERM or SIGINT; what was begun is answered first. False: it never began.

    `ready` is told the address that was taken.
    """
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # its words may quote a request
    serving = server(application, host=host, port=port)
    begin = serving.startup

    async def started(sockets: object = None) -> None:
        await begin(sockets)  # type: ignore[arg-type]  # as uvicorn gives them
        if serving.started:
            ready(host, serving.servers[0].sockets[0].getsockname()[1])

    serving.startup = started  # type: ignore[method-assign]  # the only place to hear of it
    with _ends_quietly():
        try:
            serving.run()
        except SystemExit:  # uvicorn's word for an address that it cannot have
            return False
    return serving.started


@contextmanager
def _ends_quietly() -> Iterator[None]:
    """The server raises the signal again that ended it; by then all is done."""
    before = {
        number: signal.signal(number, signal.SIG_IGN) for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
