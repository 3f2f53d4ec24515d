"""What a mail is: reports of every shape, complaints, robots and people; bombs say nothing."""

from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dispatcher.ports import NewsKind
from dispatcher.returns.answer import Answer, read
from dispatcher.returns.statuses import meaning
from tests.returns.mails import (
    COMPLAINT,
    EXCHANGE,
    EXIM,
    FRENCH_FULL,
    GMAIL,
    QMAIL,
    TOKEN,
    WHO,
    dsn,
    human,
    lines,
)


NOW = datetime(2026, 11, 24, 8, tzinfo=UTC)
OURS = {"comptabilite@exemple.test", "claire@exemple.test"}


def answer(raw: bytes) -> Answer:
    return read(raw, source="mail:retours", ours=OURS, now=NOW)


REPORTS = {
    "postfix": (dsn(), NewsKind.BOUNCED, "5.1.1", "recipient", None),
    "exchange": (EXCHANGE, NewsKind.BOUNCED, "5.1.10", "recipient", None),
    "gmail": (GMAIL, NewsKind.BOUNCED, "5.1.1", "recipient", None),
    "exim": (EXIM, NewsKind.BOUNCED, "5.1.2", "recipient", None),
    "qmail": (QMAIL, NewsKind.BOUNCED, "5.1.1", "recipient", None),
    "french-full": (FRENCH_FULL, NewsKind.BOUNCED, "5.2.2", "recipient", 30),
    "disabled": (dsn(status="5.2.1"), NewsKind.BOUNCED, "5.2.1", "recipient", 90),
    "policy": (dsn(status="5.7.1"), NewsKind.BOUNCED, "5.7.1", "message", None),
    "dmarc": (dsn(status="5.7.26"), NewsKind.BOUNCED, "5.7.26", "configuration", None),
    "our-domain": (dsn(status="5.1.8"), NewsKind.BOUNCED, "5.1.8", "configuration", None),
    "delayed": (dsn(action="delayed", status="4.4.1"), NewsKind.DELAYED, "4.4.1", "recipient", 7),
    "given-up": (dsn(status="4.4.7"), NewsKind.BOUNCED, "4.4.7", "recipient", 7),
    "delivered": (dsn(action="delivered", status="2.0.0"), NewsKind.DELIVERED, "2.0.0", None, None),
}


@pytest.mark.parametrize(("raw", "kind", "code", "scope", "expires"), REPORTS.values(), ids=REPORTS)
def test_a_report_says_what_became_of_which_message(
    raw: bytes, kind: NewsKind, code: str, scope: str | None, expires: int | None
) -> None:
    (told,) = answer(raw).told
    news = told.news
    status = "" if kind is NewsKind.DELIVERED else code
    assert (news.kind, news.token, set(told.addresses)) == (kind, TOKEN, {WHO})
    assert news.code == status or news.kind is NewsKind.DELIVERED
    if scope is not None:
        assert (news.scope, news.expires) == (scope, expires)


def test_a_report_without_a_name_of_ours_names_nothing() -> None:
    (told,) = answer(dsn(token="someone.elses")).told
    assert (told.news.kind, told.news.token) == (NewsKind.BOUNCED, "")


def test_a_report_of_two_recipients_is_two_pieces_of_news() -> None:
    more = "\nFinal-Recipient: rfc822; chef@roux.example\nAction: delayed\nStatus: 4.2.2\n"
    told = answer(dsn(more=more)).told
    assert [(each.news.kind, set(each.addresses)) for each in told] == [
        (NewsKind.BOUNCED, {WHO}),
        (NewsKind.DELAYED, {"chef@roux.example"}),
    ]
    assert len({each.news.reference for each in told}) == 2


def test_the_same_bytes_are_the_same_news() -> None:
    assert answer(dsn()) == answer(dsn())
    assert answer(dsn()).told[0].news.reference != answer(EXIM).told[0].news.reference


def test_a_complaint_is_a_wish_for_no_more_mail() -> None:
    (told,) = answer(COMPLAINT).told
    assert (told.news.kind, told.news.token, told.news.sender) == (NewsKind.OPTED_OUT, TOKEN, "")
    assert told.news.word == "complaint abuse"


ROBOTS = {
    "rfc-3834": human("Je suis absente.", more="Auto-Submitted: auto-replied\n"),
    "precedence": human("Away.", more="Precedence: auto_reply\n"),
    "header": human("Away.", more="X-Autoreply: yes\n"),
    "subject-fr": human("De retour lundi.", subject="Réponse automatique : Facture"),
    "encoded": human("x", subject="=?utf-8?q?R=C3=A9ponse_automatique_=3A?= Facture"),
    "subject-en": human("Back on Monday.", subject="Automatic reply: Facture"),
    "absent": human("De retour lundi.", subject="Absence : Facture"),
    "nobody": human("Merci, reçu.", more="Return-Path: <>\n"),
}


@pytest.mark.parametrize("raw", ROBOTS.values(), ids=ROBOTS)
def test_a_robot_is_no_person(raw: bytes) -> None:
    (told,) = answer(raw).told
    assert (told.news.kind, told.news.token) == (NewsKind.AUTOMATIC, TOKEN)


