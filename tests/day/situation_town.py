"""A home with a ladder up to handing over, exports of any day, and what came of a day.

The stops, limits and facts are the shipped ones; ladders and templates stand here, so that a test
of a situation does not change with the words of a shipped template.
"""

import csv
import email
import email.policy
import io
import os
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from dispatcher import app, questions
from dispatcher.decide.plan import Plan
from dispatcher.home import Home, lay_down
from dispatcher.house import Report
from dispatcher.people import happened, work
from dispatcher.sample.files import HEADINGS
from dispatcher.store.answers import read_answers
from dispatcher.wiring import looking, opened_house, verified


Row = dict[str, str]

TUESDAY: Final = date(2026, 11, 24)

HEAD: Final = """language: 1
policy: {name}
version: 2026.11.1
label: {{fr: "{name}"}}
owner: credit-management@example.test
currency: EUR
extends: base
limits:
  closed: [{{from: 12-24, to: 01-01}}]
  rounds: {{gather: 7 days, gap: 5 days, after: {{formal-notice: 15 days}}}}
resume:
  - {{after: dispute, to: reminder}}
  - {{after: plan, to: reminder}}
  - {{after: any, to: same_step}}
"""

CONTACT: Final = "{contact: email else call, template: %s, tone: %s, due_in: 2 business days}"

SOFT: Final = CONTACT % ("soft", "courteous")
FIRM: Final = CONTACT % ("hard", "firm")
PATIENT: Final = CONTACT % ("soft", "understanding")
NOTICE: Final = CONTACT % ("notice", "formal")

LADDER: Final = f"""
start: {{days_late: 4+}}
steps:
  - id: reminder
    label: {{fr: "Rappel"}}
    from: none
    choose: [{{id: standard, when: any, then: {SOFT}}}]
  - id: second-reminder
    label: {{fr: "Relance ferme"}}
    from: reminder
    when: {{days_since_step: 7+}}
    choose: [{{id: standard, when: any, then: {FIRM}}}]
  - id: formal-notice
    label: {{fr: "Mise en demeure"}}
    from: second-reminder
    when: {{days_late: 30+, days_since_step: 8+}}
    choose: [{{id: standard, when: any, then: {NOTICE}}}]
hand_over:
  - id: agency
    when: {{last_step: formal-notice, days_since_step: 15+, debtor_overdue: 150+}}
    then: {{hand_over: agency}}
"""

POLICIES: Final = {
    "b2b-standard": """
applies_to:
  legal_kind: [business, non_professional]
  profile: not key_account
  debtor_overdue: under 20000
"""
    + LADDER,
    "large-accounts": """
applies_to:
  - {legal_kind: [business, non_professional], profile: key_account}
  - {legal_kind: [business, non_professional], profile: not key_account, debtor_overdue: 20000+}
"""
    + LADDER.replace("days_late: 4+", "days_late: 8+"),
    "consumers": f"""
applies_to: {{legal_kind: consumer}}
start: {{days_late: 5+}}
steps:
  - id: reminder
    label: {{fr: "Petit rappel"}}
    from: none
    choose: [{{id: standard, when: any, then: {SOFT}}}]
  - id: second-reminder
    label: {{fr: "Deuxième rappel"}}
    from: reminder
    when: {{days_since_step: 8+}}
    choose:
      - {{id: missed-plan, when: {{plan: missed}}, then: {PATIENT}}}
      - {{id: standard, when: any, then: {SOFT}}}
""",
    "public-bodies": f"""
applies_to: {{legal_kind: public_body}}
start: {{days_late: 15+}}
steps:
  - id: reminder
    label: {{fr: "Rappel"}}
    from: none
    choose:
      - id: usual-payer
        when: {{usual_days_late: 15+, days_late: under 50}}
        then: wait
      - {{id: standard, when: any, then: {SOFT}}}
""",
}

BODY: Final = """---
subject: "{word} : {{{{ counts.claimed }}}} facture(s)"
{head}---
{{{{ debtor.name }}}}, compte {{{{ debtor.reference }}}}, à régler {{{{ totals.net }}}}

{{{{ table("invoices") }}}}

{{% if listed %}}
Pour information :

{{{{ table("others") }}}}
{{% endif %}}
"""

CALL: Final = """# Appel à {{ debtor.name }}

{{ table("invoices") }}
"""

TEMPLATES: Final = {
    "soft": BODY.format(word="Rappel", head=""),
    "hard": BODY.format(word="Relance", head=""),
    "notice": BODY.format(word="Mise en demeure", head="legal_effect: yes\n"),
}


def row(number: str, *, late: int = 10, today: date = TUESDAY, **changes: str) -> Row:
    """An item of a small company that is so many days late on that day."""
    return due(number, today - timedelta(days=late), **changes)


def due(number: str, day: date, **changes: str) -> Row:
    """An item of a small company that is payable on that day."""
    return {
        "Compte": "C1",
        "Raison sociale": "Menuiserie Éluard",
        "Nature": "Entreprise",
        "Profil": "PME",
        "E-mail": "compta@eluard.example",
        "Téléphone": "04 72 10 10 10",
        "Adresse": "12 rue des Lilas",
        "CP": "69003",
        "Ville": "LYON",
        "Facture": number,
        "Date facture": f"{day - timedelta(days=30):%d/%m/%Y}",
        "Échéance": f"{day:%d/%m/%Y}",
        "Montant TTC": "1200,00",
        "Solde": "1200,00",
        **changes,
    }


