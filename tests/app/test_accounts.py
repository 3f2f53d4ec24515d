"""What the rows of an account become: limit dates, earlier messages, order numbers, advisers."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from dispatcher.compose.contact import Data
from dispatcher.compose.printed import printed_digest
from dispatcher.decide import calendars
from dispatcher.messages.accounts import accounts_of, limit_day, printed
from dispatcher.model.settings import Creditor, Deadlines, Offer, OfferKind, Person, Settings
from dispatcher.model.tables import FRAMES
from dispatcher.ports import Frames


TODAY = date(2026, 11, 20)  # a Friday
DEADLINES = Deadlines()


@pytest.mark.parametrize(
    ("planned", "by_post", "limit"),
    [
        (date(2026, 11, 16), False, date(2026, 11, 20)),  # the Sunday goes back to Friday
        (date(2026, 11, 17), False, date(2026, 11, 23)),
        (date(2026, 11, 20), False, date(2026, 11, 26)),
        (date(2026, 11, 20), True, date(2026, 12, 1)),  # there on the 25th
        (date(2026, 12, 24), False, date(2026, 12, 30)),
        (date(2026, 4, 30), False, date(2026, 5, 6)),
    ],
    ids=str,
)
def test_a_reminder_asks_for_a_working_day_before_the_next_may_go(
    planned: date, by_post: bool, limit: date
) -> None:
    assert limit_day(planned, "FR", DEADLINES, by_post=by_post) == limit


def test_a_very_short_deadline_is_still_later_than_the_message() -> None:
    assert limit_day(TODAY, "FR", Deadlines(reminder=1)) == date(2026, 11, 23)


@pytest.mark.parametrize("offset", range(60))
def test_a_formal_notice_gives_its_days_in_full_from_presentation_on(offset: int) -> None:
    planned = date.fromordinal(date(2026, 11, 1).toordinal() + offset)
    limit = limit_day(planned, "FR", DEADLINES, by_post=True, legal_effect=True)
    presented = calendars.add_business_days(planned, DEADLINES.post, "FR")
    assert (limit - presented).days >= 8
    assert not calendars.closing(limit, "FR")
    assert (limit - presented).days < 15  # the rest that follows is longer


def _frame(name: str, rows: list[dict[str, object]]) -> pl.DataFrame:
    schema = {column: getattr(pl, kind) for column, kind in FRAMES[name].items()}
    return pl.DataFrame([{**dict.fromkeys(schema), **row} for row in rows], schema=schema)


def _message(number: int, state: str, channel: str, day: date) -> dict[str, object]:
    return {"id": number, "debtor_id": 1, "state": state, "channel": channel, "contact_on": day}


def _line(message: int, case: int, **more: object) -> dict[str, object]:
    return {
        "id": message * 10 + case,
        "message_id": message,
        "invoice_id": case,
        "claimed": True,
        **more,
    }


MESSAGES = [
    _message(1, "delivered", "email", date(2026, 10, 20)),
    _message(2, "sent", "call", date(2026, 11, 2)),
    _message(3, "accepted", "call", date(2026, 11, 10)),  # nobody has called yet
    _message(4, "bounced", "email", date(2026, 11, 11)),
    _message(5, "unknown", "email", date(2026, 11, 12)),
    _message(6, "accepted", "letter", date(2026, 11, 13)),
    _message(7, "sent", "sms", TODAY),  # today's own
    _message(8, "sent", "email", date(2026, 11, 14)),  # about another case
    _message(9, "sent", "registered_letter", date(2026, 11, 15)),  # it only listed the case
    _message(10, "sent", "email", date(2026, 11, 16)),  # taken back
]
LINES = [
    *[_line(message, 1) for message in (1, 2, 3, 4, 5, 6, 7)],
    _line(6, 2),
    _line(8, 3),
    _line(9, 1, claimed=False),
    _line(10, 1, taken_back_on=date(2026, 11, 17)),
]


def _promised(number: int, case: int | None, until: date, amount: int) -> dict[str, object]:
    return {
        "id": number,
        "kind": "promise_made",
        "debtor_id": 1,
        "invoice_id": case,
        "day": date(2026, 11, number),
        "until": until,
        "amount": amount,
    }


EVENTS = [
    _promised(1, 1, date(2026, 11, 9), 5_000),
    _promised(2, 1, date(2026, 11, 16), 6_000),  # the last one about what is claimed
    _promised(3, 3, date(2026, 11, 17), 7_000),  # about another case
    _promised(4, None, date(2026, 5, 1), 8_000),  # before anything was due
    _promised(5, 1, date(2026, 11, 30), 9_000),  # still to be kept
]


def _frames(*, kind: str = "business", manager: str = "") -> Frames:
    debtor: dict[str, object] = {
        "id": 1,
        "name": "D",
        "legal_kind": kind,
        "account_manager": manager,
        "postcode": "69003",
    }
    invoices: list[dict[str, object]] = [
        {
            "id": case,
            "number": f"F{case}",
            "term": 1,
            "debtor_id": 1,
            "currency": "EUR",
            "balance": 10_000,
            "due": date(2026, 5, 31),
            "extra": '{"engagement":"EJ-1"}' if case == 1 else "{}",
        }
        for case in (1, 2, 3)
    ]
    return {
        "debtors": _frame("debtors", [debtor]),
        "invoices": _frame("invoices", invoices),
        "credits": _frame("credits", []),
        "events": _frame("events", EVENTS),
        "messages": _frame("messages", MESSAGES),
        "lines": _frame("lines", LINES),
    }


PEOPLE = {"account_manager": Person(role="account_manager", column="account_manager")}
OFFERS = {"plan-2": Offer(name="plan-2", kind=OfferKind.PLAN, instalments=2)}


def _printed(frames: Frames, *, people: dict[str, Person] = PEOPLE, **more: object) -> Data:
    settings = Settings(
        home=Path("/home-of-a-test"), creditor=Creditor(name="C"), people=people, offers=OFFERS
    )
    facts = pl.DataFrame({"case_id": [1], "debtor_id": [1]})
    found = accounts_of(frames, facts, settings, [1], today=TODAY)
    return printed(
        found,
        settings,
        debtor_id=1,
        to="",
        case_ids=[1, 2],
        planned_on=TODAY,
        today=TODAY,
        **more,  # type: ignore[arg-type]
    )


def _plain(text: object) -> str:
    return str(text).replace("\u00a0", " ").replace("\u202f", " ")


def test_only_what_reached_the_debtor_about_these_items_is_recalled() -> None:
    assert _plain(_printed(_frames())["recall"]) == (
        "notre e-mail du 20 octobre 2026, notre appel du 2 novembre 2026 "
        "et notre lettre du 13 novembre 2026"
    )


def test_a_public_order_number_comes_from_the_operators_fact() -> None:
    claimed = _printed(_frames())["claimed"]
    assert isinstance(claimed, list)
    assert [item["engagement"] for item in claimed if isinstance(item, dict)] == ["EJ-1", ""]


@pytest.mark.parametrize(
    ("manager", "people", "adviser"),
    [
        ("Paul Durand", PEOPLE, {"name": "Paul Durand", "email": ""}),
        ("paul@x.example", PEOPLE, {"name": "", "email": "paul@x.example"}),
        ("", PEOPLE, {"name": "", "email": ""}),
        (
            "Paul Durand",
            {"account_manager": Person(role="account_manager", name="Eva", email="eva@x.example")},
            {"name": "Eva", "email": "eva@x.example"},
        ),
    ],
    ids=["name", "address", "nobody", "configured"],
)
def test_the_adviser_is_the_account_manager(
    manager: str, people: dict[str, Person], adviser: dict[str, str]
) -> None:
    assert _printed(_frames(manager=manager), people=people)["adviser"] == adviser


def test_the_promise_named_is_the_last_one_about_these_items_that_was_due() -> None:
    data = _printed(_frames())
    assert _plain(data["promised"]) == "16 novembre 2026"
    assert _plain(data["promised_amount"]) == "60,00 €"


def test_an_offer_is_put_into_figures() -> None:
    offer = _printed(_frames(), offer="plan-2")["offer"]
    assert isinstance(offer, dict)
    rows = offer["instalments"]
    assert isinstance(rows, list)
    said = [(_plain(row["day"]), _plain(row["amount"])) for row in rows if isinstance(row, dict)]
    assert said == [("26/11/2026", "100,00 €"), ("26/12/2026", "100,00 €")]


def test_interest_is_counted_only_where_it_is_printed() -> None:
    assert _printed(_frames())["sums"] == {"rows": [], "total": ""}
    public = _printed(_frames(kind="public_body"), with_dues=True)["sums"]
    assert isinstance(public, dict)
    # 200 EUR, 173 days at 10.15 % on each of two, and 2 x 40 EUR
    assert _plain(public["total"]) == "289,62 €"


def test_a_reminder_tells_interest_and_only_a_notice_asks_for_it() -> None:
    public = _frames(kind="public_body")
    assert _plain(_printed(public, with_dues=True)["asked"]) == "200,00 €"
    notice = _printed(public, with_dues=True, legal_effect=True)
    assert _plain(notice["asked"]) == "289,62 €"
    assert printed_digest(notice) == printed_digest(_printed(public, legal_effect=True))
