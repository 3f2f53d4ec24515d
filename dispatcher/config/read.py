"""`config.yaml` into frozen settings; every mistake of the file in one go."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dispatcher.config.attachments import ATTACHMENTS
from dispatcher.config.channels import CHANNELS, COST
from dispatcher.config.creditor import CREDITOR
from dispatcher.config.findings import CHECK
from dispatcher.config.forms import (
    NOTHING,
    Form,
    Keys,
    business_days,
    nested,
    number,
    one_of,
    part,
    read_keys,
    text,
)
from dispatcher.config.inbox import inbox_form
from dispatcher.config.people import LANGUAGES, OFFERS, PEOPLE, TASKS
from dispatcher.config.rates import DEADLINES, RATES
from dispatcher.config.section import Section
from dispatcher.config.sources import sources_form
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Environment, OutOfUsual, Settings, Totals
from dispatcher.nodes.keys import Key
from dispatcher.nodes.node import Map, Scalar
from dispatcher.nodes.read import read_yaml


__all__ = ("config_keys", "read_config")


def _timezone(section: Section, key: str, value: str) -> None:
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        section.report("config/timezone", section.place(key), value=value)


def _or_nothing(_section: Section, _key: str, value: str) -> str:
    return "" if value == NOTHING else value


def _per_day(section: Section, key: str) -> Mapping[str, int]:
    days = part(section, key)
    channels = [entry.key for entry in days.map] if days is not None else []
    counts = {name: _COUNT.read(days, name) for name in channels if days is not None}
    return {name: count for name, count in counts.items() if count is not None}


_COUNT = number()


def _unusual(**said: int | None) -> OutOfUsual:
    """What is not written stays as it is usual."""
    return OutOfUsual(**{key: value for key, value in said.items() if value is not None})


def _out_of_usual(section: Section, key: str) -> OutOfUsual:
    node = section.node(key)
    if isinstance(node, Scalar) and node.text == NOTHING:
        return OutOfUsual(times=None)
    return _UNUSUAL.read(section, key)


UNUSUAL_KEYS: Keys = (
    Key(
        name="times",
        form=number(least=1, or_none=False),
        default="3",
        en="Above so many times the mean of the last days with contacts.",
        fr="Au-delà de tant de fois la moyenne des derniers jours avec contacts.",
    ),
    Key(
        name="over",
        form=number(or_none=False),
        default="50",
        en="And so many contacts, or euros, more than it.",
        fr="Et tant de contacts, ou d'euros, de plus qu'elle.",
    ),
)
_UNUSUAL = nested(UNUSUAL_KEYS, _unusual, OutOfUsual)

TOTALS_KEYS: Keys = (
    Key(
        name="per_run",
        form=_COUNT,
        default="none",
        en="Contacts in a run.",
        fr="Contacts en un passage.",
    ),
    Key(
        name="per_day",
        form=Form(read=_per_day, schema={"type": "object", "additionalProperties": _COUNT.schema}),
        en="Contacts a day, by channel: {call: 60}.",
        fr="Contacts par jour, par canal : {call: 60}.",
    ),
    Key(
        name="legal_effect_per_day",
        form=_COUNT,
        default="none",
        en="Contacts with legal effect a day.",
        fr="Contacts à effet juridique par jour.",
    ),
    Key(
        name="cost_per_run",
        form=COST,
        default="none",
        en="Euros in a run, by the prices of the channels; one without a price counts as free.",
        fr="Euros par passage, aux prix des canaux ; un canal sans prix compte comme gratuit.",
    ),
    Key(
        name="cost_per_day",
        form=COST,
        default="none",
        en="Euros a day; an SMS counts with all the segments it may have.",
        fr="Euros par jour ; un SMS compte avec tous les segments qu'il peut avoir.",
    ),
    Key(
        name="unusual",
        form=Form(
            read=_out_of_usual,
            schema={"anyOf": [{"enum": [NOTHING]}, _UNUSUAL.schema]},
        ),
        default="{times: 3, over: 50}",
        en="When so much goes out in a day that a person confirms it; none: never.",
        fr="Quand il part tant en un jour qu'une personne le confirme ; none : jamais.",
    ),
)


_BOOK = {"path": "var/relance.sqlite", "checkpoints": ""}


def store_keys(home: Path) -> Keys:
    """Where the book and its proof are kept; paths are taken relative to the home."""

    def outside(section: Section, key: str, value: str) -> str | None:
        """Whoever rewrites the book in `var` would rewrite its checkpoints with it."""
        if value == NOTHING:
            return ""
        if (home / value).is_relative_to(home / "var"):
            section.report("config/checkpoints-inside", section.place(key), value=value)
        return None

    return (
        Key(
            name="path",
            form=text("var/relance.sqlite"),
            default="var/relance.sqlite",
            en="The file of the book, relative to the home.",
            fr="Le fichier du livre, par rapport à la maison.",
        ),
        Key(
            name="checkpoints",
            form=text(check=outside),
            default=NOTHING,
            en="A file elsewhere that takes a line at the end of each run: how far the trail goes.",
            fr="Un fichier ailleurs qui prend une ligne à la fin de chaque passage : "
            "où en est la piste.",
        ),
    )


def config_keys(home: Path) -> Keys:
    """The settings of a home; paths are taken relative to it."""
    return (
        Key(
            name="environment",
            form=one_of(Environment, Environment.SANDBOX),
            default="sandbox",
            en="sandbox: every channel goes to a local sink; production: into the world.",
            fr="sandbox : tout va dans un puits local ; production : dans le monde.",
        ),
        Key(
            name="timezone",
            form=text("Europe/Paris", check=_timezone),
            default="Europe/Paris",
            en="The zone of the home's civil days.",
            fr="Le fuseau des jours civils de la maison.",
        ),
        Key(
            name="language",
            form=one_of(LANGUAGES, "fr"),
            default="fr",
            en="The language of commands and messages.",
            fr="La langue des commandes et des messages.",
        ),
        Key(
            name="currency",
            form=text("EUR"),
            default="EUR",
            en="The currency where a file names none.",
            fr="La devise quand un fichier n'en nomme pas.",
        ),
        Key(
            name="default_policy",
            form=text(check=_or_nothing, schema={"$ref": "#/definitions/policy"}),
            default="none",
            en="The policy of debtors that no policy is for; none: their cases hold.",
            fr="La politique des débiteurs sans politique ; none : leurs dossiers sont bloqués.",
        ),
        Key(
            name="max_data_age",
            form=business_days(1),
            default="1 business day",
            en="A file older than this stops the run until a person accepts it.",
            fr="Un fichier plus ancien arrête le passage jusqu'à l'accord d'une personne.",
        ),
        Key(
            name="creditor",
            form=CREDITOR,
            required=True,
            en="Who is owed; printed on every message.",
            fr="Le créancier ; imprimé sur chaque message.",
        ),
        Key(
            name="sources",
            form=sources_form(home),
            en="The files that come in; nothing about them is guessed.",
            fr="Les fichiers qui entrent ; rien n'est deviné.",
        ),
        Key(
            name="channels",
            form=CHANNELS,
            en="One entry per channel of the policies.",
            fr="Une entrée par canal des politiques.",
        ),
        Key(
            name="inbox",
            form=inbox_form(home),
            en="The mailboxes into which bounces and answers come.",
            fr="Les boîtes où arrivent les retours et les réponses.",
        ),
        Key(
            name="limits",
            form=nested(TOTALS_KEYS, Totals, Totals),
            field="totals",
            en="Totals of the home, over all policies.",
            fr="Plafonds de la maison, toutes politiques confondues.",
        ),
        Key(
            name="attachments",
            form=ATTACHMENTS,
            en="The files that go with e-mails.",
            fr="Les fichiers joints aux e-mails.",
        ),
        Key(name="people", form=PEOPLE, en="Who holds a role.", fr="Qui tient un rôle."),
        Key(
            name="tasks",
            form=TASKS,
            en="Work for our own people.",
            fr="Travaux pour nos équipes.",
        ),
        Key(
            name="offers",
            form=OFFERS,
            en="What a contact may offer.",
            fr="Ce qu'un contact peut proposer.",
        ),
        Key(
            name="deadlines",
            form=DEADLINES,
            en="How many days we ask to be paid within.",
            fr="En combien de jours nous demandons à être payés.",
        ),
        Key(
            name="rates",
            form=RATES,
            en="Rates of interest by half-year that relance does not know yet.",
            fr="Taux d'intérêt par semestre que relance ne connaît pas encore.",
        ),
        Key(
            name="check",
            form=CHECK,
            en="What the findings of check weigh here.",
            fr="Ce que pèsent ici les remarques de check.",
        ),
        Key(
            name="store",
            form=nested(store_keys(home), dict, lambda: dict(_BOOK)),
            en="Where the book is kept.",
            fr="Où le livre est conservé.",
        ),
    )


def read_config(text: str, *, file: str, home: Path) -> tuple[Settings | None, tuple[Problem, ...]]:
    """The settings of a home, or None with everything that is wrong.

    Paths are taken relative to `home`. Secrets stay references (`env:NAME`, `file:PATH`).
    """
    root, problems = read_yaml(text, file=file)
    if root is None:
        return None, problems
    people = root.get("people")
    roles = tuple(people.entries) if isinstance(people, Map) else ()
    top = Section(map=root, name=Path(file).name, problems=list(problems), roles=roles)
    said = read_keys(top, config_keys(home))
    environment = Environment(said.pop("environment"))
    book = said.pop("store")
    settings = Settings(
        home=home,
        environment=environment,
        store=home / book["path"],
        checkpoints=home / book["checkpoints"] if book["checkpoints"] else None,
        **said,
    )
    found = tuple(top.problems)
    return (None if found else settings), found
