"""The provider of SMS as its description says it is, and settings and messages for it."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import yaml

from channels.sms import SmsChannel
from channels.sms_settings import read_settings
from dispatcher.ports import ChannelSettings, Message, Outcome
from dispatcher.testing import Drop, Hang, HttpReply, HttpRequest, HttpServer, Reset, http_server


ACCOUNT = "AC" + "0" * 32
SECRET = "canary-3f9c1d"
SID = "SM" + "5" * 32
TEXT = "Facture FA26001 : 1234,50 € à régler. Crédit SA 01 23 45 67 89"

HttpFault = HttpReply | Drop | Hang | Reset


@cache
def description() -> dict[str, Any]:
    path = Path(__file__).with_name("sms_provider.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8"))
    return found


def settings(url: str, **options: str | int) -> ChannelSettings:
    """An account on a double."""
    given: dict[str, str | int | bool] = {
        "account_sid": ACCOUNT,
        "sender": "Credit SA",
        "public_url": "https://relance.creditor.test/sms",
        "base_url": url,
    }
    return ChannelSettings(
        name="sms", adapter="twilio", options={**given, **options}, secrets={"auth_token": SECRET}
    )


def opened(url: str, **options: str | int) -> SmsChannel:
    """A channel to it, less patient than settings allow."""
    read = read_settings(settings(url, **options))
    return SmsChannel("sms", replace(read, connect_timeout=0.3, read_timeout=0.4))


def message(number: int = 1, to: str = "+33612345678", text: str = TEXT) -> Message:
    return Message(id=number, token=f"token-{number}", channel="sms", to=to, parts={"sms": text})


# -- the double -----------------------------------------------------------------------------------


def provider(request: HttpRequest) -> HttpReply:
    """Its answer: a message, or what is wrong with the request in its own codes."""
    wrong = wrongs(request)
    if wrong:
        return refusal(400, 21604, "; ".join(wrong))
    wanted = base64.b64encode(f"{ACCOUNT}:{SECRET}".encode()).decode()
    if request.headers.get("authorization") != f"Basic {wanted}":
        return refusal(401, 20003, "Authenticate")
    return HttpReply(status=description()["answer"]["status"], body=json.dumps(resource(request)))


def wrongs(request: HttpRequest) -> list[str]:
    """Where a request leaves the description."""
    asked = description()["request"]
    found = []
    if request.method != asked["method"] or request.path != asked["path"].format(account=ACCOUNT):
        found.append(f"no such place: {request.method} {request.path}")
    if request.headers.get("content-type") != asked["form"]:
        found.append("another form")
    given = form(request)
    found += [f"{name} is missing" for name in asked["needed"] if name not in given]
    found += [f"{name} is unknown" for name in given if name not in asked["takes"]]
    found += [
        f"{name} is no {asked['takes'][name]}"
        for name, value in given.items()
        if name in asked["takes"] and not KINDS[asked["takes"][name].split(" ")[0]](value)
    ]
    least, most = asked["validity"]
    if not least <= int(given.get("ValidityPeriod", least)) <= most:
        found.append("ValidityPeriod is out of bounds")
    if len(given.get("Body", "")) > asked["longest_body"]:
        found.append("Body is too long")
    return found


def _is_address(value: str) -> bool:
    parts = urlsplit(value)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and "_" not in parts.netloc


#: First word of a kind -> whether a value is of it.
KINDS: Mapping[str, Callable[[str], bool]] = {
    "text": bool,
    "number": bool,  # of a telephone: a name, a code or a number
    "address": _is_address,
    "whole": str.isdecimal,
    "yes": lambda value: value in {"true", "false"},
}


def form(request: HttpRequest) -> dict[str, str]:
    """What was asked, each name once."""
    found = parse_qs(request.body.decode(), keep_blank_values=True, strict_parsing=True)
    assert all(len(values) == 1 for values in found.values())
    return {name: values[0] for name, values in found.items()}


def resource(request: HttpRequest) -> dict[str, object]:
    """The message that the provider made, with every field it describes."""
    given = form(request)
    known = {
        "sid": SID,
        "status": "queued",
        "body": given["Body"],
        "to": given["To"],
        "from": given["From"],
        "num_segments": "1",
        "direction": "outbound-api",
        "account_sid": ACCOUNT,
    }
    return {name: known.get(name) for name in description()["answer"]["holds"]}


def refusal(status: int, code: int, words: str, **headers: str) -> HttpReply:
    said = {"code": code, "message": words, "status": status, "more_info": "https://x.test"}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return HttpReply(status=status, body=json.dumps(said), headers=named)


def tokens(server: HttpServer) -> list[str]:
    """Our tokens in the callbacks of what the provider took."""
    return [parse_qs(urlsplit(form(r)["StatusCallback"]).query)["d"][0] for r in server.taken]


# -- a conversation -------------------------------------------------------------------------------


@dataclass(slots=True, kw_only=True)
class Seen:
    """What came of some messages; `heads` how many requests had begun when `going` was said."""

    server: HttpServer
    outcomes: list[Outcome] = field(default_factory=list)
    going: list[int] = field(default_factory=list)
    seen_when_going: list[int] = field(default_factory=list)

    @property
    def outcome(self) -> Outcome:
        (outcome,) = self.outcomes
        return outcome


def talk(
    faults: Mapping[str, Iterable[HttpFault | None]] | None = None,
    messages: Iterable[Message] = (message(),),
    **options: str | int,
) -> Seen:
    """Send some messages one after the other to a double with these faults."""

    async def run() -> Seen:
        async with http_server(provider, faults) as server:
            seen = Seen(server=server)
            channel = opened(server.url, **options)
            for each in messages:

                def going(number: int = each.id) -> None:
                    seen.going.append(number)
                    seen.seen_when_going.append(len(server.seen))

                seen.outcomes.append(await channel.send(each, going))
            await channel.close()
            return seen

    return asyncio.run(run())


# -- the provider is asked ------------------------------------------------------------------------


def kept(number: int, **changes: object) -> dict[str, object]:
    """A message that the provider keeps, with every field it describes."""
    known: dict[str, object] = {
        "sid": f"SM{number:032x}",
        "status": "delivered",
        "body": TEXT,
        "to": "+33612345678",
        "from": "Credit SA",
        "direction": "outbound-api",
        "account_sid": ACCOUNT,
        "date_created": "Tue, 24 Nov 2026 09:00:05 +0000",
        "date_updated": "Tue, 24 Nov 2026 09:00:09 +0000",
    }
    known |= changes
    return {name: known.get(name) for name in description()["answer"]["holds"]}


def shelf(*messages: Mapping[str, object], page: int = 50) -> Callable[[HttpRequest], HttpReply]:
    """The provider with these messages: its list by number, in pages, and each by name."""
    asked = description()["questions"]

    def answer(request: HttpRequest) -> HttpReply:
        place = urlsplit(request.path)
        query = {name: values[0] for name, values in parse_qs(place.query).items()}
        wrong = [name for name in query if name not in asked["takes"]]
        if request.method != "GET" or wrong:
            return refusal(400, 20001, f"unknown: {wrong}")
        if place.path == asked["list"].format(account=ACCOUNT):
            return HttpReply(body=json.dumps(_page(place.path, query)))
        for each in messages:
            if place.path == asked["one"].format(account=ACCOUNT, sid=each["sid"]):
                return HttpReply(body=json.dumps(each))
        return refusal(404, 20404, "The requested resource was not found")

    def _page(path: str, query: Mapping[str, str]) -> dict[str, object]:
        found = [each for each in messages if each["to"] == query.get("To", each["to"])]
        size, at = min(page, int(query.get("PageSize", page))), int(query.get("Page", 0))
        more = (at + 1) * size < len(found)
        following = urlencode({**query, "Page": at + 1}) if more else ""
        return {
            "messages": found[at * size : (at + 1) * size],
            "page": at,
            "page_size": size,
            "uri": path,
            "next_page_uri": f"{path}?{following}" if more else None,
        }

    return answer
