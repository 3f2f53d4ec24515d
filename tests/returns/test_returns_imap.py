"""A mailbox on a server: over TLS that is checked, unseen mails only, seen when that is said."""

from pathlib import Path

import pytest

from dispatcher.model.settings import InboxSettings
from dispatcher.returns.imap import Imap
from dispatcher.returns.mailbox import BEGINNING, LARGEST, MailboxFault
from tests.channels.certificates import Certificate, certificate
from tests.returns.imap_server import ImapServer, serving


@pytest.fixture(scope="module")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    return certificate(tmp_path_factory.mktemp("imap") / "ours")


def box(server: ImapServer, ca_file: Path | None, **more: object) -> Imap:
    settings = InboxSettings(
        name="retours",
        kind="imap",
        host="127.0.0.1",
        port=server.port,
        user="retours",
        ca_file=str(ca_file or ""),
        timeout=5,
        **more,  # type: ignore[arg-type]  # by the caller
    )
    return Imap(settings, "canary-password")


def mails(count: int) -> dict[int, bytes]:
    return {number: b"Subject: %d\r\n\r\nx" % number for number in range(1, count + 1)}


def test_unseen_mails_are_read_and_filed_only_when_that_is_said(trusted: Certificate) -> None:
    server = ImapServer(mails=mails(3), seen={2})
    with serving(server, trusted.server_context()):
        mailbox = box(server, trusted.file)
        letters = list(mailbox.waiting())
        assert [each.raw for each in letters] == [server.mails[1], server.mails[3]]
        assert (server.seen, server.moved) == ({2}, {})
        mailbox.done([each.key for each in letters])
        assert list(mailbox.waiting()) == []
        mailbox.close()
    assert server.moved == {1: "relance/done", 3: "relance/done"}
    assert server.folders == {"relance/done"}
    assert not [each for each in server.commands if "EXPUNGE" in each or "Deleted" in each]


def test_a_server_without_move_keeps_them_seen(trusted: Certificate) -> None:
    server = ImapServer(mails=mails(1), fault="no-move")
    with serving(server, trusted.server_context()):
        mailbox = box(server, trusted.file)
        mailbox.done([each.key for each in mailbox.waiting()])
        mailbox.close()
    assert (server.seen, server.moved) == ({1}, {})


@pytest.mark.parametrize("written", ["relance/done", "INBOX.relance.done"])
def test_the_folder_is_named_as_the_server_names_its_own(
    trusted: Certificate, written: str
) -> None:
    server = ImapServer(mails=mails(1), prefix="INBOX.")
    with serving(server, trusted.server_context()):
        mailbox = box(server, trusted.file, done=written)
        mailbox.done([each.key for each in mailbox.waiting()])
        mailbox.close()
    assert server.folders == {"INBOX.relance.done"}
    assert server.moved == {1: "INBOX.relance.done"}


def test_of_a_large_mail_only_the_beginning_is_fetched(trusted: Certificate) -> None:
    server = ImapServer(mails={1: b"Subject: x\r\n\r\n" + b"x" * LARGEST})
    with serving(server, trusted.server_context()):
        mailbox = box(server, trusted.file)
        (letter,) = mailbox.waiting()
        mailbox.close()
    assert len(letter.raw) == BEGINNING


FAULTS = {"login": "login", "garbage": "server", "lost": "server"}


@pytest.mark.parametrize(("fault", "word"), FAULTS.items(), ids=FAULTS)
def test_a_fault_of_the_server_is_one_problem_and_no_secret(
    trusted: Certificate, fault: str, word: str
) -> None:
    server = ImapServer(mails=mails(1), fault=fault)
    with serving(server, trusted.server_context()):
        mailbox = box(server, trusted.file)
        with pytest.raises(MailboxFault) as said:
            list(mailbox.waiting())
        mailbox.close()
    assert said.value.word == word
    assert "canary" not in str(said.value)
    assert server.seen == set()


def test_a_certificate_that_nobody_vouches_for_gets_no_password(trusted: Certificate) -> None:
    server = ImapServer(mails=mails(1))
    with serving(server, trusted.server_context()), pytest.raises(MailboxFault) as said:
        list(box(server, None).waiting())
    assert (said.value.word, server.commands) == ("tls", [])


def test_a_certificate_of_another_host_gets_no_password(tmp_path: Path) -> None:
    other = certificate(tmp_path / "other", name="DNS:imap.example.test")
    server = ImapServer(mails=mails(1))
    with serving(server, other.server_context()), pytest.raises(MailboxFault) as said:
        list(box(server, other.file).waiting())
    assert (said.value.word, server.commands) == ("tls", [])


def test_a_server_that_is_not_there_is_told(trusted: Certificate) -> None:
    with pytest.raises(MailboxFault) as said:
        list(box(ImapServer(mails={}, port=1), trusted.file).waiting())
    assert said.value.word == "connection"
