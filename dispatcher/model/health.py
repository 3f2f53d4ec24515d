"""What is known of a provider's health."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """One channel's provider as its last attempts showed it.

    While `is_open`, nothing is handed over before `open_until`; then one message tries.
    `in_a_row` counts the troubles since the last answer; `recent` has a sign for each of the last
    attempts, the newest last: `x` trouble, `.` an answer. `openings` counts how often it was shut
    since it last worked, `since` when that began, `tried_at` the last trouble. `reason` is what
    the provider said. Instants are in UTC.
    """

    channel: str
    is_open: bool = False
    in_a_row: int = 0
    recent: str = ""
    openings: int = 0
    since: datetime | None = None
    open_until: datetime | None = None
    tried_at: datetime | None = None
    reason: str = ""
