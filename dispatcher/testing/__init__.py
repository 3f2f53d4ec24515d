"""What tests of channels need: providers on this machine that misbehave, and what all must pass.

`conformance` makes the checks; `http_server` and `smtp_server` play a provider, faults included.
Nothing here is loaded by a run.
"""

from dispatcher.testing.http import HttpReply, HttpRequest, HttpServer, Reset, http_server
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
from dispatcher.testing.suite import ASKED, FAULTS, Check, Opening, Stage, conformance


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
    "Opening",
    "Received",
    "Reply",
    "Reset",
    "SmtpServer",
    "Stage",
    "Stall",
    "conformance",
    "http_server",
    "smtp_server",
]
