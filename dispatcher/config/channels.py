"""The section `channels:`: which adapter delivers what, and what it is told."""

import ipaddress
import re
from dataclasses import replace

from dispatcher.config.form import Form, scalars
from dispatcher.model.settings import ChannelSettings
from dispatcher.nodes.node import Scalar


#: Settings whose value is never written in clear text.
SECRETS = ("password", "token", "secret", "auth_token", "api_key")

REFERENCE = re.compile(r"(env|file):\S+")

_FLAGS = {"yes": True, "no": False, "true": True, "false": False}


def read_channels(form: Form) -> dict[str, ChannelSettings]:
    """Channel name -> settings; secrets stay references."""
    return {name: _channel(name, part) for name, part in form.parts("channels")}


def _channel(name: str, part: Form) -> ChannelSettings:
    values = scalars(part, skip=("adapter",))
    secrets = {key: value for key, value in values.items() if key in SECRETS}
    for key, value in secrets.items():
        if not REFERENCE.fullmatch(value.text):
            # length 0: the source line, with the secret in it, is never shown
            place = replace(value.place, length=0)
            part.report("config/secret-in-clear", place, key=f"{part.section}.{key}")
    _refuse_clear_mail(part)
    return ChannelSettings(
        name=name,
        adapter=part.text("adapter", name),
        options={key: _typed(value) for key, value in values.items() if key not in secrets},
        secrets={key: value.text for key, value in secrets.items()},
        place=part.map.place,
    )


def _refuse_clear_mail(part: Form) -> None:
    """A password sent in clear is lost: STARTTLS that may be left out is stripped on the way."""
    if part.map.get("tls") is None:
        return
    tls = part.one_of("tls", ("start_tls", "tls", "none"), "start_tls")
    host = part.text("host")
    if tls == "none" and not is_loopback(host):
        part.report("config/clear-mail", part.place("tls"), host=host)


def is_loopback(host: str) -> bool:
    """Whether a host is this machine by its name or address, without asking anybody."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _typed(value: Scalar) -> str | int | bool:
    if value.quoted:
        return value.text
    if value.text in _FLAGS:
        return _FLAGS[value.text]
    if re.fullmatch(r"0|[1-9]\d{0,8}", value.text):
        return int(value.text)
    return value.text
