"""The section `creditor:`: who is owed, printed on every message."""

from dispatcher.config.forms import TEXTS, Keys, nested, text
from dispatcher.config.rates import RATE
from dispatcher.config.section import Section
from dispatcher.model.identifiers import is_iban, is_siren
from dispatcher.model.settings import Creditor
from dispatcher.nodes.keys import Key


_RIGHT = {"iban": is_iban, "siren": is_siren}


def _checksum(section: Section, key: str, value: str) -> None:
    # People write both in groups.
    if value and not _RIGHT[key](value.replace(" ", "").upper()):
        section.report("config/checksum", section.place(key), key=key, value=value)


CREDITOR_KEYS: Keys = (
    Key(
        name="name",
        form=text(required=True),
        required=True,
        en="The creditor's name.",
        fr="Le nom du créancier.",
    ),
    Key(
        name="legal_form",
        form=text(),
        en="Legal form and capital.",
        fr="Forme juridique et capital.",
    ),
    Key(name="address", form=TEXTS, en="The lines of the address.", fr="Les lignes d'adresse."),
    Key(name="postcode", form=text(), en="The postal code.", fr="Le code postal."),
    Key(name="city", form=text(), en="The town.", fr="La ville."),
    Key(
        name="siren",
        form=text(check=_checksum),
        en="The SIREN, nine digits.",
        fr="Le SIREN, neuf chiffres.",
    ),
    Key(name="phone", form=text(), en="The telephone number.", fr="Le téléphone."),
    Key(name="email", form=text(), en="The address for answers.", fr="L'adresse des réponses."),
    Key(
        name="iban",
        form=text(check=_checksum),
        en="The account that debtors pay to.",
        fr="Le compte sur lequel payer.",
    ),
    Key(name="bic", form=text(), en="The bank's code.", fr="Le code de la banque."),
    Key(name="contact_name", form=text(), en="Who signs.", fr="Qui signe."),
    Key(
        name="contact_role",
        form=text(),
        en="The function of who signs.",
        fr="La fonction de qui signe.",
    ),
    Key(
        name="pay_url",
        form=text(),
        en="Where debtors can pay online.",
        fr="Où payer en ligne.",
    ),
    Key(
        name="signatory",
        form=text(),
        en="Who signs formal notices; missing: contact_name.",
        fr="Qui signe les mises en demeure ; à défaut contact_name.",
    ),
    Key(
        name="quality",
        form=text(),
        en="In what quality; missing: contact_role.",
        fr="En quelle qualité ; à défaut contact_role.",
    ),
    Key(
        name="mediator",
        form=text(),
        en="The mediator of consumers, with address.",
        fr="Le médiateur de la consommation, adresse comprise.",
    ),
    Key(
        name="mediator_url",
        form=text(),
        en="The mediator's site, https.",
        fr="Le site du médiateur, en https.",
    ),
    Key(
        name="privacy_url",
        form=text(),
        en="The page on personal data, https.",
        fr="La page sur les données personnelles, en https.",
    ),
    Key(
        name="penalty_rate",
        form=RATE,
        en="The rate of the conditions of sale, in percent a year; missing: the law's.",
        fr="Le taux des conditions de vente, en pour cent par an ; à défaut celui de la loi.",
    ),
)

CREDITOR = nested(CREDITOR_KEYS, Creditor, lambda: Creditor(name=""), required=True)