PEOPLE = {
    "thread": human("Je paie vendredi."),
    "auto-submitted-no": human("Je paie vendredi.", more="Auto-Submitted: no\n"),
    "about-absence": human("Je paie vendredi.", subject="Re: votre absence de réponse"),
    "references": human(
        "Je paie vendredi.", answers="", more=f"References: <x@y.z> <{TOKEN}@exemple.test>\n"
    ),
    "plus-address": human("Je paie vendredi.", answers="", to=f"retours+{TOKEN}@exemple.test"),
    "quoted": human(
        "Je paie vendredi.\n\nLe lun. 23 nov. 2026 à 09:00, Exemple <c@exemple.test>\n"
        "a écrit :\n\n> Bonjour\n> payez"
    ),
    "outlook": human(
        "Je paie vendredi.\n\n________________________________\nDe : Exemple\nEnvoyé : lundi\n"
        "À : Jeanne\nPayez."
    ),
    "signed": human("Je paie vendredi.\n-- \nJeanne Roux\nDirectrice"),
    "below": human("On Mon, Nov 23, 2026, Exemple wrote:\n> Payez.\n\nJe paie vendredi."),
    "html": lines(
        f"From: {WHO}\nTo: c@exemple.test\nSubject: Re: Facture\n"
        f"In-Reply-To: <{TOKEN}@exemple.test>\nContent-Type: text/html; charset=iso-8859-1\n"
        "Content-Transfer-Encoding: base64\n\n"
        "PHN0eWxlPnB7fTwvc3R5bGU+PHA+SmUgcGFpZSB2ZW5kcmVkaS48L3A+PGJsb2NrcXVvdGU+UGF5ZXo8L2Jsb2NrcXVvdGU+\n"
    ),
}


@pytest.mark.parametrize("raw", PEOPLE.values(), ids=PEOPLE)
def test_a_person_is_heard_in_his_own_words(raw: bytes) -> None:
    (told,) = answer(raw).told
    assert (told.news.kind, told.news.token, told.news.sender) == (NewsKind.REPLY, TOKEN, WHO)
    assert told.news.evidence.partition("\n")[2] == "Je paie vendredi."


@pytest.mark.parametrize("text", ["STOP", " Stop. ", "stop\n\nLe 3 nov. 2026, X a écrit :\n> a"])
def test_stop_as_the_whole_text_is_a_wish(text: str) -> None:
    (told,) = answer(human(text)).told
    assert (told.news.kind, told.news.channel) == (NewsKind.OPTED_OUT, "email")


def test_stop_within_a_sentence_is_a_reply() -> None:
    (told,) = answer(human("Stop, je paie vendredi.")).told
    assert told.news.kind is NewsKind.REPLY


OWN = {
    "colleague": human("Vu.", sender='"Roux, Jeanne" <Claire@exemple.test>'),
    "our-own-mail": human("x", more=f"Message-ID: <{TOKEN}@exemple.test>\n").replace(
        b"Message-ID: <CA1234@mail.example>\r\n", b""
    ),
}


@pytest.mark.parametrize("raw", OWN.values(), ids=OWN)
def test_what_we_wrote_ourselves_is_no_answer(raw: bytes) -> None:
    assert answer(raw) == Answer(ignored="our-own")


def nested(depth: int) -> bytes:
    inner = b"Final-Recipient: rfc822; x@y.z\n"
    for level in range(depth):
        head = b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (level, level)
        inner = head + inner + b"\n--b%d--\n" % level
    return b"From: mailer-daemon@x.y\nSubject: failure notice\n" + inner


HUGE = 1_000_000
BOMBS = {
    "deep": nested(3_000),
    "blank-lines": dsn().replace(b"Arrival-Date", b"\n" * HUGE + b"Arrival-Date"),
    "recipients": dsn(more="\nFinal-Recipient: rfc822; a@b.c\nAction: failed\n" * 20_000),
    "one-header": b"Subject: " + b"a;" * (HUGE // 2) + b"\n\nx",
    "headers": b"X: y\n" * (HUGE // 5),
    "no-end": b'Content-Type: multipart/mixed; boundary="b"\n\n' + b"--b\n" * (HUGE // 4),
    "brackets": human("<br " * (HUGE // 4)).replace(b"text/plain", b"text/html"),
    "styles": human("<style>" * (HUGE // 7)).replace(b"text/plain", b"text/html"),
    "ids": human("\n" * HUGE, more="Return-Path: <>\n"),
    "comments": b"From: " + b"(" * 3_000 + b"\n\nx",
    "charset": human("x" * HUGE).replace(b"utf-8", b"punycode"),
    "returned-parts": b"From: mailer-daemon@x\nSubject: failure notice\n"
    + b"Content-Type: message/rfc822\n\n" * 2_000,
}


@pytest.mark.timeout(60)  # unbounded, each of these takes minutes or all memory
@pytest.mark.parametrize("raw", BOMBS.values(), ids=BOMBS)
def test_a_bomb_is_read_in_bounded_time(raw: bytes) -> None:
    assert len(answer(raw).told) <= 50


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_a_damaged_mail_is_never_an_error(data: st.DataObject) -> None:
    raw = bytearray(data.draw(st.sampled_from([dsn(), EXIM, QMAIL, COMPLAINT, *PEOPLE.values()])))
    for _ in range(data.draw(st.integers(0, 8))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=12))
        raw = raw or bytearray(b"x")
    for told in answer(bytes(raw)).told:
        assert told.news.evidence.isprintable() or "\n" in told.news.evidence


@given(st.binary(max_size=400))
@settings(max_examples=100, deadline=None)
def test_any_bytes_can_be_read(raw: bytes) -> None:
    answer(raw)


@pytest.mark.parametrize("first", range(10))
def test_only_faults_of_the_recipient_pass_with_time(first: int) -> None:
    for last in range(30):
        told = meaning(f"5.{first}.{last}")
        assert told.expires is None or told.scope == "recipient"
