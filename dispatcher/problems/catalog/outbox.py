"""What `relance outbox` and the end of a run say of messages that have not left."""

from dispatcher.problems.kind import error, warning, words


PROBLEMS = {
    "outbox/no-message": error(
        "there is no message {value}",
        "il n'y a pas de message {value}",
        do=("take a number from: relance outbox", "prenez un numéro dans : relance outbox"),
    ),
    "outbox/state": error(
        "'{value}' is no state of the outbox; allowed: {allowed}",
        "« {value} » n'est pas un état de la boîte d'envoi ; permis : {allowed}",
    ),
    "outbox/under-way": error(
        "{value} is being sent at this moment",
        "{value} est en cours d'envoi en ce moment",
        do=(
            "wait until the run has ended; relance outbox then says what came of it",
            "attendez la fin du passage ; relance outbox dira ensuite ce qu'il en est",
        ),
    ),
    "outbox/may-have-left": error(
        "{value} may have left: nobody knows yet whether it did",
        "{value} est peut-être parti : personne ne le sait encore",
        do=(
            "find out and say so: relance unknown show {value}",
            "renseignez-vous et dites-le : relance unknown show {value}",
        ),
    ),
    "outbox/left": error(
        "{value} has left: nobody can take it back",
        "{value} est parti : personne ne peut le reprendre",
    ),
    "outbox/ended": error(
        "{value} has ended: it never leaves any more",
        "{value} est terminé : il ne partira plus",
    ),
    "outbox/held": error(
        "{value} is held already",
        "{value} est déjà retenu",
        do=(
            "then: relance outbox release {value}, or relance outbox withdraw {value}",
            "ensuite : relance outbox release {value}, ou relance outbox withdraw {value}",
        ),
    ),
    "outbox/not-held": error(
        "nobody holds {value}: it leaves by itself",
        "personne ne retient {value} : il part tout seul",
    ),
    "outbox/sent-twice": warning(
        "{value} went out twice by {channel}: {debtor} has had it two times",
        "{value} est parti deux fois par {channel} : {debtor} l'a reçu deux fois",
        do=(
            "see how it came about: relance outbox show {value}; a word of excuse may be due",
            "voyez comment : relance outbox show {value} ; un mot d'excuse s'impose peut-être",
        ),
    ),
}

