"""A small home for long lives: one short ladder, three channels, four debtors."""

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Final

from dispatcher.compose.library import Library
from dispatcher.compose.render import NotRendered, render
from dispatcher.home import Home, lay_down
from dispatcher.messages.freeze import Render
from dispatcher.render.job import Job, Rendered
from tests.day.situation_town import BODY, CALL, Row


#: What operators choose between when they edit the policy.
EDITIONS: Final = (
    {"tone": "courteous", "template": "soft", "every": "2"},
    {"tone": "firm", "template": "hard", "every": "2"},
    {"tone": "courteous", "template": "soft", "every": "4"},
)

POLICY: Final = """language: 1
policy: firms
version: 2026.11.1
label: {{fr: "Toutes les entreprises"}}
owner: credit-management@example.test
currency: EUR
applies_to: {{legal_kind: business}}
stops:
  - {{id: reply, when: {{reply: waiting}}, then: {{hold: reply}}}}
  - {{id: dispute, when: {{dispute: open}}, then: {{hold: dispute}}}}
  - {{id: promise, when: {{promise: open}}, then: {{hold: promise}}}}
  - {{id: pause, when: {{pause: yes}}, then: {{hold: pause}}}}
resume:
  - {{after: dispute, to: reminder}}
  - {{after: any, to: same_step}}
limits:
  quiet_hours: {{email: "20:00-07:00", sms: "19:00-09:00", call: "18:00-09:00"}}
  days: business
  rounds: {{gather: 2 days, gap: 1 days}}
  at_most: [{{contacts: 6, per: 30 days}}]
safety:
  per_run: {{debtors: 100, legal_effect: 50}}
  stop_at: {{share_of_debtors: 100%}}
start: {{days_late: 1+}}
steps:
  - id: reminder
    label: {{fr: "Rappel"}}
    from: none
    choose:
      - id: standard
        when: any
        then:
          contact: email else sms else call
          template: {template}
          tone: {tone}
          due_in: 2 business days
  - id: second-reminder
    label: {{fr: "Relance"}}
    from: reminder
    when: {{days_since_step: {every}+}}
    choose:
      - id: standard
        when: any
        then:
          contact: email else sms else call
          template: hard
          tone: firm
          due_in: 2 business days
  - id: formal-notice
    label: {{fr: "Mise en demeure"}}
    from: second-reminder
    when: {{days_since_step: {every}+}}
    choose:
      - id: standard
        when: any
        then:
          contact: email else call
          template: notice
          tone: formal
          due_in: 2 business days
          needs_approval: [credit_manager]
"""

SMS: Final = "{{ debtor.name }} : {{ counts.claimed }} facture(s), {{ totals.net }} à régler"

BODIES: Final = {
    "soft": BODY.format(word="Rappel", head=""),
    "hard": BODY.format(word="Relance", head=""),
    "notice": BODY.format(word="Mise en demeure", head="legal_effect: yes\n"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Owes:
    """One debtor: how he can be reached, and the invoices that he has."""

    email: str = ""
    mobile: str = ""
    postcode: str = "69003"
    invoices: tuple[str, ...] = ()


#: By e-mail, by e-mail or text, by text alone, by telephone alone; the last lives far away.
DEBTORS: Final = {
    "A": Owes(email="a@eluard.example", invoices=("A-1", "A-2")),
    "B": Owes(email="b@eluard.example", mobile="06 12 34 56 01", invoices=("B-1",)),
    "C": Owes(mobile="06 12 34 56 02", postcode="67000", invoices=("C-1",)),
    "D": Owes(invoices=("D-1",)),
    "E": Owes(email="e@eluard.example", postcode="97400"),
}

NUMBERS: Final = tuple(number for owes in DEBTORS.values() for number in owes.invoices)


def founded(folder: Path) -> Home:
    """A new home with that ladder alone."""
    home = lay_down(folder)
    for path in home.rules.glob("*.yaml"):
        if path.name != "facts.yaml":
            path.unlink()
    edit(home, 0)
    for place in (home.templates / "fr").iterdir():
        if not place.name.startswith("_"):
            shutil.rmtree(place)  # nobody sends them, and reading them takes a second
    for name, body in BODIES.items():
        place = home.templates / "fr" / name
        place.mkdir()
        (place / "body.md.j2").write_text(body, "utf-8")
        (place / "call.md.j2").write_text(CALL, "utf-8")
        (place / "sms.txt.j2").write_text(SMS, "utf-8")
    return home


def edit(home: Home, edition: int) -> None:
    """An operator writes this edition of the policy."""
    (home.rules / "firms.yaml").write_text(POLICY.format(**EDITIONS[edition]), "utf-8")


def row(number: str, due: date, balance: str = "1200,00") -> Row:
    """An item as the export has it."""
    debtor = number.partition("-")[0]
    owes = DEBTORS[debtor]
    return {
        "Compte": debtor,
        "Raison sociale": f"Menuiserie {debtor}",
        "Nature": "Entreprise",
        "Profil": "PME",
        "E-mail": owes.email,
        "Mobile": owes.mobile,
        "Téléphone": "04 72 10 10 10",
        "Adresse": "12 rue des Lilas",
        "CP": owes.postcode,
        "Ville": "LYON",
        "Facture": number,
        "Date facture": f"{due - timedelta(days=30):%d/%m/%Y}",
        "Échéance": f"{due:%d/%m/%Y}",
        "Montant TTC": "1200,00",
        "Solde": balance,
    }


def in_process(library: Library) -> Render:
    """The port `Render` without processes: words alone, no letters set in type."""

    def rendered(jobs: Iterable[Job]) -> Iterator[Rendered]:
        for index, job in enumerate(jobs):
            try:
                parts = render(
                    library,
                    job.template,
                    channel=job.channel,
                    tone=job.tone,
                    lang=job.lang,
                    data=job.data,
                )
                yield Rendered(index=index, parts=parts)
            except NotRendered as refused:
                yield Rendered(index=index, problem=refused.problem)

    return rendered
