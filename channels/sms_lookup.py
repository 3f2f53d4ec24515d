"""Questions to the provider of SMS: is a message there, and what became of one that it took.

The provider cannot be asked by our token. A message is known again by number, sender, text and
time; one that could be ours and is not certainly another's keeps us from saying "not there". The
list is read whole and not by the date of sending, which a message in the provider's queue lacks.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from requests import Session
from twilio.base.exceptions import TwilioException
from twilio.http import HttpClient
from twilio.http.response import Response
from twilio.rest import Client

from channels.sms_reported import reported
from channels.sms_request import read_answer
from channels.sms_settings import SmsSettings
from dispatcher.ports import Accepted, News, NotAccepted, Outcome, Sought


#: Messages of a page, and those that are looked through at most; more say nothing.
PAGE: Final = 50
MOST: Final = 200
_PAGES: Final = MOST // PAGE + 2

#: Bytes of one page: a message has about one thousand, its text up to 1,600 signs.
_LONGEST: Final = 1_000_000

#: How far the provider's clock may be behind ours.
_CLOCKS: Final = timedelta(minutes=5)

_SID: Final = re.compile(r"(SM|MM)[0-9a-fA-F]{32}")
_WORD: Final = re.compile(r"[a-z_]{1,30}")
_WELL: Final = 200


class Garbled(TwilioException):  # type: ignore[misc]  # it has no types
    """An answer that is none of the provider's."""


class Question(HttpClient):  # type: ignore[misc]  # it has no types
    """The way out that the provider's library is given to ask: each question is put once."""

    def __init__(self, session: Session, *, connect: float, read: float) -> None:
        super().__init__(logging.getLogger(__name__), is_async=False)
        self._session = session
        self._times = (connect, read)
        self._left = _PAGES

    def request(  # noqa: PLR0917 - the library's own order
        self,
        method: str,
        uri: str,
        params: dict[str, object] | None = None,
        data: dict[str, object] | None = None,
        headers: dict[str, str] | None = None,
        auth: tuple[str, str] | None = None,
        timeout: float | None = None,  # noqa: ARG002 - ours are set for every request
        allow_redirects: bool = False,  # noqa: ARG002 - nobody else is told our password
    ) -> Response:
        """Ask and read the answer; called by the library."""
        if method != "GET" or data:
            raise Garbled("a question changes nothing")
        self._left -= 1
        if self._left < 0:
            raise Garbled("pages without end")
        with self._session.get(
            uri,
            params=params,  # type: ignore[arg-type]  # texts, as the library makes them
            headers=headers,
            auth=auth,
            timeout=self._times,
            allow_redirects=False,
            stream=True,
        ) as answer:
            text = read_answer(answer, self._times[1], longest=_LONGEST)
            return Response(answer.status_code, _as_described(answer.status_code, text), {})


def look_up(sought: Sought, settings: SmsSettings, session: Session) -> Outcome | None:
    """What the provider's list says of a message; None: nothing certain. Raises what went wrong."""
    listed = client(settings, session).messages.list(to=sought.to, limit=MOST + 1, page_size=PAGE)
    if len(listed) > MOST or any(each.to != sought.to for each in listed):
        return None
    ours = list(_perhaps_ours(listed, sought, settings))
    same = [each for each in ours if _text(each.body) == _text(sought.parts.get("sms", ""))]
    if same:
        first = min(same, key=lambda each: each.date_created)
        return Accepted(provider_id=first.sid, receipt=f"found, {first.status}")
    if ours:
        return None
    return NotAccepted(code="sms/not-there", evidence="not in the provider's list")


def poll(sid: str, name: str, settings: SmsSettings, session: Session) -> Sequence[News]:
    """What the provider says of a message that it took. Raises what went wrong."""
    if _SID.fullmatch(sid) is None:
        return ()
    found = client(settings, session).messages(sid).fetch()
    if found.sid != sid:
        raise Garbled("another message")
    at = found.date_updated if isinstance(found.date_updated, datetime) else datetime.now(UTC)
    error = "" if found.error_code is None else str(found.error_code)
    status = str(found.status)
    return (reported(source=name, sid=sid, status=status, error=error, token="", at=at),)


def client(settings: SmsSettings, session: Session) -> Client:
    """The provider's library, asking over this session."""
    times = {"connect": settings.connect_timeout, "read": settings.read_timeout}
    made = Client(
        settings.user,
        settings.password,
        settings.account_sid,
        region=settings.region,
        http_client=Question(session, **times),
        environment={"TWILIO": "of no effect"},  # not the process's: settings are all it has
        edge=settings.edge,
    )
    if settings.base_url:
        made.api.base_url = settings.base_url
    return made


def _perhaps_ours(listed: Sequence[Any], sought: Sought, settings: SmsSettings) -> Iterator[Any]:
    """Messages of our sender since the attempt, that are no other message of ours."""
    for each in listed:
        if not isinstance(each.date_created, datetime) or _SID.fullmatch(str(each.sid)) is None:
            raise Garbled("a message without day or name")
        if not str(each.direction).startswith("outbound") or each.sid in sought.taken:
            continue
        late_enough = each.date_created >= sought.since - _CLOCKS
        if late_enough and (each.from_ or settings.sender) == settings.sender:
            yield each


def _text(body: object) -> str:
    return " ".join(str(body).split())


def _as_described(status: int, text: str) -> str:
    """The answer's text; the library takes any object with one list for an empty page."""
    if status != _WELL:
        return text
    said = json.loads(text)
    if not isinstance(said, Mapping) or not (_is_page(said) or _is_message(said)):
        raise Garbled("not as the provider describes it")
    return text


def _is_page(said: Mapping[str, object]) -> bool:
    return isinstance(said.get("messages"), list) and "next_page_uri" in said


def _is_message(said: Mapping[str, object]) -> bool:
    return _WORD.fullmatch(str(said.get("status", ""))) is not None and "sid" in said
