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
    "limit_short": _text("the same, in figures", "la même, en chiffres"),
    "channel": _text("email, letter, sms, call, ...", "email, letter, sms, call..."),
    "salutation": _text(
        "Madame, Monsieur, or both: beginning and end of a letter",
        "Madame, Monsieur ou les deux : début et fin d'une lettre",
    ),
    "previous": _text(
        "the day of our last message about these items",
        "la date de notre dernier message sur ces échéances",
    ),
    "previous_short": _text("the same, in figures", "la même, en chiffres"),
    "recall": _text(
        "our earlier messages about these items, in a row, with their days",
        "nos messages précédents sur ces échéances, à la suite, avec leurs dates",
    ),
    "recalled": _rows("the same, one by one", "les mêmes, un par un"),
    "recalled[].said": _text("notre e-mail du ...", "« notre e-mail du ... »"),
    "recalled[].day": _text("its day, in words", "sa date, en toutes lettres"),
    "promised": _text("the day that the debtor promised", "la date promise par le débiteur"),
    "promised_amount": _text("the amount promised", "le montant promis"),
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
    "creditor.signatory": _text("who signs a formal notice", "qui signe une mise en demeure"),
    "creditor.quality": _text("in what quality", "en quelle qualité"),
    "creditor.mediator": _text(
        "the mediator of consumers, with address",
        "le médiateur de la consommation, adresse comprise",
    ),
    "creditor.mediator_url": _text("the mediator's site, https", "le site du médiateur, https"),
    "creditor.privacy_url": _text(
        "how personal data are used, https", "la notice sur les données personnelles, https"
    ),
    "adviser.name": _text("who looks after the debtor", "qui suit le débiteur"),
    "adviser.email": _text("his or her address", "son adresse e-mail"),
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
    "asked": _text(
        "what this message asks for: net, in a notice with interest and indemnity",
        "la somme demandée : nette, avec intérêts et indemnité dans une mise en demeure",
    ),
    "counts.claimed": _count("how many items are claimed", "nombre d'échéances réclamées"),
    "counts.listed": _count("how many others there are", "nombre d'autres échéances"),
    "oldest.due": _text("the earliest due day, short", "la plus ancienne échéance"),
    "oldest.late": _text("how late it is, in words", "son retard, en toutes lettres"),
    "has.credits": _flag("something is deducted", "un avoir est déduit"),
    "has.disputed": _flag("a listed item is disputed", "une échéance citée est contestée"),
    "has.engagements": _flag(
        "an item has an order number", "une échéance porte un numéro d'engagement"
    ),
    "interest.rows": _rows(
        "interest by item and half-year", "les intérêts par échéance et par semestre"
    ),
    "interest.rows[].number": _text("of the item", "le numéro de facture"),
    "interest.rows[].first": _text("the first day, short", "le premier jour, en chiffres"),
    "interest.rows[].last": _text("the last day, short", "le dernier jour, en chiffres"),
    "interest.rows[].days": _text("how many days", "le nombre de jours"),
    "interest.rows[].rate": _text("the rate a year", "le taux annuel"),
    "interest.rows[].base": _text("on what amount", "la base"),
    "interest.rows[].amount": _text("the interest", "le montant"),
    "interest.total": _text("their sum; empty: none", "leur total ; vide : aucun"),
    "interest.until": _text("counted up to this day", "arrêtés à cette date"),
    "interest.basis": _text("at what rate, in words", "à quel taux, en toutes lettres"),
    "interest.known": _flag(
        "the rate of every half-year is known", "le taux de chaque semestre est connu"
    ),
    "indemnity.count": _count("how many are owed", "le nombre d'indemnités forfaitaires"),
    "indemnity.each": _text("one of them", "le montant d'une indemnité"),
    "indemnity.total": _text("their sum; empty: none", "leur total ; vide : aucune"),
    "sums.rows": _rows("principal, credits, interest, indemnity", "le décompte, ligne à ligne"),
    "sums.rows[].label": _text("what it is", "la nature de la somme"),
    "sums.rows[].amount": _text("how much", "son montant"),
    "sums.total": _text("all of it", "le total du décompte"),
    "offer.kind": _text("plan, waiver, discount or empty", "plan, waiver, discount ou vide"),
    "offer.label": _text("as the configuration calls it", "son nom dans la configuration"),
    "offer.count": _count("how many instalments", "le nombre de versements proposés"),
    "offer.total": _text("their sum", "leur total"),
    "offer.instalments": _rows("the instalments offered", "les versements proposés"),
    "next.kind": _text(
        "reminder, letter, call, visit, contact, notice, hand_over, review, nothing; "
        "empty: not known",
        "reminder, letter, call, visit, contact, notice, hand_over, review, nothing ; "
        "vide : on ne sait pas",
    ),
    "next.words": _text(
        "what comes next, as a clause: nous vous appellerons",
        "ce qui vient ensuite, en une proposition : nous vous appellerons",
    ),
    "next.channel": _text(
        "how, in words: par lettre recommandée", "comment, en mots : par lettre recommandée"
    ),
    "next.earliest": _text(
        "the first day on which it may come", "le premier jour où cela peut venir"
    ),
    "next.to": _text(
        "to whom the case may be handed over: à un avocat",
        "à qui le dossier peut être confié : à un avocat",
    ),
    "next.last": _flag(
        "no other reminder, letter, call or visit follows this message",
        "ni rappel, ni lettre, ni appel, ni visite ne suit ce message",
    ),
    "next.after_limit": _flag(
        "it does not come before the limit has passed", "cela ne vient pas avant la date limite"
    ),
    "waits.promise": _flag(
        "the policy chases nobody before the day promised",
        "la politique ne relance pas avant la date promise",
    ),
    "waits.plan": _flag(
        "the policy chases nobody whose plan is kept",
        "la politique ne relance pas tant que l'échéancier est tenu",
    ),
    "waits.dispute": _flag(
        "the policy chases nobody for what is disputed",
        "la politique ne relance pas ce qui est contesté",
    ),
    "plan.count": _count("how many instalments", "le nombre de versements convenus"),
    "plan.total": _text("their sum", "leur total"),
    "plan.instalments": _rows("the instalments agreed", "les versements convenus"),
    "paid.amount": _text("what has come in", "le montant reçu"),
    "paid.day": _text("on what day", "la date du paiement"),
    "paid.remaining": _text("what is still open; empty: nothing", "le reste dû ; vide : rien"),
    "dispute.what": _text("what is contested", "ce qui est contesté"),
    "dispute.amount": _text("for what amount", "le montant contesté"),
    "dispute.answer_by": _text("until when we answer", "la date de notre réponse au plus tard"),
    "conversation.day": _text("the day of the call or visit", "la date de l'échange"),
    "conversation.person": _text("with whom", "l'interlocuteur"),
    "conversation.notes": _text("what was agreed", "ce qui a été convenu"),
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
    "engagement": _text("a public body's order number", "le numéro d'engagement d'un organisme"),
}
CONTEXT |= {
    f"{rows}[].{key}": name for rows in ("claimed", "listed") for key, name in _ITEM.items()
}

_INSTALMENT = {
    "number": _text("which one it is", "son rang"),
    "day": _text("its day, short", "sa date, en chiffres"),
    "amount": _text("its amount", "son montant"),
}
CONTEXT |= {
    f"{rows}[].{key}": name
    for rows in ("offer.instalments", "plan.instalments")
    for key, name in _INSTALMENT.items()
}

#: What a layout may print beside these.
LAYOUT_CONTEXT = CONTEXT | {
    "content": _text("the message", "le message"),
    "subject": _text("its subject", "son objet"),
    "lang": _text("its language", "sa langue"),
}

#: Texts that are checked to begin with `https://`: a whole link target.
LINKS = frozenset({"creditor.pay_url", "creditor.mediator_url", "creditor.privacy_url"})
