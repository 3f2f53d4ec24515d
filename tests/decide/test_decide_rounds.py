"""Rounds over several days: notices that run, young invoices, wishes of the debtor, caps."""

from datetime import timedelta
from itertools import pairwise

import pytest

from dispatcher.model.plan import RefusedChannel
from dispatcher.model.vocabulary import Fact, FactType, Owner
from dispatcher.policy.terms import ALWAYS, AtMost, Limits, Rulebook
from tests.decide.decide_days import Diary, on, said
from tests.decide.decide_world import (
    LADDER,
    TODAY,
    Row,
    answer,
    contact,
    done,
    frames,
    plan,
    policy,
    rulebook,
    sent,
    step,
)


#: An old invoice under formal notice since twelve days, and a young one.
UNDER_NOTICE = [done(1, "formal-notice", days=12)]


def two(**young: object) -> dict[str, list[Row]]:
    return {
        "debtors": [{}],
        "invoices": [{"late": 60}, {"late": 10, **young}],
        "lines": UNDER_NOTICE,
    }


def test_a_young_invoice_is_listed_under_a_notice_and_does_not_move() -> None:
    lines = [done(1, "third-reminder", days=9)]
    made = plan(frames(debtors=[{}], invoices=[{"late": 60}, {"late": 10}], lines=lines))
    (notice,) = made.contacts
    assert (notice.rule, notice.listed) == ("formal-notice/registered", (2,))
    assert [line.case_id for line in notice.lines] == [1]
    assert (answer(made, 2)["action"], answer(made, 2)["reason"]) == ("wait", "round")
    assert answer(made, 2)["until"] == TODAY + timedelta(days=15)


def test_while_the_notice_runs_the_others_wait_for_its_term() -> None:
    found = answer(plan(frames(**two())), 2)
    assert (found["action"], found["reason"]) == ("wait", "after: formal-notice")
    assert found["until"] == on(3)


def test_then_the_young_one_is_reminded_firmly() -> None:
    diary = Diary(rulebook(policy(hand_over=())), **two())
    (contact_,) = diary.run(3).contacts
    assert [line.case_id for line in contact_.lines] == [2]
    assert (contact_.rule, contact_.tone) == ("reminder/standard", "firm")


@pytest.mark.parametrize(
    ("tone", "spoken"), [("courteous", "firm"), ("firm", "firm"), ("formal", "formal")]
)
def test_a_tone_is_raised_and_never_lowered(tone: str, spoken: str) -> None:
    first = step("reminder", "none", ALWAYS, ("standard", ALWAYS, contact("email", tone=tone)))
    diary = Diary(rulebook(policy(steps=(first, *LADDER[1:]), hand_over=())), **two())
    (contact_,) = diary.run(3).contacts
    assert contact_.tone == spoken


def test_once_the_case_under_notice_is_paid_we_speak_softly_again() -> None:
    tables = two()
    tables["invoices"][0] = {"late": 60, "balance": 0}
    (contact_,) = plan(frames(**tables)).contacts
    assert contact_.tone == "courteous"


def test_another_debtor_is_spoken_to_as_ever() -> None:
    tables = two(debtor_id=2)
    made = plan(frames(**(tables | {"debtors": [{}, {}]})), rulebook(policy(hand_over=())))
    assert [(each.debtor_id, each.tone) for each in made.contacts] == [(2, "courteous")]


def test_a_notice_done_before_another_step_still_counts() -> None:
    last = step("last-call", "formal-notice", ALWAYS, ("call", ALWAYS, contact("email")))
    book = rulebook(
        policy(steps=(*LADDER, last), hand_over=()),
        steps=(*(each.id for each in LADDER), "last-call"),
    )
    diary = Diary(book, **two())
    diary.live(3, 3)
    assert [row["tone"] for row in diary.tables["messages"]] == ["firm"]


def test_what_would_be_due_within_the_days_to_gather_goes_along_with_its_days_counted_on() -> None:
    lines = [done(2, "reminder", days=1)]
    tables: dict[str, list[Row]] = {
        "debtors": [{}],
        "invoices": [{"late": 10}, {"late": 30}],
        "lines": lines,
    }
    made = plan(frames(**tables))
    assert made.contacts[0].rule == "reminder/standard"
    assert [line.case_id for line in made.contacts[0].lines] == [1]  # later than the leader
    lines.append(done(1, "reminder", days=8, message=2))
    made = plan(frames(**tables))
    assert [(line.case_id, line.step) for line in made.contacts[0].lines] == [
        (1, "second-reminder"),
        (2, "second-reminder"),  # six days from now
    ]


def test_one_day_beyond_the_days_to_gather_stays() -> None:
    lines = [done(1, "reminder", days=8), done(2, "reminder", days=0, message=2)]
    made = plan(
        frames(debtors=[{}], invoices=[{"late": 20}, {"late": 12}], lines=lines),
        rulebook(policy(limits=Limits(gather=6))),
    )
    assert [line.case_id for line in made.contacts[0].lines] == [1]


