"""A day of SMS in the sandbox: texts become files, one that costs too much is held and said."""

import csv
import io
import os
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from dispatcher import app, questions
from dispatcher.compose.gsm import segments
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.sample.files import HEADINGS
from dispatcher.wiring import looking, opened_house


TUESDAY = date(2026, 11, 24)

CHANNEL = """
  sms:
    adapter: twilio
    account_sid: AC00000000000000000000000000000000
    auth_token: env:NOT_THERE
    sender: Morel
    price: 0.07
"""

NAMES = {"C1": "Menuiserie Éluard", "C2": "Кооператив Свобода"}


def write(home: Home, template: str, more: str) -> None:
    """Two debtors with a mobile, a policy that texts them, and this template."""
    config = home.config.read_text("utf-8")
    begun, ended = config.index("\n  sms:\n"), config.index("  letter:\n")
    home.config.write_text(f"{config[:begun]}{CHANNEL}{more}{config[ended:]}", "utf-8")
    rules = home.rules / "b2b-standard.yaml"
    asked = rules.read_text("utf-8").replace(
        "contact: email else sms else letter, template: courteous",
        "contact: sms, template: courteous",
    )
    rules.write_text(asked, "utf-8")
    (home.templates / "fr" / "courteous-reminder" / "sms.txt.j2").write_text(template, "utf-8")
    due = TUESDAY - timedelta(days=10)
    text = io.StringIO()
    table = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\n", restval="")
    table.writeheader()
    for number, (account, name) in enumerate(NAMES.items()):
        table.writerow(
            {
                "Compte": account,
                "Raison sociale": name,
                "Nature": "Entreprise",
                "Téléphone": f"06 12 34 56 7{number}",
                "Facture": f"FA{number}",
                "Date facture": f"{due - timedelta(days=30):%d/%m/%Y}",
                "Échéance": f"{due:%d/%m/%Y}",
                "Montant TTC": "1200,00",
                "Solde": "1200,00",
            }
        )
    path = home.incoming / "open-items.csv"
    path.write_text(text.getvalue(), encoding="utf-8")
    written = datetime(2026, 11, 24, 6, tzinfo=UTC).timestamp()
    os.utime(path, (written, written))


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[Report, list[str]]]:
    """Run the day with this template: its report, and the texts that were sent."""

    def day(template: str, more: str = "") -> tuple[Report, list[str]]:
        home = lay_down(tmp_path / "home")
        write(home, template, more)
        with looking(home, day=str(TUESDAY)) as house:
            digest = questions.preview(house).plan.digest
        with opened_house(home, day=str(TUESDAY), writes=True) as house:
            report = app.run(house, confirm=digest)
        files = (home.sinks / "sms").glob("*.txt")
        return report, [path.read_text("utf-8").partition("\n\n")[2] for path in files]

    return day


LONG = "{{ debtor.name }} : " + "n’oubliez pas la facture. " * 5


def test_a_text_that_costs_too_much_is_held_and_the_others_go(
    run: Callable[..., tuple[Report, list[str]]],
) -> None:
    report, texts = run(LONG)
    assert [segments(text.removesuffix("\n")) for text in texts] == [1]
    (held,) = report.frozen.unrendered
    assert held.problem.code == "template/sms-alphabet"
    assert (held.problem.fields["segments"], held.problem.fields["limit"]) == ("3", "2")


def test_reminders_are_texted_and_more_segments_can_be_allowed(
    run: Callable[..., tuple[Report, list[str]]],
) -> None:
    report, texts = run(LONG, "    max_segments: 3\n")
    assert report.frozen.unrendered == ()
    words = " ".join(["n'oubliez pas la facture."] * 5)
    assert sorted(texts) == [f"{NAMES[account]} : {words}\n" for account in ("C1", "C2")]
