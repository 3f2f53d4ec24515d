"""One request to the provider of SMS: posted once at most, and known how far it got."""

import logging
import ssl
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final
from urllib.parse import urlencode

from requests import ConnectionError as ConnectFault
from requests import Response as Answer
from requests import Session
from tenacity import (
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)
from twilio.http import HttpClient
from twilio.http.response import Response
from urllib3.exceptions import HTTPError


#: Quick tries to connect, within one attempt; everything longer is the schedule's.
TRIES: Final = 3
_WAIT = wait_random_exponential(multiplier=0.1, max=1.0)

#: What is read of an answer, in bytes: a message's resource has about one thousand.
_LONGEST = 65_536


class Request(HttpClient):  # type: ignore[misc]  # it has no types
    """The way out that the provider's library is given, for one message.

    `gone` is true from just before the body's first byte: an error before it proves that nothing
    was asked for, an error after it proves nothing. `status`, `headers` and `text` hold the
    answer; a status of 0 is none.
    """

    def __init__(
        self, session: Session, going: Callable[[], None], *, connect: float, read: float
    ) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._session = session
        self._going = going
        self._times = (connect, read)
        self.gone = False
        self.withheld: BaseException | None = None
        self.status = 0
        self.headers: Mapping[str, str] = {}
        self.text = ""

    def request(  # noqa: PLR0917 - the library's own order
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours are set for every request
        allow_redirects: bool = False,  # noqa: ARG002 - a redirected POST would be a second one
    ) -> Response:
        """Send it and read the answer; called by the library."""
        body = _Body(urlencode(data or {}, doseq=True).encode(), self._let_go)

        def post() -> Answer:
            return self._session.request(
                method,
                uri,
                params=params,  # type: ignore[arg-type]  # none for messages
                data=body,
                headers=headers,
                auth=auth,
                timeout=self._times,
                allow_redirects=False,
                stream=True,
            )

        with self._connected(post) as answer:
            self.status, self.headers = answer.status_code, answer.headers
            self.text = read_answer(answer, self._times[1])
        return Response(self.status, self.text, self.headers)

    def _connected(self, post: Callable[[], Answer]) -> Answer:
        """The answer; only a connection that never came about is tried again."""
        tries = Retrying(
            stop=stop_after_attempt(TRIES),
            wait=_WAIT,
            retry=retry_if_exception(self._not_connected),
            reraise=True,
        )
        return tries(post)

    def _not_connected(self, error: BaseException) -> bool:
        return isinstance(error, ConnectFault) and not self.gone and not is_untrusted(error)

    def _let_go(self) -> None:
        try:
            self._going()
        except BaseException as withheld:
            self.withheld = withheld  # whatever the library makes of it
            raise
        self.gone = True


class _Body:
    """A request's content that asks for leave when its first byte is wanted."""

    def __init__(self, content: bytes, let_go: Callable[[], None]) -> None:
        self._content = content
        self._let_go = let_go

    def __len__(self) -> int:
        return len(self._content)

    def __iter__(self) -> Iterator[bytes]:
        self._let_go()
        yield self._content


def is_untrusted(error: BaseException) -> bool:
    """Whether the server could not prove its name: nothing that a later try mends."""
    return any(isinstance(each, ssl.SSLCertVerificationError) for each in _causes(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    waiting = [error]
    seen: set[int] = set()
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        yield each
        inner = [each.__cause__, each.__context__, getattr(each, "reason", None), *each.args]
        waiting += [one for one in inner if isinstance(one, BaseException)]


def read_answer(answer: Answer, seconds: float, *, longest: int = _LONGEST) -> str:
    """The answer's text, as much as comes in time; what is missing shows in its JSON."""
    until = time.monotonic() + seconds
    content = b""
    try:
        while piece := answer.raw.read1(4096, decode_content=True):  # what is there, unlike read
            content += piece
            if len(content) > longest or time.monotonic() > until:
                break
    except (HTTPError, OSError):
        return ""
    return content.decode("utf-8", "replace")