def test_nobody_is_contacted_within_the_gap() -> None:
    diary = Diary(invoices=[{"late": 10}, {"late": -8}], debtors=[{}])
    diary.live(0, 20)
    days = sorted({day for case in (1, 2) for day, _, _ in diary.steps(case)})
    assert all(later - day >= 5 for day, later in pairwise(days))


# -- his own wishes -----------------------------------------------------------------------------

PREFERRED = Fact(
    name="preferred_channel",
    type=FactType.ENUM,
    of=Owner.DEBTOR,
    values=("none", "email", "sms", "letter"),
    default="none",
    has_default=True,
)


def reached(
    *events: Row, debtor: Row | None = None, book: Rulebook | None = None
) -> tuple[str, tuple[RefusedChannel, ...]]:
    told = [{"invoice_id": None, **event} for event in events]
    world = frames(debtors=[debtor or {}], invoices=[{}], events=told)
    (contact_,) = plan(world, book or rulebook(facts=(PREFERRED,))).contacts
    return contact_.channel, contact_.refused


def prefers(channel: str, days: int = 9) -> Row:
    return {"kind": "prefers", "detail": channel, "day": TODAY - timedelta(days=days)}


OPTED_OUT = {"kind": "opted_out", "detail": "email"}


@pytest.mark.parametrize(
    ("events", "extra", "channel"),
    [
        pytest.param([], "{}", "email", id="else-the-policys-order"),
        pytest.param([prefers("letter")], "{}", "letter", id="as-he-said"),
        pytest.param([], '{"preferred_channel":"sms"}', "sms", id="as-a-source-says"),
        pytest.param(
            [prefers("letter")], '{"preferred_channel":"sms"}', "letter", id="his-word-first"
        ),
        pytest.param([prefers("sms"), prefers("letter", 3)], "{}", "letter", id="the-last-word"),
        pytest.param([prefers("sms"), prefers("", 3)], "{}", "email", id="none-any-more"),
        pytest.param([prefers("visit")], "{}", "email", id="only-among-those-allowed"),
        pytest.param([prefers("sms", -2)], "{}", "email", id="not-before-he-says-so"),
    ],
)
def test_the_channel_that_he_prefers_comes_first(
    events: list[Row], extra: str, channel: str
) -> None:
    assert reached(*events, debtor={"extra": extra}) == (channel, ())


def test_a_preference_that_does_not_reach_him_leaves_its_reason() -> None:
    channel, refused = reached(prefers("sms"), debtor={"mobile": ""})
    assert channel == "email"
    assert refused == (RefusedChannel(channel="sms", reason="no-mobile"),)


def test_who_opted_out_of_a_channel_is_reached_by_the_next() -> None:
    channel, refused = reached(OPTED_OUT)
    assert channel == "sms"
    assert refused == (RefusedChannel(channel="email", reason="opted-out"),)


# -- the second message -------------------------------------------------------------------------

BOTH = step("reminder", "none", ALWAYS, ("standard", ALWAYS, contact("letter", also="email")))


def with_second(*messages: Row, cap: AtMost) -> tuple[str, tuple[RefusedChannel, ...]]:
    book = rulebook(policy(steps=(BOTH,), hand_over=(), limits=Limits(at_most=(cap,))))
    made = plan(frames(debtors=[{}], invoices=[{}], messages=list(messages)), book)
    (contact_,) = made.contacts
    assert contact_.channel == "letter"
    return contact_.also, contact_.refused


@pytest.mark.parametrize(
    ("messages", "cap", "goes"),
    [
        pytest.param([], AtMost(what="email", count=1, per=30), True, id="under-its-cap"),
        pytest.param([sent(days=9)], AtMost(what="email", count=1, per=30), False, id="a-contact"),
        pytest.param(
            [sent(days=9, channel="letter"), sent(days=9, main_id=1)],
            AtMost(what="email", count=1, per=30),
            False,
            id="another-second-message",
        ),
        pytest.param([sent(days=30)], AtMost(what="email", count=1, per=30), True, id="long-ago"),
        pytest.param([sent(days=29)], AtMost(what="email", count=1, per=30), False, id="the-29th"),
        pytest.param([sent(days=9)], AtMost(what="email", count=2, per=30), True, id="one-of-two"),
        pytest.param([sent(days=9)], AtMost(what="sms", count=1, per=30), True, id="another-cap"),
        pytest.param(
            [sent(days=9, debtor_id=2)], AtMost(what="email", count=1, per=30), True, id="not-his"
        ),
    ],
)
def test_a_second_message_over_its_cap_is_left_out_and_the_contact_goes(
    messages: list[Row], cap: AtMost, goes: bool
) -> None:
    left_out = (RefusedChannel(channel="email", reason="cap"),)
    assert with_second(*messages, cap=cap) == (("email", ()) if goes else ("", left_out))


def test_two_accounts_share_the_gap() -> None:
    euro = policy()
    dollar = policy("usd", currency="USD")
    tables: dict[str, list[Row]] = {
        "debtors": [{}],
        "invoices": [{"late": 20}, {"late": 10, "currency": "USD"}],
    }
    diary = Diary(rulebook(euro, dollar), **tables)
    assert len(diary.run(0).contacts) == 1
    assert said(diary, 1, 2)["reason"] == "gap"
