"""What `check` and `doctor` remark that keeps nothing from being used."""

from datetime import UTC, datetime

import pytest

from dispatcher.model.rates import half_year
from tests.cli.cli_shell import Shell


TEMPLATE = "templates/fr/courteous-reminder/body.md.j2"
TODAY = half_year(datetime.now(UTC).date())  # of the machine: `check` has no other day


def rates(shell: Shell, said: str) -> None:
    shell.edit("config.yaml", "rates: {}", f'rates: {{"{TODAY}": {{{said}}}}}')


def test_rates_of_today_that_are_missing_are_said_and_break_no_check(shell: Shell) -> None:
    rates(shell, "ecb: 2.15")
    checked, doctor = shell("check"), shell("doctor")
    for said in (checked.err, doctor.out):
        assert f"half-year {TODAY} (legal)" in said
        assert "rates: in config.yaml" in said
    assert (checked.code, doctor.code) == (0, 0)


def test_nothing_is_remarked_on_a_home_whose_rates_are_there(shell: Shell) -> None:
    rates(shell, "ecb: 2.15, legal: 2.70")
    checked = shell("check")
    assert (checked.code, checked.err) == (0, "")
    assert "warning" not in shell("doctor").out


def test_a_home_that_writes_to_consumers_names_a_mediator(shell: Shell) -> None:
    rates(shell, "ecb: 2.15, legal: 2.70")
    path = shell.home.folder / "config.yaml"
    kept = [line for line in path.read_text("utf-8").splitlines() if "mediator" not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    checked = shell("check")
    assert checked.code == 0
    assert "warning[config/no-mediator]" in checked.err
    assert "(consumers)" in checked.err  # and neither of the two other policies
    (shell.home.folder / "rules" / "consumers.yaml").unlink()
    assert "config/no-mediator" not in shell("check").err


def test_a_surcharged_number_and_a_low_rate_are_said(shell: Shell) -> None:
    rates(shell, "ecb: 2.15, legal: 2.70")
    shell.edit("config.yaml", '"+33 4 72 00 00 00"', '"08 92 70 70 70"\n  penalty_rate: 5')
    said = shell("check", "--lang", "fr").err
    assert "warning[config/surcharged-number]" in said
    assert "8.10" in said


@pytest.mark.parametrize(("lang", "words"), [("en", "advertisement"), ("fr", "publicité")])
def test_words_that_do_not_belong_are_found_in_a_home(shell: Shell, lang: str, words: str) -> None:
    rates(shell, "ecb: 2.15, legal: 2.70")
    path = shell.home.folder / TEMPLATE
    text = path.read_text("utf-8")
    path.write_text(f"{text}\nDécouvrez nos nouveautés.\n", encoding="utf-8")
    said = shell("check", "--lang", lang)
    assert said.code == 1
    assert f"{TEMPLATE}:{text.count(chr(10)) + 2}:1: warning[template/promotion]" in said.err
    assert words in said.err
    path.write_text(
        f"{text}\n{{# allow template/promotion: the members asked for it #}}\nDécouvrez.\n",
        encoding="utf-8",
    )
    assert shell("check", "--lang", lang).code == 0


def test_a_number_is_surcharged_only_where_consumers_get_it(shell: Shell) -> None:
    """The shipped rules send firms this template, and consumers another."""
    rates(shell, "ecb: 2.15, legal: 2.70")
    shell.edit(TEMPLATE, "Il s'agit", "Appelez le 08 92 70 70 70. Il s'agit")
    assert "template/surcharged-number" not in shell("check").err
    shell.edit(
        "rules/consumers.yaml", "template: consumer-reminder", "template: courteous-reminder"
    )
    assert "template/surcharged-number" in shell("check").err
