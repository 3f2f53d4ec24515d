"""Words of answers and of their explanation."""

from dispatcher.problems.kind import words


PHRASES = {
    "decide/head": words(
        "{number} of {debtor}: {amount} {currency}", "{number} de {debtor} : {amount} {currency}"
    ),
    "decide/head-term": words(
        "{number} (term {term}) of {debtor}: {amount} {currency}",
        "{number} (échéance {term}) de {debtor} : {amount} {currency}",
    ),
    # -- the answer in one sentence
    "decide/contact": words(
        "On {today} he is contacted by {channel}: rule {rule}.",
        "Le {today}, on le contacte par {channel} : règle {rule}.",
    ),
    "decide/carried": words(
        "The contact is led by {leader}, the most advanced of his invoices.",
        "Le contact est mené par {leader}, la plus avancée de ses factures.",
    ),
    "decide/task": words(
        "On {today} our own people act: {task} ({rule}).",
        "Le {today}, c'est à nous d'agir : {task} ({rule}).",
    ),
    "decide/hand_over": words(
        "On {today} handing over to {reason} is proposed: rule {rule}.",
        "Le {today}, la transmission est proposée ({reason}) : règle {rule}.",
    ),
    "decide/under way": words(
        "Something is under way already: {rule}.", "Une action est déjà en cours : {rule}."
    ),
    "decide/whose-turn": words(
        "Whose turn it is: {turn}, since {since}.", "À qui de jouer : {turn}, depuis le {since}."
    ),
    "decide/whose-turn-only": words("Whose turn it is: {turn}.", "À qui de jouer : {turn}."),
    "decide/wait": words("It waits: {reason} ({rule}).", "Le dossier attend : {reason} ({rule})."),
    "decide/wait-rule": words("It waits: rule {rule}.", "Le dossier attend : règle {rule}."),
    "decide/hold": words("It holds: {reason}.", "Le dossier est arrêté : {reason}."),
    "decide/hold-rule": words(
        "It holds: {reason} ({rule}).", "Le dossier est arrêté : {reason} ({rule})."
    ),
    "decide/nothing yet": words(
        "Nothing is to be done yet.", "Il n'y a rien à faire pour l'instant."
    ),
    "decide/until": words(
        "The next change, if nothing else happens, comes on {until}.",
        "Si rien d'autre n'arrive, le prochain changement est prévu le {until}.",
    ),
    "decide/open-end": words(
        "It stays so until somebody acts or a payment comes in.",
        "Cela reste ainsi jusqu'à une action ou un paiement.",
    ),
    "decide/makes-task": words("Task for our people: {task}.", "Tâche pour nos équipes : {task}."),
    # -- the sections
    "decide/policy": words("Policy {name} {version}", "Politique {name} {version}"),
    "decide/policy-by-default": words(
        "Policy {name} {version}, by default: no other applies",
        "Politique {name} {version}, par défaut : aucune autre ne s'applique",
    ),
    "decide/no-policy": words(
        "No policy applies to this debtor", "Aucune politique ne s'applique à ce débiteur"
    ),
    "decide/contradictions": words(
        "These facts cannot be true together", "Ces faits ne peuvent pas être vrais ensemble"
    ),
    "decide/no-stop": words("Stops: none of {count} holds", "Arrêts : aucun des {count} ne joue"),
    "decide/stops": words("Stops", "Arrêts"),
    "decide/hand-over": words("Hand-over", "Transmission"),
    "decide/steps": words("Steps that may follow {last}", "Étapes possibles après {last}"),
    "decide/no-steps": words("No step follows {last}", "Aucune étape ne suit {last}"),
    "decide/first-steps": words("First steps", "Premières étapes"),
    "decide/later": words("Not reached yet: {steps}", "Pas encore atteintes : {steps}"),
    "decide/refused": words("Not by {channel}: {reason}", "Pas par {channel} : {reason}"),
    # -- how a comparison came out
    "decide/true": words("yes", "oui"),
    "decide/false": words("no", "non"),
    "decide/unknown": words("unknown", "inconnu"),
    "decide/read": words(
        "{fact}: {value}, wanted: {wanted}", "{fact} : {value}, attendu : {wanted}"
    ),
    "decide/asked": words("{fact}: {wanted}", "{fact} : {wanted}"),
    "decide/short": words("{fact}: {value}, not {wanted}", "{fact} : {value}, et non {wanted}"),
    "decide/at-least": words("{low} or more", "{low} ou plus"),
    "decide/at-most": words("{high} or less", "{high} au plus"),
    "decide/between": words("{low} to {high}", "de {low} à {high}"),
    "decide/one-of": words("{values}", "{values}"),
    "decide/or": words(" or ", " ou "),
    "decide/none-of": words("none of {values}", "aucun de {values}"),
    "decide/known": words("any value", "une valeur"),
    "decide/lacks": words("no value", "aucune valeur"),
    # -- channels
    "decide/channel/email": words("e-mail", "e-mail"),
    "decide/channel/sms": words("SMS", "SMS"),
    "decide/channel/call": words("telephone", "téléphone"),
    "decide/channel/letter": words("letter", "courrier"),
    "decide/channel/registered_letter": words("registered letter", "lettre recommandée"),
    "decide/channel/visit": words("visit", "visite"),
    # -- reasons
    "decide/reason/weekend": words("it is the weekend", "c'est le week-end"),
    "decide/reason/holiday": words(
        "it is a public holiday at the debtor's", "c'est un jour férié chez le débiteur"
    ),
    "decide/reason/closed": words(
        "a season in which nobody is contacted", "une période sans aucun contact"
    ),
    "decide/reason/gap": words(
        "he was contacted a few days ago", "il a été contacté il y a quelques jours"
    ),
    "decide/reason/quiet-hours": words(
        "it is too late in the day", "il est trop tard dans la journée"
    ),
    "decide/reason/round": words(
        "another of his cases is speaking first", "un autre de ses dossiers passe d'abord"
    ),
    "decide/reason/cap": words(
        "the limit of contacts is reached ({detail})",
        "la limite de contacts est atteinte ({detail})",
    ),
    "decide/reason/first-day": words(
        "the first day is spread over several", "le premier jour est étalé sur plusieurs"
    ),
    "decide/reason/capacity": words(
        "the team has no more room today ({detail})", "l'équipe est complète aujourd'hui ({detail})"
    ),
    "decide/reason/limit": words(
        "a limit of the house is reached ({detail})",
        "un plafond de la maison est atteint ({detail})",
    ),
    "decide/reason/per_run": words(
        "the limit of one run is reached ({detail})",
        "la limite d'un passage est atteinte ({detail})",
    ),
    "decide/reason/after": words(
        "the deadline given is running ({detail})", "le délai accordé court encore ({detail})"
    ),
    "decide/reason/unknown": words("the fact {detail} is unknown", "le fait {detail} est inconnu"),
    "decide/reason/contradiction": words(
        "its facts contradict each other", "ses faits se contredisent"
    ),
    "decide/reason/no-policy": words("no policy applies", "aucune politique ne s'applique"),
    "decide/reason/unknown-step": words(
        "its last step is in no ladder of its policy",
        "sa dernière étape n'est pas dans l'échelle de sa politique",
    ),
    "decide/reason/hand-over": words(
        "another of his cases decides on handing over",
        "un autre de ses dossiers décide de la transmission",
    ),
    "decide/reason/no-channel": words("no channel reaches him", "aucun canal ne l'atteint"),
    "decide/reason/dispute": words("a dispute", "un litige"),
    "decide/reason/promise": words("a promise to pay", "une promesse de paiement"),
    "decide/reason/plan": words("a payment plan", "un échéancier"),
    "decide/reason/pause": words("a pause", "une pause"),
    "decide/reason/credit": words("a credit covers it", "un avoir ou un acompte le couvre"),
    "decide/reason/reply": words("an answer not read yet", "une réponse pas encore lue"),
    "decide/reason/insolvency": words("an insolvency", "une procédure collective"),
    # -- what the shipped rules hold for; an operator's own reason is shown as he wrote it
    "decide/reason/handed_over": words("it is handed over", "le dossier est transmis"),
    "decide/reason/deceased": words("the debtor has died", "le débiteur est décédé"),
    "decide/reason/time_barred": words("the claim is time-barred", "la créance est prescrite"),
    "decide/reason/nearly_time_barred": words(
        "the claim is time-barred soon", "la créance sera bientôt prescrite"
    ),
    "decide/reason/invoice_refused": words("the invoice was refused", "la facture a été refusée"),
    "decide/reason/invoice_suspended": words(
        "the invoice is suspended, a document is missing",
        "la facture est suspendue, il manque une pièce",
    ),
    "decide/reason/small_balance": words("the balance is too small", "le solde est trop petit"),
    "decide/reason/no-email": words("no e-mail address", "pas d'adresse e-mail"),
    "decide/reason/no-mobile": words("no mobile number", "pas de mobile"),
    "decide/reason/no-phone": words("no telephone number", "pas de téléphone"),
    "decide/reason/no-address": words("no postal address", "pas d'adresse postale"),
    "decide/reason/no-adapter": words("not in service", "hors service"),
    "decide/reason/opted-out": words("he asked not to", "il ne le souhaite pas"),
    "decide/reason/bounced": words("a message came back", "un message est revenu"),
    "decide/reason/same-channel": words("already the main channel", "déjà le canal principal"),
}
