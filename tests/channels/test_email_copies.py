"""Copies: all get the same bytes, and a colleague's mailbox never stops the debtor's mail."""

from dataclasses import replace

import pytest

from dispatcher.ports import Accepted, NotAccepted
from dispatcher.testing import Reply
from tests.channels.conversations import message, talk


COPIES = ("paul@creditor.test", "claire@creditor.test")


def test_a_copy_goes_in_the_same_transaction() -> None:
    seen = talk(messages=[replace(message(), copies=COPIES)])
    assert isinstance(seen.outcome, Accepted)
    (received,) = seen.server.received
    assert received.to == ("debtor@example.test", *COPIES)


@pytest.mark.parametrize("refusal", ["550 5.1.1 no such user", "452 4.2.2 mailbox full"])
def test_a_refused_copy_is_noted_and_stops_nothing(refusal: str) -> None:
    seen = talk({"rcpt": [None, Reply(text=refusal)]}, [replace(message(), copies=COPIES)])
    assert isinstance(seen.outcome, Accepted)
    assert f"no copy to paul@creditor.test: {refusal}" in seen.outcome.receipt
    (received,) = seen.server.received
    assert received.to[-1] == "claire@creditor.test"  # asked although the one before was refused


def test_what_is_no_address_is_left_out() -> None:
    hostile = replace(message(), copies=("a@b.test>\r\nRCPT TO:<c@d.test",))
    seen = talk(messages=[hostile])
    assert isinstance(seen.outcome, Accepted)
    assert seen.server.received[0].to == ("debtor@example.test",)


def test_a_connection_lost_at_a_copy_proves_that_nothing_left() -> None:
    gone = Reply(text="421 4.3.2 shutting down", then_drop=True)
    seen = talk({"rcpt": [None, gone]}, [replace(message(), copies=COPIES)])
    assert isinstance(seen.outcome, NotAccepted)
    assert seen.going == []
    assert seen.server.received == []


def test_without_the_debtor_nobody_gets_a_copy() -> None:
    seen = talk({"rcpt": [Reply(text="451 4.7.1 greylisted")]}, [replace(message(), copies=COPIES)])
    assert isinstance(seen.outcome, NotAccepted)
    assert seen.server.received == []
