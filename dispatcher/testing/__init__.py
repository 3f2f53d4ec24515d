"""What tests of channels need: providers on this machine that misbehave, and what all must pass.

`conformance` makes the checks of sending, `looking_up` those of a channel that can be asked,
`hearing` those of one whose provider reports; `http_server` and `smtp_server` play a provider,
faults included.
Nothing here is loaded by a run.
"""

from dispatcher.testing.faults import ASKED, FAULTS
from dispatcher.testing.hearing import hearing
from dispatcher.testing.http import HttpReply, HttpRequest, HttpServer, Reset, http_server
from dispatcher.testing.looking import Kept, looking_up
from dispatcher.testing.smtp import (
    EXTENSIONS,
    Drop,
    Fault,
    Hang,
    Received,
    Reply,
    SmtpServer,
    Stall,
    smtp_server,
)
from dispatcher.testing.suite import Check, Opening, Stage, conformance


__all__ = [
    "ASKED",
    "EXTENSIONS",
    "FAULTS",
    "Check",
    "Drop",
    "Fault",
    "Hang",
    "HttpReply",
    "HttpRequest",
    "HttpServer",
    "Kept",
    "Opening",
    "Received",
    "Reply",
    "Reset",
    "SmtpServer",
    "Stage",
    "Stall",
    "conformance",
    "hearing",
    "http_server",
    "looking_up",
    "smtp_server",
]
