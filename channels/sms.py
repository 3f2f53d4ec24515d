"""SMS by Twilio: the provider's own library, one thread for each message on its way.

The provider takes no key that would make a second request harmless, so a request is sent once.
What went wrong before its body left proves that nothing was asked for; what went wrong after
it proves nothing, unless the provider itself refused.
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from time import monotonic
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode

from channels.sms_callbacks import hear
from channels.sms_replies import meaning
from channels.sms_settings import SmsSettings, is_here, read_settings
from dispatcher.ports import (
    Answered,
    ChannelSettings,
    DeliveryClass,
    Going,
    Heard,
    Message,
    News,
    NotAccepted,
    Outcome,
    Rejected,
    Sought,
    Unknown,
    Withheld,
)


if TYPE_CHECKING:
    from requests import Session

    from channels.sms_request import Request


#: Seconds after which an idle connection is not trusted to be open still.
_IDLE = 20.0

#: Messages on their way at once, and threads: those given up on time end by themselves.
_THREADS = 25

#: Seconds after an attempt before which the provider's list may still lack its message.
_SETTLE = 120

#: Seconds for one question, however many pages its answer has.
_ASKING = 45.0

#: Ends the address of a callback: without it the provider comes once, also where nobody can keep
#: what it says for the moment. It is no part of what is signed.
COMES_AGAIN = "rc=3&rp=all"

Told = TypeVar("Told")

_SHORTEST_NUMBER = 8  # with the plus sign (E.164: fifteen digits at most)


def open_channel(settings: ChannelSettings) -> "SmsChannel":
    """The channel of these settings; it connects when it first sends.

    Raises:
        BadInput: with every problem of the settings at once.
    """
    return SmsChannel(settings.name, read_settings(settings))


class SmsChannel:
    """Sends texts to mobile numbers; the provider can be asked for a message by what it says."""

    def __init__(self, name: str, settings: SmsSettings) -> None:
        self._name = name
        self._settings = settings
        self._session: Session | None = None
        self._used = 0.0
        self._lock = Lock()
        self._threads: ThreadPoolExecutor | None = None
        self._slots = asyncio.Semaphore(settings.pool)
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def name(self) -> str:
        return self._name

    @property
    def delivery_class(self) -> DeliveryClass:
        return "lookup"

    @property
    def settle(self) -> int:
        return _SETTLE

    @property
    def batch(self) -> int:
        return min(25, 5 * self._settings.pool)

    async def send(self, message: Message, going: Going) -> Outcome:
        """Hand one message to the provider."""
        unfit = _unfit(message)
        if unfit is not None:
            return unfit
        self._settle_in()
        async with self._slots:
            gate = _Gate(going)
            try:
                return await self._in_thread(message, gate)
            finally:
                gate.closed = True

    async def look_up(self, sought: Sought) -> Outcome | None:
        """Whether the provider has the message (see `sms_lookup`); None: it does not say."""

        def ask() -> Outcome | None:
            from channels.sms_lookup import look_up  # noqa: PLC0415 - with the provider's library

            return look_up(sought, self._settings, self._session_now())

        return await self._asked(ask, None)

    async def poll(self, provider_id: str) -> Sequence[News]:
        """What became of a message that the provider took; nothing where it does not say."""

        def ask() -> Sequence[News]:
            from channels.sms_lookup import poll  # noqa: PLC0415 - with the provider's library

            return poll(provider_id, self._name, self._settings, self._session_now())

        return await self._asked(ask, ())

    async def _asked(self, question: Callable[[], Told], unsaid: Told) -> Told:
        """The answer to a question; whatever goes wrong, it is as if none had been given."""
        self._settle_in()
        async with self._slots:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=self._name)
            work = asyncio.get_running_loop().run_in_executor(self._threads, question)
            try:
                return await asyncio.wait_for(work, _ASKING)
            except Exception:  # noqa: BLE001 - a question that fails changes nothing
                return unsaid

    def hear(self, heard: Heard) -> Answered:
        """What the provider reports of a message, or a debtor answers; see `sms_callbacks`."""
        return hear(heard, name=self._name, settings=self._settings)

    async def close(self) -> None:
        """Close every connection; a thread that still waits for an answer is left to itself."""
        if self._threads is not None:
            self._threads.shutdown(wait=False)
            self._threads = None
        if self._session is not None:
            self._session.close()
            self._session = None

    def _settle_in(self) -> None:
        """Begin anew in another event loop: slots belong to the one they knew."""
        loop = asyncio.get_running_loop()
        if loop is not self._loop:
            self._loop = loop
            self._slots = asyncio.Semaphore(self._settings.pool)

    async def _in_thread(self, message: Message, gate: "_Gate") -> Outcome:
        if self._threads is None:
            self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix=self._name)
        loop = asyncio.get_running_loop()
        work = loop.run_in_executor(self._threads, self._hand_over, message, gate.asked(loop))
        try:
            return await asyncio.wait_for(work, _limit(self._settings))
        except TimeoutError:
            if gate.passed:
                return Unknown(stage="answer", evidence="no whole answer in time")
            return NotAccepted(code="sms/time", evidence="not connected in time")

    def _hand_over(self, message: Message, going: Callable[[], None]) -> Outcome:
        """In the thread: one message, whatever the library makes of the answer."""
        from twilio.rest import Client  # noqa: PLC0415 - half a second, only when one is sent

        from channels.sms_request import Request  # noqa: PLC0415 - as above

        told = self._settings
        times = {"connect": told.connect_timeout, "read": told.read_timeout}
        request = Request(self._session_now(), going, **times)
        client = Client(
            told.user,
            told.password,
            told.account_sid,
            region=told.region,
            http_client=request,
            environment={"TWILIO": "of no effect"},  # not the process's: settings are all it has
            edge=told.edge,
        )
        if told.base_url:
            client.api.base_url = told.base_url
        fault: Exception | None = None
        try:
            client.messages.create(**_asked(message, told))
        except Exception as error:  # noqa: BLE001 - what came over the line decides, not its error
            fault = error
        return _outcome(request, fault)

    def _session_now(self) -> "Session":
        """The session all threads share; its connections are closed when they slept for long."""
        from requests import Session  # noqa: PLC0415 - with the provider's library
        from requests.adapters import HTTPAdapter  # noqa: PLC0415 - as above

        with self._lock:
            if self._session is None:
                session = Session()
                session.trust_env = not is_here(self._settings.base_url)  # no proxy to ourselves
                session.mount("https://", HTTPAdapter(pool_maxsize=_THREADS, max_retries=0))
                session.mount("http://", HTTPAdapter(pool_maxsize=_THREADS, max_retries=0))
                self._session = session
            elif monotonic() - self._used > _IDLE:
                self._session.close()  # closes what is idle; the session itself goes on
            self._used = monotonic()
            return self._session


class _Gate:
    """`Going`, said in the loop's own thread, and never once the attempt was given up."""

    def __init__(self, going: Going) -> None:
        self._going = going
        self.passed = False
        self.closed = False

    def asked(self, loop: asyncio.AbstractEventLoop) -> Callable[[], None]:
        """What the message's thread calls; it waits there for the loop's answer."""

        def ask() -> None:
            asyncio.run_coroutine_threadsafe(self._say(), loop).result(timeout=60)

        return ask

    async def _say(self) -> None:
        if self.closed:
            raise Withheld
        self._going()
        self.passed = True