PHRASES = {
    # -- the list
    "outbox/empty": words("the outbox is empty", "la boîte d'envoi est vide"),
    "outbox/number": words("no.", "n°"),
    "outbox/stands": words("state", "état"),
    "outbox/debtor": words("debtor", "débiteur"),
    "outbox/cases": words("cases", "dossiers"),
    "outbox/what": words("what", "quoi"),
    "outbox/since": words("since", "depuis"),
    "outbox/why": words("why", "pourquoi"),
    "outbox/next": words("next", "suite"),
    "outbox/more": words(
        "and {count} more: relance outbox --state {state}",
        "et {count} de plus : relance outbox --state {state}",
    ),
    # -- what comes next, by state
    "outbox/next/unknown": words("relance unknown", "relance unknown"),
    "outbox/next/quarantined": words("release or withdraw", "libérer ou retirer"),
    "outbox/next/hold": words("release or withdraw", "libérer ou retirer"),
    "outbox/next/awaiting": words(
        "relance approve, until {day}", "relance approve, avant le {day}"
    ),
    "outbox/next/sending": words("its answer", "sa réponse"),
    "outbox/next/deferred": words("again on {day} at {time}", "nouvel essai le {day} à {time}"),
    "outbox/next/planned": words("on {day} at {time}", "le {day} à {time}"),
    "outbox/next/due": words("with the next send", "au prochain envoi"),
    "outbox/next/main": words("after its main message", "après son message principal"),
    # -- why
    "outbox/why/worker-died": words(
        "the program died three times while sending it",
        "le programme s'est arrêté trois fois en l'envoyant",
    ),
    "outbox/why/approved": words("approved", "approuvé"),
    "outbox/why/by-person": words("by a person", "par une personne"),
    "outbox/kept-by": words("{person}: {note}", "{person} : {note}"),
    # -- one message
    "outbox/title": words(
        "{number}, {state}, since {since}", "{number}, {state}, depuis le {since}"
    ),
    "outbox/to": words("{debtor} ({reference}): {cases}", "{debtor} ({reference}) : {cases}"),
    "outbox/is": words(
        "{channel}, step {step}, template {template}", "{channel}, étape {step}, modèle {template}"
    ),
    "outbox/claims": words("claims {amount}", "réclame {amount}"),
    "outbox/legal": words("it has legal effect", "il a un effet juridique"),
    "outbox/then": words("next: {next}", "suite : {next}"),
    "outbox/because": words("why: {why}", "pourquoi : {why}"),
    "outbox/tries": words("Attempts", "Essais"),
    "outbox/no-try": words("no attempt yet", "aucun essai encore"),
    "outbox/came-back": words("What came back", "Ce qui est revenu"),
    "outbox/people": words("What people did", "Ce que des personnes ont fait"),
    "outbox/at": words("when", "quand"),
    "outbox/outcome": words("outcome", "résultat"),
    "outbox/answer": words("answer", "réponse"),
    "outbox/said": words("evidence", "preuve"),
    "outbox/reference": words("provider's name for it", "nom chez le prestataire"),
    "outbox/who": words("who", "qui"),
    "outbox/deed": words("what", "quoi"),
    "outbox/note": words("why", "pourquoi"),
    "outbox/deed/hold": words("held", "retenu"),
    "outbox/deed/release": words("let go", "libéré"),
    "outbox/deed/withdraw": words("withdrawn", "retiré"),
    "outbox/outcome/intent": words("no answer yet", "pas encore de réponse"),
    # -- what was done
    "outbox/done/hold": words(
        "{number} is held by {person}; to let it go: relance outbox release {number}",
        "{number} est retenu par {person} ; pour le libérer : relance outbox release {number}",
    ),
    "outbox/done/planned": words(
        "{number} may leave again; it is checked once more just before",
        "{number} peut repartir ; il est vérifié une dernière fois juste avant",
    ),
    "outbox/done/awaiting": words(
        "{number} waits for its approval again: relance approve",
        "{number} attend de nouveau son accord : relance approve",
    ),
    "outbox/done/withdrawn": words(
        "{number} is withdrawn; the next run may plan its cases anew,"
        " to keep them still: relance plan hold",
        "{number} est retiré ; le prochain passage peut replanifier ses dossiers,"
        " pour les garder en pause : relance plan hold",
    ),
    "outbox/done/unknown": words(
        "{number} never leaves again; an earlier attempt of it may have left: relance unknown",
        "{number} ne partira plus ; un essai précédent est peut-être parti : relance unknown",
    ),
    # -- at the end of a run
    "run/aside": words(
        "{count} set aside, the program died while sending {count:it|them}:"
        " relance outbox --state quarantined",
        "{count} mis de côté, le programme s'est arrêté en {count:l'|les }envoyant :"
        " relance outbox --state quarantined",
    ),
    "run/held": words(
        "{count} held by a person: relance outbox --state hold",
        "{count} retenu{count:|s} par une personne : relance outbox --state hold",
    ),
    "outcome/quarantined": words("{count} set aside", "{count} mis de côté"),
    "history/outcome/died": words("the program died", "le programme s'est arrêté"),
    "history/outcome/withheld": words("put back", "remis en attente"),
    "history/outcome/not-accepted": words("not accepted, to try again", "à réessayer"),
    "history/outcome/sent-twice": words("SENT TWICE", "ENVOYÉ DEUX FOIS"),
    # -- why a case is under way
    "explain/lies-quarantined": words(
        "Its message {number} is set aside: the program died three times while sending it;"
        " relance outbox show {number}",
        "Son message {number} est mis de côté : le programme s'est arrêté trois fois en"
        " l'envoyant ; relance outbox show {number}",
    ),
    "explain/lies-hold": words(
        "Its message {number} is held by a person: relance outbox show {number}",
        "Son message {number} est retenu par une personne : relance outbox show {number}",
    ),
}
