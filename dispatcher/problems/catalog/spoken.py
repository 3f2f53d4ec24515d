"""A policy as sentences: what `relance show` says of conditions, rules and limits."""

from dispatcher.problems.kind import words


PHRASES = {
    # -- comparisons; {fact} is the label of a fact
    "spoken/at-least": words("“{fact}” is {low} or more", "« {fact} » est de {low} ou plus"),
    "spoken/at-most": words("“{fact}” is {high} or less", "« {fact} » est de {high} ou moins"),
    "spoken/below": words("“{fact}” is under {high}", "« {fact} » est sous {high}"),
    "spoken/between": words(
        "“{fact}” is from {low} to {high}", "« {fact} » est compris entre {low} et {high}"
    ),
    "spoken/to-below": words(
        "“{fact}” is from {low} to under {high}",
        "« {fact} » va de {low} à moins de {high}",
    ),
    "spoken/equal": words("“{fact}” is {values}", "« {fact} » vaut {values}"),
    "spoken/not": words("“{fact}” is not {values}", "« {fact} » ne vaut pas {values}"),
    "spoken/neither": words("“{fact}” is neither {values}", "« {fact} » ne vaut ni {values}"),
    "spoken/nor-value": words(" nor ", " ni "),
    "spoken/known": words("“{fact}” is known", "« {fact} » est connu"),
    "spoken/lacks": words("“{fact}” is unknown", "« {fact} » est inconnu"),
    "spoken/and": words(" and ", " et "),
    "spoken/or": words(", or ", ", ou "),
    "spoken/or-value": words(" or ", " ou "),
    "spoken/always": words("always", "toujours"),
    # -- reasons of the shipped stops that no answer has in words yet
    "spoken/reason/handed_over": words("handed over", "dossier transmis"),
    "spoken/reason/deceased": words("deceased", "décès"),
    "spoken/reason/time_barred": words("time-barred", "créance prescrite"),
    "spoken/reason/nearly_time_barred": words("nearly time-barred", "prescription proche"),
    "spoken/reason/small_balance": words("too small an amount", "montant trop petit"),
    "spoken/reason/invoice_refused": words("the invoice was refused", "facture refusée"),
    "spoken/reason/invoice_suspended": words("the invoice is suspended", "facture suspendue"),
    "spoken/yes": words("yes", "oui"),
    "spoken/no": words("no", "non"),
    "spoken/none": words("none", "aucun"),
    "spoken/unknown": words("unknown", "inconnu"),
    "spoken/quoted": words("“{text}”", "« {text} »"),
    "spoken/euros": words("€{amount}", "{amount}\u00a0€"),
    "spoken/amount": words("{amount} {currency}", "{amount}\u00a0{currency}"),
    # -- spans, days, lists
    "spoken/day": words("1 day", "1 jour"),
    "spoken/days": words("{count} days", "{count} jours"),
    "spoken/business-day": words("1 business day", "1 jour ouvré"),
    "spoken/business-days": words("{count} business days", "{count} jours ouvrés"),
    "spoken/day-of-year": words("{day} {month}", "{day} {month}"),
    "spoken/first-of-month": words("1", "1er"),
    "spoken/months": words(
        "January February March April May June July August September October November December",
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    ),
    "spoken/else": words(", else ", ", sinon "),
    # -- the policy
    "spoken/title": words(
        "{label} ({name}, version {version}), amounts in {currency}",
        "{label} ({name}, version {version}), montants en {currency}",
    ),
    "spoken/for": words(
        "It is for debtors of whom this is true: {when}.",
        "Elle concerne les débiteurs pour qui : {when}.",
    ),
    "spoken/for-all": words("It is for every debtor.", "Elle concerne tous les débiteurs."),
    "spoken/for-none": words(
        "It is for nobody by itself: other policies build on it.",
        "Elle ne concerne personne seule : d'autres politiques s'appuient sur elle.",
    ),
    "spoken/keep": words(
        "Once in it, a debtor stays in it until nothing is overdue.",
        "Un débiteur qui y est entré y reste tant que quelque chose est échu.",
    ),
    "spoken/start": words(
        "No step is taken unless {when}.", "Aucune étape n'a lieu sauf si {when}."
    ),
    "spoken/section/stops": words("What stops a case", "Ce qui arrête un dossier"),
    "spoken/stops-first": words(
        "They are looked at first, in this order; what cannot be known stops the case too.",
        "Vérifiés d'abord, dans cet ordre ; ce qu'on ne peut pas savoir arrête aussi le dossier.",
    ),
    "spoken/section/resume": words("After a stop", "Après un arrêt"),
    "spoken/section/answers": words("What we answer at once", "Ce que nous répondons aussitôt"),
    "spoken/section/step": words("Step {number}: {label}", "Étape {number} : {label}"),
    "spoken/section/hand_over": words("Hand-over", "Transmission"),
    "spoken/section/limits": words("Limits", "Limites"),
    "spoken/section/safety": words("Safety", "Sécurité"),
    # -- when, and then
    "spoken/if": words("If {when}, {what}.", "Si {when}, {what}."),
    "spoken/else-if": words("Else, if {when}, {what}.", "Sinon, si {when}, {what}."),
    "spoken/otherwise": words("Otherwise {what}.", "Sinon, {what}."),
    "spoken/in-any-case": words("In any case {what}.", "Dans tous les cas, {what}."),
    "spoken/hold": words("the case stops: {reason}", "le dossier s'arrête : {reason}"),
    "spoken/wait": words("we wait", "nous attendons"),
    "spoken/wait-for": words("we wait: {reason}", "nous attendons : {reason}"),
    "spoken/contact": words(
        "he is contacted by {channels}, with the template {template}, {tone}",
        "on le contacte par {channels}, avec le modèle {template}, {tone}",
    ),
    "spoken/work": words("our own people act: {task}", "c'est à nous d'agir : {task}"),
    "spoken/hand-over": words(
        "handing over to {to} is proposed", "la transmission à {to} est proposée"
    ),
    "spoken/task": words("task: {task}", "tâche : {task}"),
    "spoken/due-in": words("within {span}", "sous {span}"),
    "spoken/also": words("and also by {channel}", "et aussi par {channel}"),
    "spoken/offer": words("offering {offer}", "en proposant {offer}"),
    "spoken/copy-to": words("copy to {roles}", "copie à {roles}"),
    "spoken/assign-to": words("done by {role}", "confié à {role}"),
    "spoken/attempts": words("tried {count} time{count:|s}", "tenté {count} fois"),
    "spoken/escalate-to": words("if late, it goes to {role}", "en cas de retard, à {role}"),
    "spoken/follow-up": words("followed by the template {template}", "suivi du modèle {template}"),
    "spoken/needs-approval": words(
        "only after the approval of {roles}", "seulement après l'accord de {roles}"
    ),
    "spoken/on-unknown": words(
        "sent again when nobody knows whether it left", "renvoyé si nul ne sait s'il est parti"
    ),
    "spoken/valid-for": words("it may wait {span}", "il peut attendre {span}"),
    "spoken/tone/friendly": words("in a friendly tone", "sur un ton amical"),
    "spoken/tone/understanding": words("in an understanding tone", "sur un ton compréhensif"),
    "spoken/tone/courteous": words("in a courteous tone", "sur un ton courtois"),
    "spoken/tone/firm": words("in a firm tone", "sur un ton ferme"),
    "spoken/tone/formal": words("in a formal tone", "sur un ton solennel"),
    "spoken/to/lawyer": words("a lawyer", "un avocat"),
    "spoken/to/agency": words("a collection agency", "une société de recouvrement"),
    "spoken/to/bailiff": words("a bailiff", "un commissaire de justice"),
    "spoken/after": words("It follows {steps}.", "Elle suit {steps}."),
    "spoken/first": words("the start of the case", "le début du dossier"),
    "spoken/unless": words("It waits until this is true: {when}.", "Elle attend ceci : {when}."),
    "spoken/optional": words(
        "It may be left out, and may come before the start.",
        "Elle peut manquer, et peut venir avant le départ.",
    ),
    "spoken/resume": words(
        "When {stop} ends, the case goes on as if {step} had just been done.",
        "Quand {stop} prend fin, le dossier reprend comme si {step} venait d'être faite.",
    ),
    "spoken/resume-same": words(
        "When {stop} ends, the case goes on where it stood; its clock starts again that day.",
        "Quand {stop} prend fin, le dossier reprend là où il était ; son délai repart ce jour-là.",
    ),
    "spoken/resume-if": words("{sentence} Only if {when}.", "{sentence} Seulement si {when}."),
    "spoken/any-stop": words("any other stop", "tout autre arrêt"),
    "spoken/the-stop": words("the stop “{stop}”", "l'arrêt « {stop} »"),
    "spoken/answer": words(
        "When {event}, we write by {channels}, with the template {template}, {tone}.",
        "Quand {event}, nous écrivons par {channels}, avec le modèle {template}, {tone}.",
    ),
    "spoken/event/dispute_opened": words("a dispute is opened", "un litige est ouvert"),
    "spoken/event/plan_agreed": words("a payment plan is agreed", "un échéancier est convenu"),
    "spoken/event/instalment_due": words(
        "an instalment is due", "une mensualité arrive à échéance"
    ),
    "spoken/event/promise_made": words("a payment is promised", "un paiement est promis"),
    "spoken/event/part_paid": words("a part is paid", "une partie est payée"),
    "spoken/event/all_paid": words("everything is paid", "tout est payé"),
    # -- limits and safety
    "spoken/quiet-hours": words(
        "By {channel} nobody is contacted between {start} and {end}.",
        "Par {channel}, personne n'est contacté entre {start} et {end}.",
    ),
    "spoken/business": words(
        "Nobody is contacted on weekends or public holidays.",
        "Personne n'est contacté les fins de semaine et jours fériés.",
    ),
    "spoken/closed": words(
        "Nobody is contacted from {start} to {end}.",
        "Personne n'est contacté du {start} au {end}.",
    ),
    "spoken/closed-steps": words(
        "From {start} to {end} there is no {steps}.", "Du {start} au {end}, pas de {steps}."
    ),
    "spoken/gather": words(
        "A contact takes along what would be due within {span}.",
        "Un contact emporte ce qui serait dû sous {span}.",
    ),
    "spoken/gap": words(
        "After a contact nobody contacts the debtor for {span}.",
        "Après un contact, personne ne contacte le débiteur pendant {span}.",
    ),
    "spoken/gap-after": words(
        "After {step} nobody contacts the debtor for {span}.",
        "Après {step}, personne ne contacte le débiteur pendant {span}.",
    ),
    "spoken/cap": words(
        "{what}: at most {count} per debtor in {span}.",
        "{what} : au plus {count} par débiteur en {span}.",
    ),
    "spoken/cap/contacts": words("Contacts", "Contacts"),
    "spoken/cap/legal_effect": words("Contacts with legal effect", "Contacts à effet juridique"),
    "spoken/cap/channel": words("Contacts by {channel}", "Contacts par {channel}"),
    "spoken/per-day": words(
        "Contacts by {channel}: at most {count} in a day; the rest waits.",
        "Contacts par {channel} : au plus {count} en un jour ; le reste attend.",
    ),
    "spoken/per-run": words(
        "At most {count} debtors are contacted in a run; the rest follows on the next days.",
        "Au plus {count} débiteurs contactés en un passage ; le reste suit les jours suivants.",
    ),
    "spoken/per-run-legal": words(
        "At most {count} contacts with legal effect leave in a run.",
        "Au plus {count} contacts à effet juridique partent en un passage.",
    ),
    "spoken/share": words(
        "Above {share} % of the debtors nothing leaves before a person confirms.",
        "Au-delà de {share} % des débiteurs, rien ne part sans la confirmation d'une personne.",
    ),
    # -- the table
    "spoken/column/step": words("Step", "Étape"),
    "spoken/column/rule": words("Rule", "Règle"),
    "spoken/column/when": words("When", "Quand"),
    "spoken/column/what": words("What", "Quoi"),
    "spoken/column/channel": words("Channel", "Canal"),
    "spoken/column/template": words("Template", "Modèle"),
    "spoken/column/tone": words("Tone", "Ton"),
    "spoken/what/hold": words("stops: {reason}", "arrêt : {reason}"),
    "spoken/what/wait": words("waits", "attend"),
    "spoken/what/wait-for": words("waits: {reason}", "attend : {reason}"),
    "spoken/what/contact": words("contact", "contact"),
    "spoken/what/hand-over": words("hand over to {to}", "transmission à {to}"),
}
