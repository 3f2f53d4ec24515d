"""What `relance news` says of what came back, and why it may refuse."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "news/none": error(
        "there is no news {value}",
        "il n'y a pas de nouvelle {value}",
        do=("take a number from: relance news", "prendre un numéro dans : relance news"),
    ),
    "news/closed": error(
        "{value} does not wait for anybody",
        "{value} n'attend personne",
        do=("see what became of it: relance news show", "voir la suite : relance news show"),
    ),
    "news/placed": error(
        "{value} belongs to a debtor already: it cannot be given to {case}",
        "{value} appartient déjà à un débiteur : il ne peut pas être donné à {case}",
        do=("once you have seen it: relance news close", "une fois vue : relance news close"),
    ),
    "news/no-message": error(
        "{value} is about a message, and none of {case} has left on that channel",
        "{value} concerne un message, et aucun de {case} n'est parti par ce canal",
        do=("name another invoice", "nommer une autre facture"),
    ),
}

PHRASES = {
    "news/nothing": words("nothing waits for you", "rien ne vous attend"),
    "run/news": words(
        "{count} piece{count:|s} of news for a person to read: relance news",
        "{count} nouvelle{count:|s} à lire : relance news",
    ),
    "news/number": words("number", "numéro"),
    "news/at": words("when", "quand"),
    "news/what": words("what", "quoi"),
    "news/channel": words("channel", "canal"),
    "news/debtor": words("debtor", "débiteur"),
    "news/message": words("message", "message"),
    "news/verdict": words("became", "suite"),
    "news/words": words("words", "texte"),
    "news/title": words("{number}: {what}, {at}", "{number} : {what}, {at}"),
    "news/from": words("by {source}, heard {heard}", "par {source}, reçu {heard}"),
    "news/of": words("debtor {debtor}, message {message}", "débiteur {debtor}, message {message}"),
    "news/said": words("said: {words}", "dit : {words}"),
    "news/became": words("became: {verdict}", "suite : {verdict}"),
    "news/by": words("by {person}", "par {person}"),
    "news/open": words("waits for a person", "attend une personne"),
    "news/done": words("{number} is closed ({person})", "{number} est close ({person})"),
    "news/assigned": words(
        "{number} is of {case}: {verdict}", "{number} est de {case} : {verdict}"
    ),
    "news/kind/sent": words("on its way", "en route"),
    "news/kind/delivered": words("delivered", "distribué"),
    "news/kind/bounced": words("came back", "revenu"),
    "news/kind/delayed": words("delayed", "retardé"),
    "news/kind/reply": words("reply", "réponse"),
    "news/kind/automatic": words("automatic reply", "réponse automatique"),
    "news/kind/opted-out": words("no more of this channel", "refus de ce canal"),
    "news/kind/opted-in": words("this channel again", "accord pour ce canal"),
    "news/kind/other": words("other", "autre"),
    "news/verdict/moved": words("the message went forward", "le message a avancé"),
    "news/verdict/proved": words("proves that it left", "prouve que c'est parti"),
    "news/verdict/noted": words("entered in the case", "inscrit au dossier"),
    "news/verdict/known": words("known already", "déjà connu"),
    "news/verdict/behind": words("nothing new", "rien de nouveau"),
    "news/verdict/waiting": words("the message is on its way", "le message est en route"),
    "news/verdict/kept": words("kept", "conservé"),
}
