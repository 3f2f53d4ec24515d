"""What stands around an e-mail: who answers for it, who gets a copy, its thread, its files."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest

from dispatcher import app, questions
from dispatcher.compose.envelope import addressed, as_plain, followed, from_plain, holder
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.messages.attachments import invoices
from dispatcher.model.debtor import Debtor, LegalKind
from dispatcher.model.mail import EarlierMail, Mailbox
from dispatcher.model.settings import (
    Attachments,
    ChannelSettings,
    Creditor,
    Person,
    Settings,
)
from dispatcher.wiring import looking, opened_house
from tests.app.test_days import TUESDAY, export, row


PEOPLE = {
    "account_manager": Person(
        role="account_manager", column="account_manager", stand_in="collector"
    ),
    "collector": Person(role="collector", name="Paul Durand", email="paul@creditor.example"),
    "cfo": Person(role="cfo", name="Zoé Lefèvre", stand_in="credit_manager"),
    "credit_manager": Person(
        role="credit_manager", name="Claire Martin", email="claire@creditor.example"
    ),
    "nobody": Person(role="nobody", stand_in="nobody"),
}
DEBTOR = Debtor(id=1, reference="C1", name="X", legal_kind=LegalKind.BUSINESS, profile="sme")
PAUL = Mailbox(address="paul@creditor.example", name="Paul Durand")
CLAIRE = Mailbox(address="claire@creditor.example", name="Claire Martin")


def settings(
    people: Mapping[str, Person] = PEOPLE,
    home: Path = Path("/home-of-a-test"),
    attachments: Attachments | None = None,
    **options: str,
) -> Settings:
    return Settings(
        home=home,
        creditor=Creditor(name="Créancier & Fils", email="compta@creditor.example"),
        channels={
            "email": ChannelSettings(
                name="email",
                adapter="email",
                options={"sender": "relances@creditor.example", **options},
            )
        },
        people=people,
        attachments=attachments or Attachments(),
    )


# -- people ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "wanted"),
    [
        ("claire martin", CLAIRE),
        ("zoe@creditor.example", Mailbox(address="zoe@creditor.example")),
        ("Zoé <zoe@creditor.example>", Mailbox(address="zoe@creditor.example", name="Zoé")),
        ("", PAUL),
        ("Somebody Else", PAUL),
        ("x@y.example\r\nBcc: z@evil.example", PAUL),
        ("x@é.example", PAUL),
        ("=?utf-8?q?a?= <zoe@creditor.example>", Mailbox(address="zoe@creditor.example")),
    ],
)
def test_the_debtors_column_names_his_account_manager(column: str, wanted: Mailbox) -> None:
    debtor = replace(DEBTOR, account_manager=column)
    assert holder("account_manager", settings(), debtor) == wanted
    envelope = addressed(settings(), debtor, subject="Relance")
    assert envelope.reply_to == wanted


@pytest.mark.parametrize(
    ("people", "assignee", "wanted"),
    [
        (PEOPLE, "credit_manager", CLAIRE),
        (PEOPLE, "cfo", CLAIRE),
        (PEOPLE, "nobody", PAUL),
        (
            {"collector": PEOPLE["collector"]},
            "",
            Mailbox(address="compta@creditor.example", name="Créancier & Fils"),
        ),
    ],
    ids=["assignee", "his-stand-in", "nobody-there", "no-manager"],
)
def test_answers_go_to_who_does_the_step(
    people: Mapping[str, Person], assignee: str, wanted: Mailbox
) -> None:
    envelope = addressed(settings(people), DEBTOR, subject="Relance", assignee=assignee)
    assert envelope.reply_to == wanted


def test_copies_go_by_role_and_once_to_each() -> None:
    roles = ["account_manager", "collector", "cfo", "nobody", "unheard_of"]
    open_copies = addressed(settings(), DEBTOR, subject="Relance", copy_to=roles)
    assert (open_copies.cc, open_copies.bcc) == ((PAUL, CLAIRE), ())
    hidden = addressed(settings(copies="bcc"), DEBTOR, subject="Relance", copy_to=roles)
    assert (hidden.cc, hidden.bcc) == ((), (PAUL, CLAIRE))
    assert from_plain(as_plain(hidden)) == hidden


def test_a_long_thread_names_its_first_and_its_last() -> None:
    mails = [EarlierMail(message_id=f"{n}@x", subject="", cases=frozenset()) for n in range(30)]
    assert followed(mails) == ("0@x", *(f"{n}@x" for n in range(21, 30)))
    assert followed(mails[:3]) == ("0@x", "1@x", "2@x")


# -- files ----------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A home with a few invoices, and secrets around them."""
    pdf = tmp_path / "in" / "pdf"
    (pdf / "below").mkdir(parents=True)
    for name in ("FA1.pdf", "FA2.pdf", "été n° 3.pdf", "below/FA4.pdf"):
        (pdf / name).write_bytes(b"%PDF-1.7 " + name.encode())
    (pdf / "FA5.pdf").write_bytes(b"MZ")
    (pdf / "FA6.pdf").mkdir()
    (tmp_path / "in" / "secret.pdf").write_bytes(b"%PDF-1.7 secret")
    (pdf / "FA7.pdf").symlink_to(tmp_path / "in" / "secret.pdf")
    (pdf / "FA8.pdf").symlink_to(pdf / "FA8.pdf")
    return tmp_path


