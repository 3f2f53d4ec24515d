"""The section `inbox:`: the mailboxes into which bounces and answers come."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from dispatcher.config.channels import REFERENCE
from dispatcher.config.forms import Form, Keys, named, number, one_of, read_keys, text
from dispatcher.config.section import Section
from dispatcher.model.settings import InboxSettings
from dispatcher.nodes.keys import Key, schema_of
from dispatcher.nodes.schema import spelled


KINDS = ("maildir", "imap")
TLS = ("tls", "start_tls")
PORTS = {"tls": 993, "start_tls": 143}

#: What each kind cannot do without.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "maildir": ("path",),
    "imap": ("host", "user", "password"),
}
_FOLDER = re.compile(r"[^\x00-\x1f\x7f]{1,200}")


def _password(section: Section, key: str) -> str:
    value = section.text(key)
    if value is not None and not REFERENCE.fullmatch(value):
        # length 0: the source line, with the secret in it, is never shown
        hidden = replace(section.place(key), length=0)
        section.report("config/secret-in-clear", hidden, key=f"{section.name}.{key}")
    return value or ""


def _folder(section: Section, key: str, value: str) -> None:
    if not _FOLDER.fullmatch(value):
        section.value(key, value, "INBOX, relance/done, ...")


INBOX_KEYS: Keys = (
    Key(
        name="kind",
        form=one_of(KINDS, "maildir"),
        default="maildir",
        en="A folder of this machine, or a server.",
        fr="Un dossier de cette machine, ou un serveur.",
    ),
    Key(
        name="path",
        form=text(),
        en="Of a maildir: the folder with new and cur, relative to the home.",
        fr="D'un maildir : le dossier avec new et cur, par rapport à la maison.",
    ),
    Key(
        name="host",
        form=text(),
        en="Of a server: its name, as in its certificate.",
        fr="D'un serveur : son nom, comme dans son certificat.",
    ),
    Key(
        name="port",
        form=number(least=1, or_none=False),
        default="993",
        en="Its port; 143 with start_tls.",
        fr="Son port ; 143 avec start_tls.",
    ),
    Key(
        name="tls",
        form=one_of(TLS, "tls"),
        default="tls",
        en="tls or start_tls; a mailbox is never read in clear.",
        fr="tls ou start_tls ; une boîte n'est jamais lue en clair.",
    ),
    Key(name="user", form=text(), en="The account.", fr="Le compte."),
    Key(
        name="password",
        form=Form(
            read=_password, schema=spelled(REFERENCE.pattern, examples=("env:NAME", "file:PATH"))
        ),
        en="Its password, never in clear text: env:NAME or file:PATH.",
        fr="Son mot de passe, jamais en clair : env:NOM ou file:CHEMIN.",
    ),
    Key(
        name="folder",
        form=text("INBOX", check=_folder),
        default="INBOX",
        en="The folder that is read.",
        fr="Le dossier qui est lu.",
    ),
    Key(
        name="done",
        form=text("relance/done", check=_folder),
        default="relance/done",
        en="The folder into which mails go that were read.",
        fr="Le dossier où vont les e-mails lus.",
    ),
    Key(
        name="ca_file",
        form=text(),
        en="Further certificates to trust.",
        fr="D'autres certificats de confiance.",
    ),
    Key(
        name="timeout",
        form=number(least=1, or_none=False),
        default="30",
        en="Seconds for an answer of the server.",
        fr="Secondes pour une réponse du serveur.",
    ),
)


def inbox_form(home: Path) -> Form[Mapping[str, InboxSettings]]:
    """Every mailbox by its name; paths are taken relative to `home`."""

    def read_one(name: str, section: Section) -> InboxSettings:
        said: dict[str, Any] = read_keys(section, INBOX_KEYS)
        for key in NEEDED[said["kind"]]:
            section.node(key, required=True)
        files = {key: str(home / said[key]) if said[key] else "" for key in ("path", "ca_file")}
        port = said.pop("port") or PORTS[said["tls"]]
        timeout = said.pop("timeout") or 30
        return InboxSettings(
            name=name,
            **{**said, **files, "port": port, "timeout": timeout},
            place=section.map.place,
            places={entry.key: entry.value.place for entry in section.map},
        )

    return named(read_one, schema_of(INBOX_KEYS))