def _asked(message: Message, settings: SmsSettings) -> dict[str, str | int]:
    """What is asked for, in the provider's words."""
    asked: dict[str, str | int] = {
        "to": message.to,
        "from_": settings.sender,
        "body": message.parts["sms"],
        "validity_period": settings.validity,
    }
    if settings.public_url:
        query = urlencode({"d": message.token})
        asked["status_callback"] = f"{settings.public_url}?{query}#{COMES_AGAIN}"
    return asked


def _unfit(message: Message) -> Outcome | None:
    """Why this message is refused before any byte is sent; None: it is not."""
    digits = message.to.removeprefix("+")
    if not (message.to.startswith("+") and digits.isascii() and digits.isdecimal()):
        return Rejected(code="sms/recipient", evidence="not one number with its country code")
    if not _SHORTEST_NUMBER <= len(message.to) <= 16 or digits[0] == "0":  # noqa: PLR2004 - E.164
        return Rejected(code="sms/recipient", evidence="not one number with its country code")
    if not message.parts.get("sms", "").strip():
        return Rejected(code="sms/empty", evidence="no text", scope="message")
    return None


def _outcome(request: "Request", fault: Exception | None) -> Outcome:
    from channels.sms_request import is_untrusted  # noqa: PLC0415 - with the provider's library

    if request.withheld is not None:
        raise request.withheld
    if request.status:
        return meaning(request.status, request.headers, request.text)
    seen = type(fault).__name__  # not its text, which may quote the number
    if request.gone:
        return Unknown(stage="answer", evidence=f"after the request had left: {seen}")
    if fault is not None and is_untrusted(fault):
        words = "the server's certificate is not trusted"
        return Rejected(code="sms/certificate", evidence=words, scope="configuration")
    return NotAccepted(code="sms/connect", evidence=f"before the request left: {seen}")


def _limit(settings: SmsSettings) -> float:
    """Seconds for one attempt: every try to connect, then an answer that may come in pieces."""
    return 3.0 * (settings.connect_timeout + 1) + 2.0 * settings.read_timeout