def sent_along(home: Path, numbers: Sequence[str], most: int = 1000) -> list[str]:
    at = Attachments(invoices="in/pdf/{number}.pdf", max_bytes=most)
    found = invoices(numbers, settings(home=home, attachments=at))
    return [each.content.decode() or each.why for each in found]


def test_an_invoice_goes_along_by_its_number(folder: Path) -> None:
    assert sent_along(folder, ["FA1", "été n° 3"]) == ["%PDF-1.7 FA1.pdf", "%PDF-1.7 été n° 3.pdf"]


@pytest.mark.parametrize(
    "number",
    [
        "../secret",
        "below/FA4",
        "..",
        ".",
        "",
        "FA9",
        "FA5",
        "FA6",
        "FA7",
        "FA8",
        "FA1\0",
        "a\nb",
        "x" * 300,
        "=?utf-8?q?a?=",
        "{number}",
    ],
    ids=ascii,
)
def test_no_number_leads_out_of_the_folder(folder: Path, number: str) -> None:
    (why,) = sent_along(folder, [number])
    assert not why.startswith("%PDF")
    unread = Attachments(invoices="in/pdf/{number}.pdf")
    (asked,) = invoices([number], settings(home=folder, attachments=unread), read=False)
    assert asked.why == why


def test_the_files_of_an_email_stay_under_their_bound(folder: Path) -> None:
    first, second = sent_along(folder, ["FA1", "FA2"], most=20)
    assert first == "%PDF-1.7 FA1.pdf"
    assert "max_bytes" in second
    assert re.search("max_bytes", sent_along(folder, ["FA1"], most=15)[0])


# -- whole days -----------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: Path) -> Home:
    laid = lay_down(tmp_path / "home")
    config = laid.config.read_text("utf-8")
    named = "\nattachments:\n  invoices: in/pdf/{number}.pdf\n"
    assert "\nattachments:\n" in config
    laid.config.write_text(config.replace("\nattachments:\n", named), encoding="utf-8")
    (laid.incoming / "pdf").mkdir()
    return laid


def headed(home: Home, line: str) -> None:
    """Put a line into the head of every template, instead of its own of that key."""
    own = re.compile(rf"^{line.partition(':')[0]}:.*\n", re.MULTILINE)
    for path in home.templates.glob("fr/*/body*.md.j2"):
        text = own.sub("", path.read_text("utf-8"), count=1)
        path.write_text(text.replace("---\n", f"---\n{line}\n", 1), "utf-8")


def day(home: Home, today: date, *numbers: str, late: int = 10) -> Report:
    """Run a day on which these invoices are open."""
    export(home, today, *(row(number, late) for number in numbers))
    with looking(home, day=str(today)) as house:
        digest = questions.preview(house).plan.digest
    with opened_house(home, day=str(today), writes=True) as house:
        return app.run(house, confirm=digest)


