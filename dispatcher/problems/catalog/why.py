"""What is said about a rule that does not answer: how near it is, and what it would take."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "why/no-rule": error(
        "no rule, step or channel of the policies is called '{value}'; steps: {allowed}",
        "aucune règle, étape ou canal des politiques ne s'appelle « {value} » ; étapes : {allowed}",
        do=(
            "`relance show {policy}` names every rule in brackets",
            "`relance show {policy}` nomme chaque règle entre crochets",
        ),
    ),
    "why/past": error(
        "--why-not asks about today or a day to come, not about {day}",
        "--why-not porte sur aujourd'hui ou un jour à venir, pas sur le {day}",
        do=(
            "without --why-not, the answer of that day is explained",
            "sans --why-not, la réponse de ce jour-là est expliquée",
        ),
    ),
    "why/too-large": error(
        "the policy {policy} is too large to look at every case",
        "la politique {policy} est trop grande pour examiner tous les dossiers",
    ),
}

PHRASES = {
    "why/answers": words("{rule} does answer today.", "{rule} répond bien aujourd'hui."),
    "why/only-limits": words(
        "The rules say {rule} today; it only has to wait, as said above.",
        "Les règles disent bien {rule} aujourd'hui ; il faut seulement attendre, voir ci-dessus.",
    ),
    "why/besides": words(
        "Whatever the rules say, this has to end first: {reason}.",
        "Quoi que disent les règles, ceci doit d'abord prendre fin : {reason}.",
    ),
    "why/under-way": words("what is under way already", "ce qui est déjà en cours"),
    "why/never": words(
        "Whatever changes, {rule} does not answer a case of this policy: "
        "a rule before it always does.",
        "Quoi qu'il change, {rule} ne répond à aucun dossier de cette politique : "
        "une règle placée avant répond toujours.",
    ),
    "why/in-days": words(
        "{rule} would answer in {span}, on {day}, if nothing happens until then:",
        "{rule} répondrait dans {span}, le {day}, si rien ne se passe d'ici là :",
    ),
    "why/today": words(
        "{rule} would answer today if this were so:",
        "{rule} répondrait aujourd'hui si ceci était vrai :",
    ),
    "why/both": words(
        "{rule} would answer in {span}, on {day}, if this were so from today on:",
        "{rule} répondrait dans {span}, le {day}, si ceci était vrai dès aujourd'hui :",
    ),
    "why/other-policy": words(
        "It is a rule of the policy {policy}; this case is in {own}.",
        "C'est une règle de la politique {policy} ; ce dossier est dans {own}.",
    ),
    "why/grows": words(
        "by itself, day by day: {wanted} (from {now})",
        "tout seul, jour après jour : {wanted} (à partir de {now})",
    ),
    "why/changes": words("{wanted} (now: {now})", "{wanted} (aujourd'hui : {now})"),
    "why/stays": words(
        "{wanted} (now: {now}, and that hardly ever changes)",
        "{wanted} (aujourd'hui : {now}, et cela ne change presque jamais)",
    ),
    "why/restarts": words(
        "The day on which the stop ends, the days since the last step start at 0 again.",
        "Le jour où l'arrêt prend fin, les jours depuis la dernière étape repartent de 0.",
    ),
    "why/goes-back": words(
        "When the stop ends, the case goes on as if {step} had just been done.",
        "Quand l'arrêt prend fin, le dossier reprend comme si {step} venait d'être faite.",
    ),
    "why/by": words("It would go by {channel}.", "Le contact se ferait par {channel}."),
    "why/no-channel": words(
        "No channel of that rule reaches him now.",
        "Aucun canal de cette règle ne l'atteint aujourd'hui.",
    ),
    "why/postponed": words(
        "Limits would then put it off until {day}: {reason}.",
        "Les limites le repousseraient alors au {day} : {reason}.",
    ),
}
