"""MIME: what is built is what a reader reads, and nothing else gets into the head."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.compose.headers import UnsafeHeader, safe_name
from dispatcher.compose.mime import Attached, build
from dispatcher.model.mail import Mailbox


DATE = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
SENDER = Mailbox(address="relances@ateliers.example", name="Ateliers Rhône, comptabilité")

_WORDS = (
    "3 factures échues",
    "Relance",
    ": un oubli ?",
    "1\u202f234,56\xa0€",
    "n°",
    "F-2026/118",
    "à régler",
    "œuvre",
    "Boulangerie",
    "Éloïse & Fils",
    "(réf. C-1042)",
    "l'échéance",
    "«\xa0urgent\xa0»",
    "d’ici",
    ", ",
    "  ",
    "_",
    "=",
    "?=",
    "é",
    "Société-au-nom-beaucoup-trop-long-pour-tenir-sur-une-seule-ligne-d-en-tête-de-message",
    '"entre guillemets"',
    "a@b.fr",
    "<x>",
    "\\",
    "😀",
    "01/03/2026",
)
french = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=12).map(" ".join)
#: Everything but what a header must not carry.
any_text = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), min_size=1, max_size=200
).filter(lambda text: "=?" not in text)
names = st.one_of(french, any_text).filter(lambda name: safe_name(name) == name)
bodies = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r"), max_size=300)


def _built(**changes: object) -> bytes:
    arguments: dict[str, object] = {
        "sender": SENDER,
        "to": Mailbox(address="x@client.example", name="Éloïse"),
        "subject": "Relance",
        "text": "Bonjour",
        "html": "<p>Bonjour</p>",
        "date": DATE,
        "message_id": "token@ateliers.example",
    }
    return build(**{**arguments, **changes})  # type: ignore[arg-type]


def _read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    assert not message.defects
    return message


@settings(max_examples=150, deadline=None)
@given(st.one_of(french, any_text))
def test_a_subject_arrives_with_every_space(subject: str) -> None:
    content = _built(subject=subject)
    assert str(_read(content)["Subject"]) == subject
    assert max(map(len, content.split(b"\r\n"))) <= 76


@pytest.mark.slow
@settings(max_examples=5000, deadline=None)
@given(french)
def test_thousands_of_french_subjects_arrive(subject: str) -> None:
    assert str(_read(_built(subject=subject))["Subject"]) == subject


@settings(max_examples=150, deadline=None)
@given(names)
def test_a_name_arrives_as_it_is_and_brings_no_address(name: str) -> None:
    content = _built(to=Mailbox(address="x@client.example", name=name))
    (address,) = _read(content)["To"].addresses
    assert address.addr_spec == "x@client.example"
    # Python 3.11's `display_name` puts a space between two encoded words; `decode_header` none.
    raw = message_from_bytes(content, policy=policy.compat32)["To"]
    ((shown, _),) = getaddresses([raw.replace("\r\n", "")])
    assert str(make_header(decode_header(shown))) == " ".join(name.split())
    assert max(map(len, content.split(b"\r\n"))) <= 76


@settings(max_examples=100, deadline=None)
@given(bodies, bodies)
def test_bodies_arrive_as_they_are(text: str, html: str) -> None:
    content = _built(text=text, html=html)
    message = _read(content)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    for part, wanted in zip(message.iter_parts(), (text, html), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().replace("\r\n", "\n") == wanted
    assert max(map(len, content.split(b"\r\n"))) <= 76


def test_the_head_has_what_a_reminder_needs_and_no_more() -> None:
    message = _read(_built(reply_to=Mailbox(address="compta@ateliers.example")))
    assert message.keys() == [
        "From",
        "To",
        "Reply-To",
        "Subject",
        "Date",
        "Message-ID",
        "Auto-Submitted",
        "MIME-Version",
        "Content-Type",
    ]
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Message-ID"] == "<token@ateliers.example>"
    assert message["Date"] == "Fri, 20 Nov 2026 08:30:00 +0000"
    assert message["From"].addresses[0].display_name == SENDER.name


def test_the_same_arguments_give_the_same_bytes() -> None:
    assert _built() == _built()
    assert _built() != _built(message_id="other@ateliers.example")


def test_callers_may_add_headers_of_their_own() -> None:
    message = _read(_built(headers={"X-Relance-Dossier": "C-1042 été"}))
    assert message["X-Relance-Dossier"] == "C-1042 été"


@pytest.mark.parametrize(
    "value",
    [
        "a\r\nBcc: x@evil.example",
        "a\nBcc: x@evil.example",
        "a\x00",
        "a\x85b",
        "a\u2028b",
        "=?utf-8?q?a=0ABcc:_e@evil.example?=",
        "a\ud800",
    ],
    ids=ascii,
)
@pytest.mark.parametrize("where", ["subject", "name", "header"])
def test_nothing_opens_a_new_header(value: str, where: str) -> None:
    changes: dict[str, dict[str, object]] = {
        "subject": {"subject": value},
        "name": {"to": Mailbox(address="x@client.example", name=value)},
        "header": {"headers": {"X-Note": value}},
    }
    with pytest.raises(UnsafeHeader):
        _built(**changes[where])
    assert safe_name(value) == ""


@pytest.mark.parametrize(
    "address",
    ["x@a.fr\r\nBcc: y@b.fr", "x@a.fr, y@b.fr", "x@é.fr", "é@a.fr", "x", "", "x@a..fr", "<x@a.fr>"],
)
def test_only_one_plain_address_is_taken(address: str) -> None:
    with pytest.raises(UnsafeHeader):
        _built(to=Mailbox(address=address))


@pytest.mark.parametrize(
    "changes",
    [
        {"message_id": "<a@b>"},
        {"message_id": "a b@c"},
        {"headers": {"Bcc\r\nX": "y"}},
        {"headers": {"Subject": "twice"}},
    ],
    ids=str,
)
def test_headers_and_ids_are_ours(changes: dict[str, object]) -> None:
    with pytest.raises(UnsafeHeader):
        _built(**changes)


def test_a_date_without_zone_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="zone"):
        _built(date=DATE.replace(tzinfo=None))


def test_an_encoded_word_has_no_spaces_of_its_own() -> None:
    assert b"Subject: =?utf-8?q?=C3=A9_=C3=A0?=\r\n" in _built(subject="é à")


# -- copies, threads, files -----------------------------------------------------------------------

#: Names of files as people give them, and as a hostile debtor would.
_NAME_PIECES = (
    "Facture",
    "n°\u202f118",
    "é",
    "échéancier",
    "œuvre",
    "a'b",
    '"x"',
    "%41",
    "*0*=",
    ";",
    "utf-8''",
    "…",
    "😀",
    " ",
    "F-2026-118",
    "une-société-au-nom-beaucoup-trop-long-pour-tenir-sur-une-ligne",
)
file_names = st.one_of(
    st.lists(st.sampled_from(_NAME_PIECES), min_size=1, max_size=3).map("".join),
    st.text(
        st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="/\\"),
        min_size=1,
        max_size=60,
    ).filter(lambda name: "=?" not in name),
).map(lambda name: f"{name}.pdf".strip())  # as Python's parser strips it too
files = st.builds(
    Attached,
    name=file_names,
    media_type=st.sampled_from(["application/pdf", "text/csv"]),
    content=st.binary(max_size=300),
)
wild_bodies = st.lists(
    st.one_of(
        bodies,
        st.sampled_from(["\n.\n", "From me\n", "--=_a", "=", " \n", "\t\n", "é" * 90, "x" * 1200]),
    ),
    max_size=6,
).map("".join)


def _keeps_byte_rules(content: bytes) -> None:
    """RFC 5322 2.1 and RFC 2045 6: CRLF only, 7-bit, short lines, nothing in between."""
    assert content.isascii()
    assert b"\0" not in content
    assert b"\r" not in content.replace(b"\r\n", b"")
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert content.endswith(b"\r\n")
    assert max(map(len, content.split(b"\r\n"))) <= 78
    for line in content.split(b"\r\n"):  # a space at the end is lost on the way
        assert not line.endswith((b" ", b"\t"))


def _comes_back(subject: str, text: str, html: str, attached: list[Attached]) -> None:
    content = _built(subject=subject, text=text, html=html, attachments=attached)
    _keeps_byte_rules(content)
    message = _read(content)
    assert str(message["Subject"]) == subject
    parts = [part for part in message.walk() if not part.is_multipart()]
    words, sent = parts[:2], parts[2:]
    for part, wanted in zip(words, (text, html), strict=True):
        payload = part.get_payload(decode=True)
        assert isinstance(payload, bytes)
        assert payload.decode().replace("\r\n", "\n") == wanted
    for part, file in zip(sent, attached, strict=True):
        assert part.get_content_disposition() == "attachment"
        assert part.get_content_type() == file.media_type
        assert part.get_filename() == file.name
        assert part.get_payload(decode=True) == file.content
    kinds = ["multipart/mixed"] if attached else []
    multiparts = [part.get_content_type() for part in message.walk() if part.is_multipart()]
    assert multiparts == [*kinds, "multipart/alternative"]


@settings(max_examples=150, deadline=None)
@given(st.one_of(french, any_text), wild_bodies, wild_bodies, st.lists(files, max_size=3))
def test_a_whole_message_comes_back_and_keeps_the_rules_of_bytes(
    subject: str, text: str, html: str, attached: list[Attached]
) -> None:
    _comes_back(subject, text, html, attached)


@pytest.mark.slow
@settings(max_examples=10_000, deadline=None)
@given(st.one_of(french, any_text), wild_bodies, wild_bodies, st.lists(files, max_size=3))
def test_thousands_of_whole_messages_come_back(
    subject: str, text: str, html: str, attached: list[Attached]
) -> None:
    _comes_back(subject, text, html, attached)


@settings(max_examples=100, deadline=None)
@given(st.lists(names, min_size=1, max_size=6))
def test_every_copy_is_one_address(people: list[str]) -> None:
    wanted = [f"c{number}@ateliers.example" for number in range(len(people))]
    boxes = [
        Mailbox(address=address, name=name) for address, name in zip(wanted, people, strict=True)
    ]
    content = _built(cc=boxes)
    _keeps_byte_rules(content)
    assert [each.addr_spec for each in _read(content)["Cc"].addresses] == wanted


def test_a_later_message_names_those_that_it_follows() -> None:
    earlier = [f"{'a' * 32}{number}@ateliers.example" for number in range(12)]
    message = _read(_built(references=earlier))
    assert str(message["References"]).split() == [f"<{each}>" for each in earlier]
    assert message["In-Reply-To"] == f"<{earlier[-1]}>"
    assert _read(_built())["References"] is None


@pytest.mark.parametrize(
    "changes",
    [
        {"attachments": [Attached(name="../x.pdf", media_type="application/pdf", content=b"")]},
        {"attachments": [Attached(name="a\\b.pdf", media_type="application/pdf", content=b"")]},
        {"attachments": [Attached(name="..", media_type="application/pdf", content=b"")]},
        {"attachments": [Attached(name="", media_type="application/pdf", content=b"")]},
        {"attachments": [Attached(name="a\r\nX: y", media_type="application/pdf", content=b"")]},
        {"attachments": [Attached(name="é" * 128, media_type="application/pdf", content=b"")]},
        {
            "attachments": [
                Attached(name="a.pdf", media_type="application/pdf\r\nX: y", content=b"")
            ]
        },
        {"references": ["a@b>\r\nBcc: <x@y.example"]},
        {"cc": [Mailbox(address="x@y.example, z@y.example")]},
    ],
    ids=ascii,
)
def test_files_threads_and_copies_open_no_header(changes: dict[str, object]) -> None:
    with pytest.raises(UnsafeHeader):
        _built(**changes)
