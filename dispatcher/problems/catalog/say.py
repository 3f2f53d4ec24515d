"""What commands say."""

from dispatcher.problems.kind import words


PHRASES = {
    "init/done": words(
        "a sandbox home lies in {folder}: name your export in config.yaml, then `relance plan`",
        "une maison en bac à sable est posée dans {folder} : indiquer l'export dans config.yaml, "
        "puis `relance plan`",
    ),
    "check/done": words("no error; policies: {names}", "aucune erreur ; politiques : {names}"),
    "schema/written": words("{path}", "{path}"),
    "check/faults": words("{count} problem{count:|s}", "{count} problème{count:|s}"),
    # -- what came in
    "came/title": words(
        "{source}: {rows} row{rows:|s} of {as_of}", "{source} : {rows} ligne{rows:|s} du {as_of}"
    ),
    "came/counts": words("  {counts}", "  {counts}"),
    "came/more": words("  ... and {count} more", "  ... et {count} autre{count:|s}"),
    "came/alike": words(
        "  ... and {count} more remark{count:|s} like it [{code}]",
        "  ... et {count} autre{count:|s} remarque{count:|s} semblable{count:|s} [{code}]",
    ),
    "came/written": words(
        "{path}: {count} remark{count:|s}", "{path} : {count} remarque{count:|s}"
    ),
    "came/unknown": words(
        "{count} case{count:|s} hold{count:s|} only because a fact is unknown: {fact}",
        "{count} dossier{count:|s} bloqué{count:|s} seulement parce qu'une information manque : "
        "{fact}",
    ),
    "row/taken": words("{count} taken", "{count} prise{count:|s}"),
    "row/remark": words("{count} taken with a remark", "{count} prise{count:|s} avec remarque"),
    "row/refused": words("{count} refused", "{count} refusée{count:|s}"),
    "row/settled": words("{count} settled", "{count} soldée{count:|s}"),
    "row/future": words("{count} not issued yet", "{count} pas encore émise{count:|s}"),
    "row/duplicate": words("{count} repeated", "{count} répétée{count:|s}"),
    # -- the plan
    "plan/title": words(
        "Plan of {day}: {cases} open case{cases:|s}, {contacts} contact{contacts:|s}, "
        "{tasks} task{tasks:|s}",
        "Plan du {day} : {cases} dossier{cases:|s} ouvert{cases:|s}, "
        "{contacts} contact{contacts:|s}, {tasks} tâche{tasks:|s}",
    ),
    "plan/digest": words("digest {digest}", "empreinte {digest}"),
    "plan/exceeded": words(
        "{policy} would contact {share} % of its debtors, {limit} % allowed: a run will ask for "
        "--confirm {digest}",
        "{policy} contacterait {share} % de ses débiteurs, {limit} % permis : un passage demandera "
        "--confirm {digest}",
    ),
    "plan/out": words("Going out", "À envoyer"),
    "plan/work": words("For our own people", "Pour nos équipes"),
    "plan/rest": words("Nothing today", "Rien aujourd'hui"),
    "plan/total": words("total", "total"),
    "plan/also": words("and {channel}", "et {channel}"),
    "plan/segments": words(
        "the cost of SMS is that of one segment each: longer ones cost more",
        "le coût des SMS est celui d'un segment chacun : les plus longs coûtent plus",
    ),
    "plan/unpriced": words(
        "without a price in config.yaml, so not in the total: {channels}",
        "sans prix dans config.yaml, donc hors du total : {channels}",
    ),
    "plan/answer": words("answer", "réponse"),
    "plan/policy": words("policy", "politique"),
    "plan/rule": words("rule", "règle"),
    "plan/step": words("step", "étape"),
    "plan/channel": words("channel", "canal"),
    "plan/task": words("task", "tâche"),
    "plan/reason": words("reason", "raison"),
    "plan/until": words("earliest", "au plus tôt"),
    "plan/turn": words("whose turn", "à qui"),
    "plan/since": words("since", "depuis"),
    "plan/messages": words("messages", "messages"),
    "plan/tasks": words("tasks", "tâches"),
    "plan/cases": words("cases", "dossiers"),
    "plan/debtors": words("debtors", "débiteurs"),
    "plan/amount": words("amount", "montant"),
    "plan/cost": words("cost", "coût"),
    "action/contact": words("contact", "contact"),
    "action/task": words("task", "tâche"),
    "action/hand_over": words("hand over", "transmission"),
    "action/under way": words("under way", "en cours"),
    "action/wait": words("wait", "attente"),
    "action/hold": words("hold", "bloqué"),
    "action/nothing yet": words("nothing yet", "rien encore"),
    # -- a run
    "run/planned": words(
        "run {run}: {contacts} contact{contacts:|s} planned, {written} written, "
        "{tasks} task{tasks:|s}",
        "passage {run} : {contacts} contact{contacts:|s} prévu{contacts:|s}, "
        "{written} écrit{written:|s}, {tasks} tâche{tasks:|s}",
    ),
    "run/rest-waits": words(
        "what is said above has left; the rest waits: look at it with plan, then "
        "run --confirm {digest}",
        "ce qui est dit plus haut est parti ; le reste attend : le regarder avec plan, puis "
        "run --confirm {digest}",
    ),
    "run/unrendered": words(
        "{debtor}: {rule} set aside, its message could not be written",
        "{debtor} : {rule} mis de côté, son message n'a pas pu être écrit",
    ),
    "run/recovered": words(
        "settled of an interrupted run: {counts}", "réglé d'un passage interrompu : {counts}"
    ),
    "run/sent": words("{channel}: {counts}", "{channel} : {counts}"),
    "run/for-approval": words(
        "{count} wait{count:s|} for an approval: relance approve",
        "{count} en attente d'approbation : relance approve",
    ),
    "run/for-later": words(
        "{count} wait{count:s|} for {count:its|their} hour: relance send from {at}",
        "{count} en attente de {count:son|leur} heure : relance send à partir du {at}",
    ),
    "run/nothing": words("nothing was due", "rien n'était à envoyer"),
    "run/for-next": words(
        "{count} {count:is|are} due and {count:has|have} not left: relance send",
        "{count} à envoyer, pas encore parti{count:|s} : relance send",
    ),
    "run/ended": words("{channel} ended early: {why}", "{channel} arrêté plus tôt : {why}"),
    "outcome/accepted": words("{count} accepted", "{count} accepté{count:|s}"),
    "outcome/rejected": words("{count} rejected", "{count} refusé{count:|s}"),
    "outcome/not_accepted": words("{count} to try again", "{count} à réessayer"),
    "outcome/unknown": words("{count} unknown", "{count} au sort inconnu"),
    "outcome/planned": words("{count} put back", "{count} remis en attente"),
    "progress/take-in": words("taking in", "lecture"),
    "progress/freeze": words("writing", "rédaction"),
    "progress/send": words("sending", "envoi"),
    # -- approvals
    "approve/nothing": words("nothing waits for an approval", "rien n'attend de validation"),
    "approve/number": words("no.", "n°"),
    "approve/debtor": words("debtor", "débiteur"),
    "approve/what": words("what", "quoi"),
    "approve/amount": words("amount", "montant"),
    "approve/roles": words("needs", "à valider par"),
    "approve/lacks": words("still needed: {who}", "manque encore : {who}"),
    "approve/until": words("valid until", "valable jusqu'au"),
    "approve/title": words("{number}: {debtor}", "{number} : {debtor}"),
    "approve/file": words("as it would leave: {path}", "tel qu'il partirait : {path}"),
    "approve/asks": words(
        "{template}, {amount}, valid until {day}; to be approved by {who}",
        "{template}, {amount}, valable jusqu'au {day} ; à valider par {who}",
    ),
    "approve/how": words(
        "yes: relance approve {number} --confirm {code} --person NAME\n"
        "no:  relance approve {number} --refuse {code} --person NAME --reason WHY",
        "oui : relance approve {number} --confirm {code} --person NOM\n"
        "non : relance approve {number} --refuse {code} --person NOM --reason POURQUOI",
    ),
    "approve/yes": words("{number}: approved by {person}", "{number} : validé par {person}"),
    "approve/leaves": words(
        "it leaves with the next `relance send` or `relance run`",
        "il part au prochain `relance send` ou `relance run`",
    ),
    "approve/no": words("{number}: refused by {person}", "{number} : refusé par {person}"),
    "approve/held": words(
        "it will not leave; its cases are held until `relance plan take`",
        "il ne partira pas ; ses dossiers sont bloqués jusqu'à `relance plan take`",
    ),
    "approve/held-until": words(
        "it will not leave; its cases are held until {until}",
        "il ne partira pas ; ses dossiers sont bloqués jusqu'au {until}",
    ),
    "timings/stage": words("{stage} {seconds} s, {peak} MB", "{stage} {seconds} s, {peak} Mo"),
    "timings/read": words("reading files", "lecture des fichiers"),
    "timings/store": words("writing what came in", "écriture de ce qui entre"),
    "timings/frames": words("reading the book", "lecture du livre"),
    "timings/plan-facts": words("facts of each case", "faits de chaque créance"),
    "timings/plan-holds": words("holds that ended", "blocages terminés"),
    "timings/plan-rules": words("rules", "règles"),
    "timings/plan-rounds": words("one contact per debtor", "un contact par débiteur"),
    "timings/plan-channels": words("choosing channels", "choix du canal"),
    "timings/plan-gates": words("days and limits", "jours et limites"),
    "timings/plan-contacts": words("contacts", "contacts"),
    "timings/plan-answers": words("an answer for each case", "réponse de chaque créance"),
    "timings/plan-tasks": words("tasks", "tâches"),
    "timings/freeze": words("writing messages", "rédaction des messages"),
    "timings/answers": words("keeping the answers", "archivage des réponses"),
    "timings/send": words("sending", "envoi"),
    # -- work of people
    "tasks/none": words("nothing to do", "rien à faire"),
    "tasks/number": words("no.", "n°"),
    "tasks/due": words("due", "pour le"),
    "tasks/what": words("what", "quoi"),
    "tasks/debtor": words("debtor", "débiteur"),
    "tasks/who": words("who", "qui"),
    "tasks/cases": words("invoices", "factures"),
    "tasks/amount": words("amount", "montant"),
    "tasks/late": words("late: {day}", "en retard : {day}"),
    "tasks/call": words("call {to}", "appeler {to}"),
    "tasks/approve": words("approve: {template}", "valider : {template}"),
    "tasks/hand-over": words("Hand the case over", "Transmettre le dossier"),
    "tasks/visit": words("visit", "visiter"),
    "task/done": words("{number}: {state}", "{number} : {state}"),
    "state/sent": words("the step is done", "l'étape est faite"),
    "state/accepted": words("to be tried again", "à réessayer"),
    "state/failed": words(
        "nobody can be reached this way; the next plan takes the next channel",
        "injoignable ainsi ; le prochain plan prend le canal suivant",
    ),
    "state/done": words("done", "faite"),
    "state/awaiting": words(
        "noted; another role has to say yes too",
        "noté ; un autre rôle doit aussi donner son accord",
    ),
    "run/replies": words(
        "{count} answer{count:|s} to what has happened",
        "{count} réponse{count:|s} à des événements",
    ),
    "plan/replies": words("Answers to what has happened", "Réponses à des événements"),
    "sheet/title": words("{number}: {what}, {debtor}", "{number} : {what}, {debtor}"),
    "sheet/who": words(
        "For {who}, by {due}; tries so far: {tries} of {of}",
        "Pour {who}, au plus tard le {due} ; essais : {tries} sur {of}",
    ),
    "sheet/account": words("The whole account today", "Le compte entier, aujourd'hui"),
    "sheet/number": words("invoice", "facture"),
    "sheet/due": words("due", "échéance"),
    "sheet/late": words("days late", "jours de retard"),
    "sheet/balance": words("balance", "solde"),
    "sheet/remark": words("here", "ici"),
    "sheet/claimed": words("claimed here", "réclamée ici"),
    "sheet/listed": words("not claimed", "non réclamée"),
    "sheet/credit": words("credit", "avoir"),
    "sheet/net": words("net", "net"),
    "sheet/offer": words("What may be offered: {label}", "Ce qui peut être proposé : {label}"),
    "sheet/offer-parts": words(
        "What may be offered: {label}, in at most {count} instalments",
        "Ce qui peut être proposé : {label}, en {count} versements au plus",
    ),
    "sheet/no-offer": words(
        "Nothing may be offered but a date: no discount, no instalments.",
        "Rien à proposer qu'une date : ni remise, ni échelonnement.",
    ),
    "sheet/before": words("What was before", "Ce qui a précédé"),
    "sheet/how": words(
        "Afterwards: relance task done {number} --outcome {outcomes}",
        "Ensuite : relance task done {number} --outcome {outcomes}",
    ),
    "state/not_done": words(
        "not done; the next run asks for it again",
        "pas faite ; la prochaine exécution la redemande",
    ),
    # -- history
    "history/none": words("nothing has happened yet", "rien ne s'est encore passé"),
    "history/at": words("when", "quand"),
    "history/what": words("what", "quoi"),
    "history/detail": words("{value}", "{value}"),
    "history/details": words("detail", "détail"),
    "history/on": words("on {value}", "le {value}"),
    "history/until": words("until {value}", "jusqu'au {value}"),
    "history/amount": words("{value}", "{value}"),
    "history/note": words("“{value}”", "« {value} »"),
    "history/person": words("by {value}", "par {value}"),
    "history/rule": words("rule {value}", "règle {value}"),
    "history/template": words("template {value}", "modèle {value}"),
    "history/tone": words("tone {value}", "ton {value}"),
    "history/recipient": words("to {value}", "à {value}"),
    "history/number": words("try {value}", "essai {value}"),
    "history/code": words("answer {value}", "réponse {value}"),
    "history/reason": words("{value}", "{value}"),
    "history/done_on": words("step done on {value}", "étape faite le {value}"),
    "history/taken_back_on": words("step taken back on {value}", "étape retirée le {value}"),
    "history/outcome/accepted": words("accepted", "accepté"),
    "history/outcome/rejected": words("rejected", "refusé"),
    "history/outcome/not_accepted": words("not accepted, to try again", "à réessayer"),
    "history/outcome/unknown": words("outcome unknown", "sort inconnu"),
    "history/outcome/reached": words("reached", "joint"),
    "history/outcome/no_answer": words("no answer", "pas de réponse"),
    "history/outcome/wrong_number": words("wrong number", "mauvais numéro"),
    "history/state/awaiting": words("awaiting approval", "en attente d'accord"),
    "history/state/planned": words("planned", "prévu"),
    "history/state/sending": words("being sent", "en cours d'envoi"),
    "history/state/accepted": words("accepted", "pris en charge"),
    "history/state/sent": words("sent", "envoyé"),
    "history/state/delivered": words("delivered", "remis"),
    "history/state/deferred": words("to be tried again", "à réessayer"),
    "history/state/unknown": words("unknown: may have left", "inconnu : peut être parti"),
    "history/state/hold": words("held by a person", "retenu par une personne"),
    "history/state/bounced": words("came back", "revenu"),
    "history/state/failed": words("refused for good", "refusé définitivement"),
    "history/state/quarantined": words("set aside", "mis de côté"),
    "history/state/withdrawn": words("withdrawn", "retiré"),
    "history/state/expired": words("expired", "périmé"),
    "happened/event": words("event: {what}", "événement : {what}"),
    "happened/frozen": words("written: {what}", "rédigé : {what}"),
    "happened/attempt": words("attempt: {what}", "tentative : {what}"),
    "happened/inquiry": words("the provider was asked: {what}", "question au prestataire : {what}"),
    "happened/said": words(
        "of the message that may have left: {what}", "du message peut-être parti : {what}"
    ),
    "history/said/sent": words("it left", "il est parti"),
    "history/said/not-sent": words("it did not leave", "il n'est pas parti"),
    "history/said/send-again": words("send it once more", "à renvoyer"),
    "history/said/leave": words("it counts as gone", "il compte comme parti"),
    # -- how far a message of unknown outcome got
    "stage/answer": words("sent, no clear answer", "transmis, sans réponse claire"),
    "stage/content": words(
        "sent whole, no clear answer", "transmis en entier, sans réponse claire"
    ),
    "stage/filing": words("its files may be written", "ses fichiers sont peut-être écrits"),
    "stage/going": words("begun to leave, no answer", "parti ou en train, sans réponse"),
    "stage/claimed": words("may have begun to leave", "départ peut-être commencé"),
    "stage/adapter": words("the channel failed on the way", "le canal a échoué en route"),
    "stage/journal": words(
        "answer noted by another version", "réponse notée par une autre version"
    ),
    "happened/report": words("came back: {what}", "retour : {what}"),
    "happened/state": words("state: {what}", "état : {what}"),
    "audit/whole": words(
        "the trail is whole: {records} records; head {seq} {hash}",
        "la piste est entière : {records} enregistrements ; tête {seq} {hash}",
    ),
    "audit/fault": words(
        "the trail holds for {records} records, then no more",
        "la piste tient pour {records} enregistrements, puis plus",
    ),
}
