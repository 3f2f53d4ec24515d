"""Our own code, broken on purpose: each line of the table is a mistake that somebody could make.

A mutant is an exact replacement in one file, and the test that must fail by it. A test that no
mutant can fail proves nothing of what it says.
"""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """A mistake: in `file` the text `old`, which stands there once, becomes `new`.

    `caught_by` is the test that must fail by it, in the file `caught_in`. `quick` ones are tried on
    every change, all of them at full size.
    """

    name: str
    file: str
    old: str
    new: str
    caught_in: str
    caught_by: str
    quick: bool = False

    @property
    def test(self) -> str:
        """The test as pytest names it."""
        return f"{self.caught_in}::{self.caught_by}"


MUTANTS: Final = (
    Mutant(
        name="keys of living lines may stand twice",
        file="dispatcher/store/migrations/versions/v0001_foundation.py",
        old='["invoice_id", "step", "cycle"],\n        unique=True,',
        new='["invoice_id", "step", "cycle"],\n        unique=False,',
        caught_in="tests/store/test_store_live_keys.py",
        caught_by="test_the_database_itself_refuses_a_second_living_line",
    ),
    Mutant(
        name="sent before the claim is committed",
        file="dispatcher/store/outbox.py",
        old="_take(connection, going, owner, boot, now, contact_on=self._day_of(now))",
        new="assert boot",
        caught_in="tests/deliver/test_deliver_kill.py",
        caught_by="test_killed_at_any_point_nothing_leaves_twice_and_nothing_is_lost",
    ),
    Mutant(
        name="recovery does not ask whether the owner lives",
        file="dispatcher/deliver/recover.py",
        old="for owner, found in claims.items() if not is_alive(owner)}",
        new="for owner, found in claims.items()}",
        caught_in="tests/deliver/test_deliver_recover.py",
        caught_by="test_a_living_owner_is_left_alone_even_if_paused",
    ),
    Mutant(
        name="nobody is alive",
        file="dispatcher/deliver/owner.py",
        old="return not _free(lock, fcntl.LOCK_SH)",
        new="return False",
        caught_in="tests/deliver/test_deliver_paused.py",
        caught_by="test_a_paused_worker_is_never_recovered_and_its_answers_count",
    ),
    Mutant(
        name="the journal is not synced",
        file="dispatcher/deliver/journal.py",
        old="os.fdatasync(self._file)",
        new="os.fstat(self._file)",
        caught_in="tests/deliver/test_deliver_journal.py",
        caught_by="test_only_the_batch_is_synced",
        quick=True,
    ),
    Mutant(
        name="out of time counts as not left",
        file="dispatcher/deliver/attempt.py",
        old='return Unknown(stage="going", evidence="no answer within the time for one attempt")',
        new='return NotAccepted(code="time", evidence="no answer")',
        caught_in="tests/deliver/test_deliver_loop.py",
        caught_by="test_an_attempt_out_of_time_is_unknown_only_if_it_may_have_left",
        quick=True,
    ),
    Mutant(
        name="an error of the provider is proof that nothing left",
        file="channels/sms_errors.yaml",
        old="  xxx: {outcome: unknown,",
        new="  xxx: {outcome: not_accepted,",
        caught_in="tests/channels/test_sms_replies.py",
        caught_by="test_no_code_makes_proof_of_what_is_no_refusal",
    ),
    Mutant(
        name="an answer counts whoever gives it",
        file="dispatcher/store/outcomes.py",
        old="mine = bool(row.owner == owner and row.attempted == each.claim.attempt)",
        new="mine = bool(owner and row.attempted == each.claim.attempt)",
        caught_in="tests/store/test_store_outbox.py",
        caught_by="test_only_the_owner_records",
    ),
    Mutant(
        name="what was on its way is simply planned again",
        file="dispatcher/deliver/recover.py",
        old="""    if trace.going:
        return Unknown(stage="going", evidence="the worker died before an answer was noted")
""",
        new="",
        caught_in="tests/deliver/test_deliver_recover.py",
        caught_by="test_a_dead_workers_batch_is_settled_by_the_journal",
        quick=True,
    ),
    Mutant(
        name="the guard is not asked",
        file="dispatcher/store/outbox.py",
        old="reasons = guard(candidates)",
        new="reasons: Mapping[int, str] = {}",
        caught_in="tests/store/test_store_outbox.py",
        caught_by="test_what_the_guard_names_is_withdrawn_and_its_keys_are_free",
    ),
    Mutant(
        name="a record is chained to nothing",
        file="dispatcher/model/record.py",
        old="return hashlib.sha256(previous + body).digest()",
        new="return hashlib.sha256(body).digest()",
        caught_in="tests/store/test_store_chain.py",
        caught_by="test_each_hash_is_that_of_the_one_before_and_the_bytes",
    ),
    Mutant(
        name="no journal is kept",
        file="dispatcher/deliver/journal.py",
        old="written = os.write(self._file, content)",
        new="written = len(content)",
        caught_in="tests/deliver/test_deliver_loop.py",
        caught_by="test_the_journal_says_going_before_the_message_leaves",
    ),
    Mutant(
        name="a header carries whatever it is given",
        file="dispatcher/compose/headers.py",
        old="    found = _UNSAFE.search(value)\n    if found:",
        new="    found = _UNSAFE.search(value)\n    if found and not value:",
        caught_in="tests/compose/test_compose_mime.py",
        caught_by="test_nothing_opens_a_new_header",
        quick=True,
    ),
    Mutant(
        name="TLS only where it is offered",
        file="channels/email_connection.py",
        old='start_tls=settings.tls == "start_tls",',
        new='start_tls=None if settings.tls == "start_tls" else False,',
        caught_in="tests/channels/test_email_tls.py",
        caught_by="test_starttls_taken_out_on_the_way_ends_it_with_nothing_in_clear",
    ),
    Mutant(
        name="values are markup",
        file="dispatcher/compose/environment.py",
        old="return _environment(autoescape=True)",
        new="return _environment(autoescape=False)",
        caught_in="tests/app/test_hostile_values.py",
        caught_by="test_an_email_keeps_headers_parts_and_markup",
    ),
    Mutant(
        name="an unknown message gives its keys back",
        file="dispatcher/store/passage.py",
        old="freed = [m for m in moves if m.to in NOTHING_REACHED]",
        new="freed = [m for m in moves if m.to in {*NOTHING_REACHED, State.UNKNOWN}]",
        caught_in="tests/store/test_store_outbox.py",
        caught_by="test_each_outcome_gives_its_state_and_keeps_or_frees_the_keys",
    ),
    Mutant(
        name="nobody looks at stop before the last byte",
        file="dispatcher/deliver/attempt.py",
        old="if self.closed or self.stopped():",
        new="if self.closed:",
        caught_in="tests/deliver/test_deliver_loop.py",
        caught_by="test_stop_is_looked_at_before_every_going",
    ),
)
