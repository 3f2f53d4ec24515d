"""`config.yaml`: the example loads as it stands, and every mistake is said at its place."""

from decimal import Decimal
from pathlib import Path

import pytest

from dispatcher.config.read import config_keys, read_config
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, Offer, OfferKind, Settings
from dispatcher.problems.catalog.config import PROBLEMS
from dispatcher.problems.render import as_text


ROOT = Path(__file__).parents[2]

EXAMPLE = (ROOT / "config.example.yaml").read_text("utf-8")

HOME = Path("/home-of-a-test")


def read(text: str) -> tuple[Settings | None, tuple[Problem, ...]]:
    return read_config(text, file="config.yaml", home=HOME)


#: code -> what stands in the example, what is written instead, where the caret points
MISTAKES = {
    "config/unknown-key": ("bic: AGRIFRPP", "bik: AGRIFRPP", "bik"),
    "config/missing": ("  name: Exemple Services SAS ", "  #", "legal_form"),
    "config/not-text": ("language: fr ", "language: [fr] ", "[fr]"),
    "config/not-number": ("  per_run: none ", "  per_run: {} ", "{} "),
    "config/not-list": ('address: ["12 rue des Artisans"]', "address: {a: b}", "{a: b}"),
    "config/not-map": ("store:\n  path: var/relance.sqlite", "store: var/x.sqlite", "var/x.sqlite"),
    "config/not-column": ("email: E-mail", "email: [E-mail]", "[E-mail]"),
    "config/value": ("max_data_age: 1 business day ", "max_data_age: 1 week ", "1 week"),
    "config/timezone": ("timezone: Europe/Paris", "timezone: Paris", "Paris"),
    "config/secret-in-clear": ("env:RELANCE_SMTP_PASSWORD", "hunter2", "hunter2"),
    "config/unknown-finding": (
        "  levels: {} ",
        "  levels: {prove/unreachabel: {level: hint, reason: so}} ",
        "prove/unreachabel",
    ),
    "config/checkpoints-inside": (
        "  path: var/relance.sqlite ",
        "  checkpoints: var/heads.jsonl\n  path: var/relance.sqlite ",
        "var/heads.jsonl",
    ),
    "config/clear-mail": ("    tls: start_tls  ", "    tls: none  ", f"none{' ' * 28}# start"),
    "config/unknown-role": ("stand_in: cfo}", "stand_in: cfoo}", "cfoo}"),
    "config/checksum": ('siren: "732829320"', 'siren: "732829321"', '"732829321"'),
}

#: what else a setting refuses: what stands in the example, what is written, the code
REFUSED = {
    "offer-kind": ("kind: plan,", "kind: gift,", "config/value"),
    "offer-without-kind": (", kind: plan, instalments: 3", "", "config/missing"),
    "plan-without-instalments": (", instalments: 3", "", "config/missing"),
    "plan-in-one": ("instalments: 3", "instalments: 1", "config/value"),
    "plan-in-none": ("instalments: 3", "instalments: none", "config/value"),
    "waiver-in-instalments": ("kind: plan, ins", "kind: waiver, ins", "config/unknown-key"),
    "constant-that-is-a-list": ("{constant: EUR}", "{constant: [EUR]}", "config/not-text"),
    "open-items-that-may-be-missing": (
        "    file: in/open-items.csv",
        "    optional: yes\n    file: in/open-items.csv",
        "config/value",
    ),
    "data-age": ("max_data_age: 1 business day ", "max_data_age: 1 week ", "config/value"),
    "person-who-is-a-list": (
        "  collector: {name",
        "  boss: []\n  collector: {name",
        "config/not-map",
    ),
    "finding-without-reason": (
        "  levels: {} ",
        "  levels: {prove/unreachable: {level: hint}} ",
        "config/missing",
    ),
    "finding-level": (
        "  levels: {} ",
        "  levels: {prove/unreachable: {level: low, reason: so}} ",
        "config/value",
    ),
    "finding-of-errors": (
        "  levels: {} ",
        "  levels: {policy/overlap: {level: hint, reason: so}} ",
        "config/unknown-finding",
    ),
    "assignee": ("assign_to: credit_manager}", "assign_to: nobody}", "config/unknown-role"),
}

RAISED_ELSEWHERE = {  # by what opens channels, and by the day
    "config/secret-missing",
    "config/secret-open",
    "config/no-adapter",
    "config/no-mediator",
    "config/no-rate",
    "config/penalty-rate",
    "config/surcharged-number",
}


def position(text: str, marker: str) -> str:
    before = text[: text.index(marker)]
    return f"{before.count(chr(10)) + 1}:{len(before) - before.rfind(chr(10))}"


def test_the_example_loads_as_it_stands() -> None:
    settings, problems = read(EXAMPLE)
    assert problems == ()
    assert settings is not None
    assert settings.environment is Environment.SANDBOX
    assert settings.store == HOME / "var/relance.sqlite"
    assert settings.sources[0].file == HOME / "in/open-items.csv"
    assert settings.channels["email"].options["port"] == 587
    assert settings.channels["email"].secrets == {"password": "env:RELANCE_SMTP_PASSWORD"}


