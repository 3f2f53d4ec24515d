"""Events entered by hand: they hold cases, withdraw what has not left, and stand in the trail."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from dispatcher.app import act, decide, deliver, take_in
from dispatcher.people.happened import Told, record
from dispatcher.wiring import opened_house
from tests.cli.cli_shell import DAY, Shell, events


CASE = "FA26001"
WHO = ("--person", "Paul", "--date", DAY)


def answer(shell: Shell, case: str = CASE, day: str = DAY) -> dict[str, Any]:
    told = json.loads(shell("plan", "--date", day, "--format", "json").out)
    found = [each for each in told["answers"] if each["number"] == case]
    assert len(found) == 1
    return dict(found[0])


def reason(shell: Shell, day: str = DAY) -> tuple[str, str]:
    said = answer(shell, day=day)
    return said["action"], said["reason"]


HOLDING = [
    pytest.param(["promise_made", "--until", "2026-12-01"], ("hold", "promise"), id="promise"),
    pytest.param(["dispute_opened"], ("hold", "dispute"), id="dispute"),
    pytest.param(["plan_agreed", "--until", "2027-03-01"], ("hold", "plan"), id="plan"),
    pytest.param(["reply_received", "--note", "a letter"], ("hold", "reply"), id="reply"),
    pytest.param(["handed_over"], ("hold", "handed_over"), id="handed over"),
    pytest.param(["opted_out"], ("task", "no-channel"), id="opted out of everything"),
    pytest.param(["contacted", "--channel", "call"], ("wait", "gap"), id="contacted otherwise"),
    pytest.param(["payment", "--amount", "10"], ("contact", ""), id="a payment is only a note"),
    pytest.param(
        ["reason_given", "--reason", "oversight"], ("contact", ""), id="a reason only informs"
    ),
    pytest.param(["prefers", "--channel", "call"], ("contact", ""), id="preferred channel"),
]


@pytest.mark.parametrize(("arguments", "expected"), HOLDING)
def test_an_event_by_hand_counts_in_the_next_plan(
    started: Shell, arguments: Sequence[str], expected: tuple[str, str]
) -> None:
    said = started("event", CASE, *arguments, *WHO)
    assert (said.code, said.err) == (0, "")
    assert reason(started) == expected
    assert "the trail is whole" in started("audit", "verify").out


ENDING = [
    pytest.param(["plan_agreed"], ["plan_ended"], id="plan ended"),
    pytest.param(["plan_agreed"], ["plan_missed"], id="plan missed"),
    pytest.param(["dispute_opened"], ["dispute_settled"], id="dispute settled"),
    pytest.param(["reply_received"], ["reply_read"], id="reply read"),
    pytest.param(["opted_out"], ["opted_in"], id="opted in again"),
]


@pytest.mark.parametrize(("begins", "ends"), ENDING)
def test_what_a_person_ended_holds_no_more(
    started: Shell, begins: Sequence[str], ends: Sequence[str]
) -> None:
    started("event", CASE, *begins, *WHO)
    assert reason(started) != ("contact", "")
    assert started("event", CASE, *ends, *WHO).code == 0
    assert reason(started) == ("contact", "")


def test_what_a_debtor_did_stands_in_the_history_of_all_his_cases(started: Shell) -> None:
    told = json.loads(started("plan", "--date", DAY, "--format", "json").out)["answers"]
    cases = Counter(each["debtor"] for each in told)
    debtor, count = cases.most_common(1)[0]
    assert count > 1
    first, other, *_ = (each["number"] for each in told if each["debtor"] == debtor)
    started("event", first, "reply_received", *WHO)
    started("event", first, "dispute_opened", *WHO)
    assert "reply received" in started("history", other).out
    assert "dispute opened" not in started("history", other).out


def test_a_disputed_part_is_deducted(started: Shell) -> None:
    before = answer(started)["amount_due"]
    said = started("event", CASE, "dispute_opened", "--part", "--amount", "10,50", *WHO)
    assert said.code == 0
    assert answer(started)["amount_due"] == before - 1050


def test_a_closed_channel_is_only_that_channel(started: Shell) -> None:
    before = answer(started)["channel"]
    assert before == "call"
    started("event", CASE, "opted_out", "--channel", "call", *WHO)
    assert reason(started) == ("task", "no-channel")  # and no e-mail address either
    started("event", CASE, "opted_in", "--channel", "call", *WHO)
    started("event", CASE, "opted_out", "--channel", "sms", *WHO)
    assert answer(started)["channel"] == before


def test_a_promise_withdraws_a_message_that_has_not_left(started: Shell) -> None:
    told = Told(kind="promise_made", person="Paul", until="2026-12-01")
    with opened_house(started.home, day=DAY, writes=True) as house:
        take_in(house, accepted=["open_items"])
        act(house, decide(house))
        record(house, CASE, told)
        with house.post() as post:
            sent = deliver(house, post)
        assert sent.count("accepted") > 0  # those of the others
        assert list(house.guard.withdrawn.values()) == ["hold: promise"]
    assert reason(started) == ("hold", "promise")
    happened = started("history", CASE).out
    assert "withdrawn" in happened
    assert "accepted" not in happened


def test_history_tells_who_said_what(started: Shell) -> None:
    note = "Mme Roux,\nau \x1b[31mtéléphone"
    on = ("--on", "2026-11-20", "--until", "2026-12-01", "--amount", "100")
    said = started("event", CASE, "promise_made", *on, "--note", note, *WHO)
    assert said.out == "FA26001: promise to pay on 2026-11-20, recorded\n"
    told = " ".join(started("history", CASE).out.split())
    assert "event: promise to pay" in told
    assert (
        "on 2026-11-20, until 2026-12-01, 100.00 EUR, “Mme Roux, au [31mtéléphone”, by Paul" in told
    )
    french = started("event", CASE, "payment", "--amount", "1", "--lang", "fr", *WHO)
    assert french.out == "FA26001 : paiement le 2026-11-24, enregistré\n"


def test_a_note_is_kept_out_of_the_trail_and_proved_by_it(started: Shell) -> None:
    started("event", CASE, "payment", "--amount", "1", "--note", "chèque de Mme Roux", *WHO)
    store = started.home.var / "relance.sqlite"
    assert started("audit", "verify").code == 0
    with opened_house(started.home, day=DAY, writes=True) as house:
        driver = house.book.store.engine.raw_connection()
        trail = b"".join(row[0] for row in driver.execute("SELECT body FROM audit"))
        assert b"Roux" not in trail
        driver.execute("UPDATE event SET note = 'chèque de M. Roux'")
        driver.commit()
        driver.close()
    assert store.exists()
    said = started("audit", "verify")
    assert (said.code, "store/trail-disagrees" in said.err) == (1, True)


MISTAKES = [
    pytest.param(["promis_made"], "event/kind", "promise_made", id="kind"),
    pytest.param(["taken_over"], "event/kind", "allowed", id="a kind that nobody enters"),
    pytest.param(["promise_made"], "event/missing", "--until", id="promise without a day"),
    pytest.param(["payment"], "event/missing", "--amount", id="payment without amount"),
    pytest.param(["dispute_opened", "--part"], "event/missing", "--amount", id="part of what"),
    pytest.param(
        ["dispute_opened", "--amount", "5"], "event/missing", "--part", id="amount without part"
    ),
    pytest.param(
        ["dispute_opened", "--part", "--amount", "99999999"], "event/part", "99999999", id="all"
    ),
    pytest.param(["payment", "--amount", "1.234"], "event/amount", "1.234", id="three decimals"),
    pytest.param(["payment", "--amount", "-5"], "event/amount", "-5", id="negative"),
    pytest.param(["payment", "--amount", "0"], "event/amount", "0", id="nothing"),
    pytest.param(["payment", "--amount", "١٢"], "event/amount", "١٢", id="other digits"),
    pytest.param(["reply_read", "--until", "2026-12-01"], "event/no-meaning", "--until", id="more"),
    pytest.param(["reply_read", "--on", "2026-11-25"], "event/future", "2026-11-25", id="future"),
    pytest.param(["reply_read", "--on", "25/11/2026"], "run/date", "25/11/2026", id="day"),
    pytest.param(
        ["promise_made", "--until", "2026-11-23"], "event/until", "2026-11-23", id="backwards"
    ),
    pytest.param(["opted_out", "--channel", "emial"], "event/channel", "email", id="channel"),
    pytest.param(["reason_given"], "event/missing", "--reason", id="no reason"),
    pytest.param(
        ["reason_given", "--reason", "bad_fiath"], "event/reason", "bad_faith", id="unknown reason"
    ),
    pytest.param(
        ["reply_read", "--reason", "oversight"], "event/no-meaning", "--reason", id="no place"
    ),
    pytest.param(["reply_read", "--person", " "], "event/person", "--person", id="nobody"),
]


@pytest.mark.parametrize(("arguments", "code", "word"), MISTAKES)
def test_a_mistake_records_nothing(
    started: Shell, arguments: Sequence[str], code: str, word: str
) -> None:
    said = started("event", CASE, arguments[0], *WHO, *arguments[1:])
    assert said.code == 2
    assert code in said.err
    assert word in said.err
    assert events(started.home) == 0


def test_all_mistakes_are_said_at_once(started: Shell) -> None:
    wrong = ("--amount", "x", "--on", "2027-01-01", "--channel", "fax", "--person", "")
    said = started("event", CASE, "payment", *WHO, *wrong)
    for code in ("event/amount", "event/future", "event/channel", "event/no-meaning"):
        assert code in said.err
    assert "event/person" in said.err
    assert started("event", "FA1", "payment", "--amount", "1", *WHO).code == 2
