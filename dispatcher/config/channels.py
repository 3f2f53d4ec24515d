"""The section `channels:`: which adapter delivers what, and what it is told."""

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

from dispatcher.config.forms import FLAGS, NOTHING, SCALARS, Form, Keys, named, number, one_of, text
from dispatcher.config.section import Section
from dispatcher.model.host import is_loopback
from dispatcher.model.problem import Place
from dispatcher.model.settings import ChannelSettings, Rate
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.node import Scalar
from dispatcher.nodes.schema import spelled


#: Settings whose value is never written in clear text.
SECRETS = ("password", "token", "secret", "auth_token", "api_key")

#: Read here, and no business of the adapter.
OURS = ("adapter", "price", "max_segments", "rate")

REFERENCE = re.compile(r"(env|file):\S+")

_SECRET = text(schema=spelled(REFERENCE.pattern, examples=("env:NAME", "file:PATH")))

PRICE = re.compile(r"[0-9]{1,4}(\.[0-9]{1,5})?")


def _price(section: Section, key: str) -> Decimal | None:
    value = section.text(key)
    if value is None or PRICE.fullmatch(value):
        return None if value is None else Decimal(value)
    section.value(key, value, "0.08, 1.50, 12, ...")
    return None


_AMOUNTS: list[Mapping[str, object]] = [
    {"type": "number", "minimum": 0},
    spelled(PRICE.pattern),
]

_PRICE: Form[Decimal | None] = Form(read=_price, schema={"anyOf": _AMOUNTS})

RATE = re.compile(r"([1-9][0-9]{0,5}) per (second|minute|hour|day)")

_SPANS = {
    "second": timedelta(seconds=1),
    "minute": timedelta(minutes=1),
    "hour": timedelta(hours=1),
    "day": timedelta(days=1),
}


def _rate(section: Section, key: str) -> Rate | None:
    value = section.text(key)
    found = None if value is None else RATE.fullmatch(value)
    if found is not None:
        return Rate(count=int(found[1]), span=_SPANS[found[2]])
    if value is not None:
        section.value(key, value, "10 per second, 300 per hour, 5000 per day, ...")
    return None


_RATE: Form[Rate | None] = Form(
    read=_rate, schema=spelled(RATE.pattern, examples=("10 per second", "300 per hour"))
)


def _cost(section: Section, key: str) -> Decimal | None:
    node = section.node(key)
    return None if isinstance(node, Scalar) and node.text == NOTHING else _price(section, key)


#: An amount of euros for messages, or none.
COST: Form[Decimal | None] = Form(read=_cost, schema={"anyOf": [*_AMOUNTS, {"enum": [NOTHING]}]})

#: Of one SMS, unless the operator says otherwise.
MAX_SEGMENTS = 2

_SEGMENTS = number(least=1, or_none=False)

#: What every channel may be told; the rest is its adapter's own.
CHANNEL_KEYS: Keys = (
    Key(
        name="adapter",
        form=text(),
        en="Who delivers; else the channel's own name.",
        fr="Qui achemine ; sinon le nom même du canal.",
    ),
    Key(
        name="tls",
        form=one_of(("start_tls", "tls", "none"), "start_tls"),
        en="start_tls or tls; none only for a server on this machine.",
        fr="start_tls ou tls ; none seulement pour un serveur sur cette machine.",
    ),
    Key(
        name="price",
        form=_PRICE,
        en="What one message costs in euros, of SMS one segment; `plan` adds it up.",
        fr="Le prix d'un message en euros, d'un segment pour les SMS ; `plan` en fait le total.",
    ),
    Key(
        name="max_segments",
        form=_SEGMENTS,
        en="An SMS of more segments is held, and said; 2 unless written.",
        fr="Un SMS de plus de segments est retenu, et signalé ; 2 sauf mention.",
    ),
    Key(
        name="rate",
        form=_RATE,
        en="At most so many messages per second, minute, hour or day; the rest waits.",
        fr="Au plus tant de messages par second, minute, hour ou day ; le reste attend.",
    ),
    *(
        Key(
            name=name,
            form=_SECRET,
            en="A secret, never in clear text: env:NAME or file:PATH.",
            fr="Un secret, jamais en clair : env:NOM ou file:CHEMIN.",
        )
        for name in SECRETS
    ),
)


def _channel(name: str, section: Section) -> ChannelSettings:
    values = _scalars(section)
    secrets = {key: value for key, value in values.items() if key in SECRETS}
    for key, value in secrets.items():
        if not REFERENCE.fullmatch(value.text):
            _report_secret(section, key, value.place)
    _refuse_clear_mail(section)
    return ChannelSettings(
        name=name,
        adapter=section.text("adapter") or name,
        options={key: _typed(value) for key, value in values.items() if key not in secrets},
        secrets={key: value.text for key, value in secrets.items()},
        price=_price(section, "price"),
        max_segments=_SEGMENTS.read(section, "max_segments") or MAX_SEGMENTS,
        rate=_rate(section, "rate"),
        place=section.map.place,
        places={entry.key: entry.value.place for entry in section.map},
    )


def _scalars(section: Section) -> Mapping[str, Scalar]:
    """Every single value that is its adapter's own; anything but a single one is reported."""
    found = {}
    for entry in section.map:
        if entry.key in OURS:
            continue
        if isinstance(entry.value, Scalar):
            found[entry.key] = entry.value
        elif entry.key in SECRETS:
            _report_secret(section, entry.key, entry.value.place)
        else:
            section.shape(f"{section.name}.{entry.key}", entry.value, "text")
    return found


def _report_secret(section: Section, key: str, place: Place) -> None:
    # length 0: the source line, with the secret in it, is never shown
    hidden = replace(place, length=0)
    section.report("config/secret-in-clear", hidden, key=f"{section.name}.{key}")


def _refuse_clear_mail(section: Section) -> None:
    """A password sent in clear is lost: STARTTLS that may be left out is stripped on the way."""
    if not isinstance(section.map.get("tls"), Scalar):
        return
    tls = _TLS.read(section, "tls")
    host = section.map.get("host")
    name = host.text if isinstance(host, Scalar) else ""
    if tls == "none" and not is_loopback(name):
        section.report("config/clear-mail", section.place("tls"), host=name)


_TLS: Form[str] = CHANNEL_KEYS[1].form


def _typed(value: Scalar) -> str | int | bool:
    if value.quoted:
        return value.text
    if value.text in FLAGS:
        return FLAGS[value.text]
    if re.fullmatch(r"0|[1-9]\d{0,8}", value.text):
        return int(value.text)
    return value.text


#: Channel name -> settings; secrets stay references.
CHANNELS: Form[Mapping[str, ChannelSettings]] = named(
    _channel, {**schema_of(CHANNEL_KEYS), "additionalProperties": SCALARS}
)