@pytest.mark.parametrize("code", MISTAKES)
def test_a_mistake_is_said_at_its_place(code: str) -> None:
    right, wrong, marker = MISTAKES[code]
    assert EXAMPLE.count(right) == 1
    text = EXAMPLE.replace(right, wrong)
    settings, problems = read(text)
    assert settings is None
    assert [problem.code for problem in problems] == [code]
    assert as_text(problems[0]).startswith(f"config.yaml:{position(text, marker)}: error[{code}]: ")


@pytest.mark.parametrize("name", REFUSED)
def test_a_setting_refuses_what_it_cannot_be(name: str) -> None:
    right, wrong, code = REFUSED[name]
    assert right in EXAMPLE
    settings, problems = read(EXAMPLE.replace(right, wrong))
    assert settings is None
    assert {problem.code for problem in problems} == {code}


def test_offers_are_read_with_their_words() -> None:
    waiver = "offers:\n  no-costs: {fr: Sans frais, kind: waiver}\n"
    settings, problems = read(EXAMPLE.replace("offers:\n", waiver))
    assert problems == ()
    assert settings is not None
    assert settings.offers["no-costs"] == Offer(
        name="no-costs", kind=OfferKind.WAIVER, labels={"fr": "Sans frais"}
    )
    assert settings.offers["payment-plan-3"] == Offer(
        name="payment-plan-3",
        kind=OfferKind.PLAN,
        labels={"fr": "Paiement en trois fois", "en": "Payment in three instalments"},
        instalments=3,
    )


def test_every_default_is_what_its_table_says() -> None:
    settings, problems = read("creditor: {name: Exemple}\n")
    assert problems == ()
    assert settings is not None
    said = {key.field or key.name: key.default for key in config_keys(HOME) if key.default}
    found = {name: getattr(settings, name) for name in said}
    assert found == said | {"default_policy": "", "max_data_age": 1}


def test_every_code_has_its_mistake() -> None:
    assert MISTAKES.keys() | RAISED_ELSEWHERE == PROBLEMS.keys()


def test_all_mistakes_are_said_at_once() -> None:
    text = EXAMPLE
    for right, wrong, _ in MISTAKES.values():
        text = text.replace(right, wrong)
    _, problems = read(text)
    assert len({problem.code for problem in problems}) >= len(MISTAKES) - 1


@pytest.mark.parametrize("lang", ["en", "fr"])
def test_a_secret_in_clear_text_is_not_repeated(lang: str) -> None:
    text = EXAMPLE.replace("env:RELANCE_SMTP_PASSWORD", "hunter2")
    settings, problems = read(text)
    shown = [as_text(p, lang=lang, sources={"config.yaml": text}) for p in problems]
    assert "hunter2" not in "".join(shown)
    assert "hunter2" not in repr(settings)


def test_a_secret_reference_is_not_printed_with_the_settings() -> None:
    settings, _ = read(EXAMPLE)
    assert "RELANCE_SMTP_PASSWORD" not in repr(settings)


@pytest.mark.parametrize(
    ("key", "value", "right"),
    [
        pytest.param("iban", "FR76 3000 6000 0112 3456 7890 189", True, id="grouped"),
        pytest.param("iban", "fr7630006000011234567890189", True, id="small-letters"),
        pytest.param("iban", "FR76 3000 6000 0112 3456 7890 188", False, id="one-digit"),
        pytest.param("iban", "FR76 3000 6000 0112 3456 7809 189", False, id="two-swapped"),
        pytest.param("siren", "732 829 320", True, id="spaced"),
        pytest.param("siren", "732829321", False, id="siren-one-digit"),
    ],
)
def test_check_digits_of_the_creditor(key: str, value: str, *, right: bool) -> None:
    written = {"iban": "iban: FR76 3000 6000 0112 3456 7890 189", "siren": 'siren: "732829320"'}
    _, problems = read(EXAMPLE.replace(written[key], f'{key}: "{value}"'))
    assert [problem.code for problem in problems] == ([] if right else ["config/checksum"])


@pytest.mark.parametrize(
    ("written", "price"),
    [("0.002", "0.002"), ("12", "12"), ('"1.50"', "1.50")],
    ids=["decimal", "whole", "quoted"],
)
def test_a_channel_has_its_price(written: str, price: str) -> None:
    settings, problems = read(EXAMPLE.replace("price: 0.002", f"price: {written}"))
    assert problems == ()
    assert settings is not None
    assert settings.channels["email"].price == Decimal(price)
    assert settings.channels["call"].price is None
    assert "price" not in settings.channels["email"].options


@pytest.mark.parametrize("written", ["0,08", "-1", "cheap", "1e3", "0.123456"])
def test_a_price_that_is_none_is_said(written: str) -> None:
    _, problems = read(EXAMPLE.replace("price: 0.002", f"price: {written}"))
    assert [(each.code, each.fields["key"]) for each in problems] == [("config/value", "price")]
