"""All that is read."""

from typing import Final

from tests.fuzz import fuzz_booked, fuzz_heard, fuzz_imap, fuzz_kept, fuzz_replied, fuzz_written


TARGETS: Final = (
    *fuzz_written.TARGETS,
    *fuzz_heard.TARGETS,
    *fuzz_booked.TARGETS,
    *fuzz_imap.TARGETS,
    *fuzz_replied.TARGETS,
    *fuzz_kept.TARGETS,
)
