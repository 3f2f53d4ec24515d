"""Mails as they come back, written by us after the forms that the programs' own pages describe."""

from typing import Final


TOKEN: Final = "abcdefghijklmnopqrstuvwxyz234567"
WHO: Final = "compta@roux.example"


def lines(text: str) -> bytes:
    """As it travels: lines end by CRLF."""
    return text.strip("\n").replace("\n", "\r\n").encode()


def dsn(
    *,
    to: str = WHO,
    status: str = "5.1.1",
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 User unknown",
    token: str = TOKEN,
    sender: str = "MAILER-DAEMON@mx.example",
    subject: str = "Undelivered Mail Returned to Sender",
    path: str = "retours@exemple.test",
    original: str = "message/rfc822",
    more: str = "",
) -> bytes:
    """A report in the form of RFC 3464; the token stands in the enclosed original."""
    return lines(
        f"""
Return-Path: <>
From: Mail Delivery System <{sender}>
To: {path}
Subject: {subject}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B1"

--B1
Content-Type: text/plain; charset=us-ascii

This is the mail system. I'm sorry to have to inform you that your message could not be delivered.

--B1
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
Arrival-Date: Mon, 23 Nov 2026 09:00:00 +0100

Final-Recipient: rfc822; {to}
Original-Recipient: rfc822;{to}
Action: {action}
Status: {status}
Diagnostic-Code: {diagnostic}
{more}
--B1
Content-Type: {original}

From: Exemple <comptabilite@exemple.test>
To: {to}
Message-ID: <{token}@exemple.test>
Subject: Facture FA26001

Bonjour
--B1--
"""
    )


def human(
    text: str,
    *,
    sender: str = f"Jeanne Roux <{WHO}>",
    subject: str = "Re: Facture",
    answers: str = TOKEN,
    to: str = "comptabilite@exemple.test",
    more: str = "",
) -> bytes:
    """A mail as people write it."""
    thread = f"In-Reply-To: <{answers}@exemple.test>\n" if answers else ""
    return lines(
        f"From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <CA1234@mail.example>\n"
        f"{thread}{more}Content-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


EXIM: Final = lines(
    f"""
Return-Path: <>
From: Mail Delivery System <Mailer-Daemon@mx.roux.example>
To: retours+{TOKEN}@exemple.test
Subject: Mail delivery failed: returning message to sender
X-Failed-Recipients: {WHO}
Auto-Submitted: auto-replied

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  {WHO}
    Unrouteable address
"""
)

QMAIL: Final = lines(
    f"""
Return-Path: <>
From: MAILER-DAEMON@mx.roux.example
To: retours@exemple.test
Subject: failure notice

Hi. This is the qmail-send program at mx.roux.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<{WHO}>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <comptabilite@exemple.test>
From: comptabilite@exemple.test
Message-ID: <{TOKEN}@exemple.test>
Subject: Facture FA26001
"""
)

FRENCH_FULL: Final = dsn(
    status="5.0.0",
    diagnostic="smtp; 552 La boîte aux lettres pleine, quota dépassé",
    subject="Non remis : Facture FA26001",
    sender="postmaster@roux.example",
)

EXCHANGE: Final = dsn(
    status="5.1.10",
    diagnostic="smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient not found by SMTP lookup",
    subject="Non remis : Facture",
    sender="MicrosoftExchange329e71ec@roux.example",
    original="text/rfc822-headers",
)

GMAIL: Final = dsn(
    status="5.1.1",
    diagnostic="smtp; 550-5.1.1 The email account that you tried to reach does not exist.",
    subject="Delivery Status Notification (Failure)",
    sender="mailer-daemon@googlemail.com",
    path=f"retours+{TOKEN}@exemple.test",
    token="2" * 32,  # Gmail encloses it; the return path is nearer
)

COMPLAINT: Final = lines(
    f"""
From: feedback@provider.example
To: retours@exemple.test
Subject: complaint about message
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="B1"

--B1
Content-Type: text/plain

This is an email abuse report.

--B1
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Provider/1.0
Version: 1

--B1
Content-Type: message/rfc822

From: comptabilite@exemple.test
Message-ID: <{TOKEN}@exemple.test>
Subject: Facture

Bonjour
--B1--
"""
)