@dataclass(frozen=True)
class Mail:
    """One message that arrived: its plain text in two parts, what it claims and what it lists."""

    to: str
    subject: str
    text: str

    @property
    def claims(self) -> str:
        return self.text.partition("Pour information")[0]

    @property
    def lists(self) -> str:
        return self.text.partition("Pour information")[2]


@dataclass
class Town:
    """One home and its days."""

    home: Home
    seen: set[Path] = field(default_factory=set)

    def exports(self, day: date, *rows: Row) -> None:
        """The export of that morning."""
        text = io.StringIO()
        table = csv.DictWriter(text, HEADINGS, delimiter=";", lineterminator="\n")
        table.writeheader()
        table.writerows(rows)
        path = self.home.incoming / "open-items.csv"
        path.write_text(text.getvalue(), encoding="utf-8")
        written = datetime(day.year, day.month, day.day, 5, tzinfo=UTC).timestamp()
        os.utime(path, (written, written))

    def comes_in(self, day: date, *rows: Row) -> None:
        """The export of that morning is taken in; nothing is planned or sent."""
        self.exports(day, *rows)
        with opened_house(self.home, day=str(day), writes=True) as house:
            app.take_in(house, accepted=["open_items"])

    def plan(self, day: date, *rows: Row) -> Plan:
        """What a run would do with the export of that morning."""
        self.exports(day, *rows)
        with looking(self.home, day=str(day)) as house:
            return questions.preview(house).plan

    def run(self, day: date, *rows: Row) -> "Morning":
        """The day with that export, and what came of it."""
        self.exports(day, *rows)
        with opened_house(self.home, day=str(day), writes=True) as house:
            report = app.run(house, accepted=["open_items"])
        mails = self.new_mails()
        assert not report.frozen.unrendered
        assert report.delivered.count("accepted") >= len(mails)
        return Morning(town=self, day=day, report=report, mails=mails)

    def happens(self, day: date, case: str, kind: str, **told: Any) -> None:  # noqa: ANN401 - options of the command
        """What a person enters with `relance event`."""
        with opened_house(self.home, day=str(day), writes=True) as house:
            happened.record(house, case, happened.Told(kind=kind, person="Paul", **told))

    def calls(self, day: date) -> list[work.Todo]:
        """The calls that people have to make."""
        with opened_house(self.home, day=str(day), writes=False) as house:
            return [each for each in work.todo(house) if each.channel == "call"]

    def explains(self, day: date, case: str, lang: str = "en") -> str:
        """What `relance explain CASE --date DAY` prints."""
        with looking(self.home, day=str(day)) as house:
            return "\n".join(questions.explained(house, case, lang, chosen=True))

    def new_mails(self) -> list[Mail]:
        """What has arrived since the last time somebody looked."""
        found = sorted(set(self.home.sinks.rglob("*.eml")) - self.seen)
        self.seen.update(found)
        return [_mail(path) for path in found]


@dataclass(frozen=True)
class Morning:
    """What came of a run."""

    town: Town
    day: date
    report: Report
    mails: list[Mail]

    @property
    def mail(self) -> Mail:
        """The only message of the day."""
        (only,) = self.mails
        return only

    def says(self, case: str) -> tuple[str, str]:
        """Action and reason or rule of a case, as the file of the run has it."""
        answer = self.answer(case)
        return answer["action"], answer["reason"] or answer["rule"]

    def answer(self, case: str) -> dict[str, Any]:
        """The answer of a case in the file of the run."""
        name = f"{self.day}-{self.report.run_id}.parquet"
        answers, _ = read_answers(self.town.home.answers / name)
        (found,) = answers.filter(answers["number"] == case).to_dicts()
        return found

    def explains(self, case: str, lang: str = "en") -> str:
        """Why it answered so."""
        return self.town.explains(self.day, case, lang)


def _mail(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    text = message.get_body(("plain",))
    assert text is not None
    return Mail(to=str(message["To"]), subject=str(message["Subject"]), text=text.get_content())


def founded(folder: Path) -> Town:
    """A new home in that folder, with the ladders and templates of this module."""
    home = lay_down(folder)
    for path in home.rules.glob("*.yaml"):
        if path.name not in {"base.yaml", "facts.yaml"}:
            path.unlink()
    for name, rest in POLICIES.items():
        text = HEAD.format(name=name) + rest
        (home.rules / f"{name}.yaml").write_text(text, encoding="utf-8")
    for name, body in TEMPLATES.items():
        place = home.templates / "fr" / name
        place.mkdir()
        (place / "body.md.j2").write_text(body, encoding="utf-8")
        (place / "call.md.j2").write_text(CALL, encoding="utf-8")
    return Town(home=home)


def proved(town: Town) -> bool:
    """Whether the trail of the home is whole."""
    return verified(town.home).first_fault is None