def mails(home: Home) -> list[EmailMessage]:
    found = []
    paths = sorted((home.sinks / "email").glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
    for path in paths:
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        assert isinstance(mail, EmailMessage)
        found.append(mail)
    return found


def test_a_later_reminder_follows_the_first_one(home: Home) -> None:
    headed(home, "same_subject: yes")
    for later in (0, 7, 8, 9):  # the ladder waits a week, and mails leave on working days
        day(home, TUESDAY + timedelta(days=later), "FA1", late=10 + later)
        if len(mails(home)) == 2:
            break
    first, second = mails(home)
    assert first["References"] is None
    assert second["In-Reply-To"] == second["References"] == first["Message-ID"]
    assert second["Subject"] == first["Subject"]
    assert first["Reply-To"].addresses[0].addr_spec == "comptabilite@example.test"


def test_the_invoice_goes_along_where_the_template_says_so(home: Home) -> None:
    headed(home, "attach: [invoices, statement]")
    (home.incoming / "pdf" / "FA1.pdf").write_bytes(b"%PDF-1.7 one")
    report = day(home, TUESDAY, "FA1", "FA2")
    (mail,) = mails(home)
    files = {part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()}
    assert files["FA1.pdf"] == b"%PDF-1.7 one"
    statement = files[f"releve-{TUESDAY}.csv"]
    assert isinstance(statement, bytes)
    assert statement.decode("utf-8-sig").startswith("Pièce;Émise le;")
    assert "FA2" not in {str(name).partition(".")[0] for name in files}
    assert [(each.code, each.fields["name"]) for each in report.frozen.remarks] == [
        ("mail/no-file", "FA2.pdf")
    ]


def test_the_shipped_reminder_has_its_invoices_where_the_home_says_where_they_are(
    home: Home,
) -> None:
    (home.incoming / "pdf" / "FA1.pdf").write_bytes(b"%PDF-1.7 one")
    report = day(home, TUESDAY, "FA1")
    (mail,) = mails(home)
    assert [part.get_filename() for part in mail.iter_attachments()] == ["FA1.pdf"]
    assert report.frozen.remarks == ()


def test_a_home_that_says_nowhere_where_invoices_are_hears_nothing_of_them(home: Home) -> None:
    config = home.config.read_text("utf-8")
    home.config.write_text(re.sub(r"\n  invoices: in/pdf.*", "", config), "utf-8")
    export(home, TUESDAY, row("FA1"))
    with looking(home, day=str(TUESDAY)) as house:
        assert questions.preview(house).doubts == ()
    report = day(home, TUESDAY, "FA1")
    (mail,) = mails(home)
    assert list(mail.iter_attachments()) == []
    assert report.frozen.remarks == ()


def test_a_plan_says_what_will_not_go_along(home: Home) -> None:
    headed(home, "attach: invoices")
    export(home, TUESDAY, row("FA1"))
    with looking(home, day=str(TUESDAY)) as house:
        seen = questions.preview(house)
    assert [(each.code, each.fields["name"]) for each in seen.doubts] == [
        ("mail/no-file", "FA1.pdf")
    ]
    assert not (home.var / "blobs").exists()


def test_an_email_stays_here_without_a_file_that_its_template_needs(home: Home) -> None:
    headed(home, "require: invoices")
    report = day(home, TUESDAY, "FA1")
    assert [each.problem.code for each in report.frozen.unrendered] == ["mail/file-needed"]
    assert mails(home) == []
    (home.incoming / "pdf" / "FA1.pdf").write_bytes(b"%PDF-1.7 one")
    day(home, TUESDAY, "FA1")
    assert len(mails(home)) == 1


def test_the_history_says_who_got_a_copy_and_what_went_along(home: Home) -> None:
    rule = "template: courteous-reminder, tone: courteous"
    path = home.rules / "b2b-standard.yaml"
    text = path.read_text("utf-8")
    assert rule in text
    path.write_text(text.replace(rule, f"{rule}, copy_to: credit_manager"), "utf-8")
    headed(home, "attach: invoices")
    (home.incoming / "pdf" / "FA1.pdf").write_bytes(b"%PDF-1.7 one")
    day(home, TUESDAY, "FA1")
    assert [each["Cc"] for each in mails(home)] == ["Claire Martin <claire.martin@example.test>"]
    with opened_house(home, day=str(TUESDAY), writes=False) as house:
        case = house.book.case_id("FA1")
        assert case is not None
        (frozen,) = [each for each in house.book.history(case) if each.what == "email"]
    assert frozen.fields["copies"] == "claire.martin@example.test"
    assert frozen.fields["attached"] == "FA1.pdf"
    assert frozen.fields["reply_to"] == "comptabilite@example.test"
