"""What people enter by hand: events, holds, the first day."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "event/kind": error(
        "'{value}' is no kind of event; allowed: {allowed}",
        "« {value} » n'est pas un type d'événement ; permis : {allowed}",
    ),
    "event/person": error(
        "nobody is named who says so",
        "personne n'est nommé pour le dire",
        do=("name yourself with --person", "se nommer par --person"),
    ),
    "event/missing": error(
        "{kind} needs {option}",
        "{kind} demande {option}",
    ),
    "event/no-meaning": error(
        "{option} means nothing to {kind}",
        "{option} n'a pas de sens pour {kind}",
    ),
    "event/future": error(
        "{value} lies after today ({today}): it cannot have happened",
        "le {value} vient après aujourd'hui ({today}) : cela n'a pas pu arriver",
    ),
    "event/until": error(
        "{value} lies before {day}",
        "le {value} vient avant le {day}",
    ),
    "event/amount": error(
        "'{value}' is not an amount; write 150 or 150.00, above zero",
        "« {value} » n'est pas un montant ; écrire 150 ou 150,00, au-dessus de zéro",
    ),
    "event/part": error(
        "{value} is not less than what is due: a dispute about all of it has no --part",
        "{value} n'est pas inférieur au reste dû : un litige sur le tout n'a pas de --part",
    ),
    "event/instalments": error(
        "'{value}' is no number of instalments; write a number from 1 to 120",
        "« {value} » n'est pas un nombre d'échéances ; écrire un nombre de 1 à 120",
    ),
    "event/channel": error(
        "'{value}' is no channel; allowed: {allowed}",
        "« {value} » n'est pas un canal ; permis : {allowed}",
    ),
    "event/reason": error(
        "'{value}' is no reason for not paying; allowed: {allowed}",
        "« {value} » n'est pas un motif de non-paiement ; permis : {allowed}",
    ),
    "approve/none": error(
        "nothing waits for an approval under {value}",
        "rien n'attend de validation sous {value}",
        do=("relance approve lists what waits", "relance approve donne la liste"),
    ),
    "approve/other": error(
        "{code} is not the code of {value} as it stands now",
        "{code} n'est pas le code de {value} dans son état actuel",
        do=(
            "look at it again: relance approve {value}",
            "le relire : relance approve {value}",
        ),
    ),
    "approve/twice": error(
        "{person} has approved {value} already: another role is another person's",
        "{person} a déjà validé {value} : un autre rôle revient à une autre personne",
    ),
    "approve/not-you": error(
        "{person} may not approve {value}; allowed: {allowed}",
        "{person} ne peut pas valider {value} ; permis : {allowed}",
    ),
    "hold/reason": error(
        "no reason is given",
        "aucune raison n'est donnée",
        do=("say why with --reason", "dire pourquoi par --reason"),
    ),
    "hold/none": error(
        "nobody holds {case}",
        "personne ne bloque {case}",
    ),
    "start/from": error(
        "'{value}' is not CLASS=STEP, such as 31-60=reminder",
        "« {value} » n'est pas de la forme CLASSE=ÉTAPE, par exemple 31-60=reminder",
    ),
    "start/class": error(
        "'{value}' is no age class; allowed: {allowed}",
        "« {value} » n'est pas une tranche d'âge ; permis : {allowed}",
    ),
    "start/step": error(
        "'{value}' is no step of an active policy; allowed: {allowed}",
        "« {value} » n'est pas une étape d'une politique active ; permis : {allowed}",
    ),
    "start/twice": error(
        "the age class {value} is given two steps",
        "la tranche d'âge {value} reçoit deux étapes",
    ),
}

PHRASES = {
    "start/title": words(
        "The first day, {day}: overdue cases by days late",
        "Le premier jour, {day} : dossiers échus par jours de retard",
    ),
    "start/age": words("days late", "jours de retard"),
    "start/cases": words("cases", "dossiers"),
    "start/debtors": words("debtors", "débiteurs"),
    "start/amount": words("amount", "montant"),
    "start/next": words("starts with", "commence par"),
    "start/held": words("held", "bloqués"),
    "start/first": words("first contact", "premier contact"),
    "start/last": words("last contact", "dernier contact"),
    "start/end": words("end of the ladder", "fin des étapes"),
    "start/1-7": words("1 to 7", "1 à 7"),
    "start/8-15": words("8 to 15", "8 à 15"),
    "start/16-30": words("16 to 30", "16 à 30"),
    "start/31-60": words("31 to 60", "31 à 60"),
    "start/61-90": words("61 to 90", "61 à 90"),
    "start/over-90": words("over 90", "plus de 90"),
    "start/time-barred": words("time-barred", "prescrits"),
    "start/steps": words(
        "{count} case{count:|s} count{count:s|} as having had a step",
        "{count} dossier{count:|s} compté{count:|s} comme ayant déjà eu une étape",
    ),
    "start/spread": words(
        "{debtors} debtor{debtors:|s} contacted first over {days} business day{days:|s}, the "
        "last on {last}",
        "{debtors} débiteur{debtors:|s} contacté{debtors:|s} d'abord sur {days} jour{days:|s} "
        "ouvré{days:|s}, le dernier le "
        "{last}",
    ),
    "start/barred": words(
        "time-barred, never claimed, {count}: {numbers}",
        "{count:prescrit, jamais réclamé|prescrits, jamais réclamés}, {count} : {numbers}",
    ),
    "start/nothing": words(
        "nobody wants a first contact: nothing to spread",
        "personne n'attend un premier contact : rien à répartir",
    ),
    "start/confirm": words(
        "nothing was written; to begin exactly so, say the same with --confirm {digest}",
        "rien n'a été écrit ; pour commencer exactement ainsi, redire la même chose avec "
        "--confirm {digest}",
    ),
    "start/begun": words(
        "begun: {debtors} debtor{debtors:|s} {debtors:has its|have their} first day, {steps} "
        "case{steps:|s} a step taken over",
        "commencé : {debtors} débiteur{debtors:|s} {debtors:a son|ont leur} premier jour, "
        "{steps} dossier{steps:|s} une étape "
        "reprise",
    ),
    "start/already": words(
        "nothing to do: this first day has begun already",
        "rien à faire : ce premier jour a déjà commencé",
    ),
    "event/done": words(
        "{case}: {what} on {day}, recorded",
        "{case} : {what} le {day}, enregistré",
    ),
    "event/promise_made": words("promise to pay", "promesse de paiement"),
    "event/dispute_opened": words("dispute opened", "litige ouvert"),
    "event/dispute_settled": words("dispute settled", "litige réglé"),
    "event/plan_agreed": words("payment plan agreed", "échéancier accordé"),
    "event/plan_missed": words("payment plan missed", "échéancier non respecté"),
    "event/plan_ended": words("payment plan ended", "échéancier terminé"),
    "event/payment": words("payment", "paiement"),
    "event/reason_given": words("reason for not paying", "motif de non-paiement"),
    "event/reply_received": words("reply received", "réponse reçue"),
    "event/reply_read": words("reply read", "réponse lue"),
    "event/handed_over": words("handed over", "dossier transmis"),
    "event/hand_over_decided": words("hand-over decided", "transmission décidée"),
    "event/hand_over_approved": words("yes to the hand-over", "accord pour la transmission"),
    "event/part_paid": words("part payment seen", "règlement partiel constaté"),
    "event/all_paid": words("payment of everything seen", "règlement complet constaté"),
    "event/spoken": words("spoken to", "échange"),
    "event/opted_out": words("opted out", "opposition au contact"),
    "event/opted_in": words("opted in", "accord au contact"),
    "event/prefers": words("preferred channel", "canal préféré"),
    "event/paused": words("held", "bloqué"),
    "event/resumed": words("goes on", "repris"),
    "event/taken_over": words("step taken over", "étape reprise"),
    "event/not_before": words("not contacted before", "pas de contact avant"),
    "event/contacted": words("contacted otherwise", "contacté par ailleurs"),
    "hold/open": words(
        "{case}: held by {person} until `relance plan take`",
        "{case} : bloqué par {person} jusqu'à `relance plan take`",
    ),
    "hold/until": words(
        "{case}: held by {person} until {until}, that day included",
        "{case} : bloqué par {person} jusqu'au {until} inclus",
    ),
    "hold/taken": words(
        "{case}: goes on, says {person}",
        "{case} : reprend, dit {person}",
    ),
    "hold/explained": words(
        "held by {person} since {since}: {reason}",
        "bloqué par {person} depuis le {since} : {reason}",
    ),
    "hold/explained-until": words(
        "held by {person} since {since} until {until}: {reason}",
        "bloqué par {person} du {since} au {until} : {reason}",
    ),
}
