"""Every name that a template may use, with its words: what `contact_data` fills, no more."""

from dataclasses import dataclass
from typing import Literal

from dispatcher.problems.kind import Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """One name. A `text` or `count` prints; a `flag` is for `if`; `rows` are for `for`."""

    kind: Literal["text", "count", "flag", "rows"]
    words: Words


def _text(en: str, fr: str) -> Name:
    return Name(kind="text", words=Words(en=en, fr=fr))


def _count(en: str, fr: str) -> Name:
    return Name(kind="count", words=Words(en=en, fr=fr))


def _flag(en: str, fr: str) -> Name:
    return Name(kind="flag", words=Words(en=en, fr=fr))


def _rows(en: str, fr: str) -> Name:
    return Name(kind="rows", words=Words(en=en, fr=fr))


#: Path -> name; `claimed[].number` is `item.number` in `{% for item in claimed %}`. A text that
#: is not known is empty, so that `{% if previous %}` asks for it.
CONTEXT = {
    "today": _text("the day of the message, in words", "la date du message, en toutes lettres"),
    "limit": _text("the day by which we ask to be paid", "la date limite de paiement demandée"),
    "previous": _text("the day of our last message", "la date de notre dernier message"),
    "promised": _text("the day that the debtor promised", "la date promise par le débiteur"),
    "reference": _text("what to quote when paying", "la référence à rappeler au paiement"),
    "to": _text("where this message goes", "le destinataire du message"),
    "creditor.name": _text("who is owed", "le nom du créancier"),
    "creditor.legal_form": _text("with capital or register", "sa forme juridique"),
    "creditor.address": _text("on one line", "son adresse, sur une ligne"),
    "creditor.siren": _text("in groups of three", "son SIREN, par groupes de trois"),
    "creditor.phone": _text("as people write it", "son téléphone"),
    "creditor.email": _text("read by people", "son adresse e-mail, lue par quelqu'un"),
    "creditor.iban": _text("in groups of four", "son IBAN, par groupes de quatre"),
    "creditor.bic": _text("of the account", "le BIC du compte"),
    "creditor.contact_name": _text("who answers", "la personne qui répond"),
    "creditor.contact_role": _text("his or her function", "sa fonction"),
    "creditor.pay_url": _text("where to pay on line, https", "le lien de paiement, https"),
    "debtor.name": _text("who owes", "le nom du débiteur"),
    "debtor.reference": _text("the debtor's number", "son numéro de compte"),
    "debtor.contact_name": _text("whom to ask for", "la personne à demander"),
    "debtor.phone": _text("as people write it", "son téléphone"),
    "debtor.legal_kind": _text(
        "business, consumer, public_body or non_professional",
        "business, consumer, public_body ou non_professional",
    ),
    "debtor.address": _rows("the lines of the postal address", "les lignes de son adresse"),
    "debtor.address[]": _text("one line", "une ligne"),
    "claimed": _rows("the items that we ask for", "les échéances réclamées"),
    "listed": _rows("the other open items, not asked for", "les autres échéances ouvertes"),
    "credits": _rows("what we deduct", "les avoirs et acomptes déduits"),
    "credits[].number": _text("of the credit note or payment", "le numéro de l'avoir"),
    "credits[].issued": _text("its day, short", "sa date, en chiffres"),
    "credits[].amount": _text("its amount", "son montant"),
    "totals.claimed": _text("the sum of the claimed items", "le total des échéances réclamées"),
    "totals.listed": _text("the sum of the other items", "le total des autres échéances"),
    "totals.credits": _text("the sum of the credits", "le total des avoirs"),
    "totals.net": _text("claimed less credits: to pay", "réclamé moins avoirs : à payer"),
    "totals.account": _text("all open items less credits", "solde du compte, avoirs déduits"),
    "counts.claimed": _count("how many items are claimed", "nombre d'échéances réclamées"),
    "counts.listed": _count("how many others there are", "nombre d'autres échéances"),
    "oldest.due": _text("the earliest due day, short", "la plus ancienne échéance"),
    "oldest.late": _text("how late it is, in words", "son retard, en toutes lettres"),
    "has.credits": _flag("something is deducted", "un avoir est déduit"),
    "has.disputed": _flag("a listed item is disputed", "une échéance citée est contestée"),
}

_ITEM = {
    "number": _text("the invoice number, with its term", "le numéro de facture et de terme"),
    "issued": _text("the day of the invoice, short", "la date de facture"),
    "due": _text("the due day, short", "la date d'échéance"),
    "due_in_words": _text("the due day, in words", "l'échéance en toutes lettres"),
    "balance": _text("what is still due", "le reste dû"),
    "late": _text("how late it is, in words", "son retard, en toutes lettres"),
    "days_late": _count("how late it is, in days", "son retard en jours"),
    "remark": _text("why it is not claimed", "pourquoi elle n'est pas réclamée"),
}
CONTEXT |= {
    f"{rows}[].{key}": name for rows in ("claimed", "listed") for key, name in _ITEM.items()
}

#: What a layout may print beside these.
LAYOUT_CONTEXT = CONTEXT | {
    "content": _text("the message", "le message"),
    "subject": _text("its subject", "son objet"),
    "lang": _text("its language", "sa langue"),
}

#: Texts that are checked to begin with `https://`: a whole link target.
LINKS = frozenset({"creditor.pay_url"})
