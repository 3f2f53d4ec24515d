"""What is wrong with policies and their vocabulary."""

from dispatcher.problems.kind import error, warning


_VALUES = (
    "write 30+, under 500, 150 to under 5000, 4 to 8, a value, a list, not x, neither x nor y",
    "écrivez 30+, under 500, 150 to under 5000, 4 to 8, une valeur, une liste, ou not x",
)

_FORM = {
    "policy/needs-value": error(
        "a single value is wanted here, not a list or a map",
        "il faut ici une seule valeur, ni liste ni ensemble de clés",
    ),
    "policy/needs-list": error(
        "a list is wanted here",
        "il faut ici une liste",
        do=(
            "write [a, b], or lines that begin with '- '",
            "écrivez [a, b], ou des lignes en « - »",
        ),
    ),
    "policy/needs-map": error(
        "keys with values are wanted here (key: value)",
        "il faut ici des clés avec leurs valeurs (clé: valeur)",
    ),
    "policy/empty": error(
        "nothing is written here",
        "rien n'est écrit ici",
        do=("give a value or leave the key out", "donnez une valeur ou retirez la clé"),
    ),
    "policy/unknown-key": error(
        "there is no key '{name}' here; possible are: {allowed}",
        "il n'y a pas de clé « {name} » ici ; sont possibles : {allowed}",
    ),
    "policy/missing-key": error(
        "the key '{key}' is missing",
        "il manque la clé « {key} »",
    ),
    "policy/unknown-word": error(
        "'{name}' is not possible here; possible are: {allowed}",
        "« {name} » n'est pas possible ici ; sont possibles : {allowed}",
    ),
    "policy/name": error(
        "'{text}' is not a name: small letters without accents, digits, '-' and '_'",
        "« {text} » n'est pas un nom : minuscules sans accent, chiffres, « - » et « _ »",
    ),
    "policy/reserved-name": error(
        "'{name}' has a meaning of its own in the language and cannot be a name",
        "« {name} » a déjà un sens dans le langage et ne peut pas être un nom",
    ),
    "policy/count": error(
        "'{text}' is not a whole number from {least} to {most}",
        "« {text} » n'est pas un nombre entier de {least} à {most}",
    ),
    "policy/span": error(
        "'{text}' is not a number of days (at most 3650)",
        "« {text} » n'est pas un nombre de jours (3650 au plus)",
        do=("write '7 days' or '3 business days'", "écrivez « 7 days » ou « 3 business days »"),
    ),
    "policy/civil-days": error(
        "days of the calendar are counted here, not business days",
        "on compte ici des jours de calendrier, pas des jours ouvrés",
        do=("write '7 days'", "écrivez « 7 days »"),
    ),
    "policy/hours": error(
        "'{text}' is not a span of hours",
        "« {text} » n'est pas une plage horaire",
        do=('write "19:00-09:00"', 'écrivez "19:00-09:00"'),
    ),
    "policy/day-of-year": error(
        "'{text}' is not a day of the year",
        "« {text} » n'est pas un jour de l'année",
        do=("write month and day: 12-24", "écrivez le mois et le jour : 12-24"),
    ),
    "policy/percent": error(
        "'{text}' is not a share from 1% to 100%",
        "« {text} » n'est pas une part de 1% à 100%",
        do=("write 40%", "écrivez 40%"),
    ),
    "policy/version": error(
        "'{text}' is not a version",
        "« {text} » n'est pas une version",
        do=("write year, month, number: 2026.05.1", "écrivez année, mois, numéro : 2026.05.1"),
    ),
    "policy/language": error(
        "'{text}' is not a version of the rules language that this program reads (1)",
        "« {text} » n'est pas une version du langage des règles que ce programme lit (1)",
    ),
    "policy/currency": error(
        "'{text}' is not a currency with hundredths",
        "« {text} » n'est pas une devise à centièmes",
        do=("write its ISO 4217 code: EUR", "écrivez son code ISO 4217 : EUR"),
    ),
}

_VALUE = {
    "policy/unknown-fact": error(
        "there is no fact '{name}' in the vocabulary; there are: {allowed}",
        "il n'y a pas de fait « {name} » dans le vocabulaire ; il y a : {allowed}",
    ),
    "policy/unknown-value": error(
        "'{name}' is not a value of {fact}; possible are: {allowed}",
        "« {name} » n'est pas une valeur de {fact} ; sont possibles : {allowed}",
    ),
    "policy/number": error(
        "'{text}' is not a whole number, as {fact} wants",
        "« {text} » n'est pas un nombre entier, comme le veut {fact}",
        do=_VALUES,
    ),
    "policy/amount": error(
        "'{text}' is not an amount, as {fact} wants: 1500 or 1500.00",
        "« {text} » n'est pas un montant, comme le veut {fact} : 1500 ou 1500.00",
        do=_VALUES,
    ),
    "policy/outside": error(
        "{text} lies outside what {fact} can be: {least} to {most}",
        "{text} est hors de ce que peut être {fact} : {least} à {most}",
        do=(
            "correct the value, or the bounds in the vocabulary",
            "corrigez la valeur, ou les bornes dans le vocabulaire",
        ),
    ),
    "policy/empty-range": error(
        "no {fact} lies in this range",
        "aucun {fact} ne se trouve dans cet intervalle",
        do=("write the smaller number first", "écrivez d'abord le plus petit nombre"),
    ),
    "policy/not-a-number-fact": error(
        "{fact} has no more or less; possible are: {allowed}",
        "{fact} n'a ni plus ni moins ; sont possibles : {allowed}",
    ),
    "policy/range-form": error(
        "a range has at_least, at_most or below (one upper end), each with one number",
        "un intervalle a at_least, at_most ou below (une seule borne haute), avec un nombre chacun",
        do=_VALUES,
    ),
    "policy/condition-form": error(
        "a condition is a map of facts, a list of such maps, or any",
        "une condition est un ensemble de faits, une liste de tels ensembles, ou any",
    ),
    "policy/empty-condition": error(
        "an empty condition",
        "une condition vide",
        do=("write any for always", "écrivez any pour toujours"),
    ),
    "policy/unknown-condition": error(
        "there is no condition '{name}' under conditions: {allowed}",
        "il n'y a pas de condition « {name} » sous conditions: {allowed}",
    ),
    "policy/condition-circle": error(
        "the condition '{name}' uses itself: {circle}",
        "la condition « {name} » s'emploie elle-même : {circle}",
    ),
    "policy/condition-size": error(
        "the condition '{name}' has more than {limit} parts once all is: are written out",
        "la condition « {name} » a plus de {limit} parties une fois tous les is: développés",
    ),
    "policy/not-debtor-fact": error(
        "{fact} is a fact of an invoice; applies_to reads facts of debtors only",
        "{fact} est un fait de la facture ; applies_to ne lit que des faits du débiteur",
    ),
}

_VOCABULARY = {
    "policy/no-vocabulary": error(
        "none of the files has facts: ({files})",
        "aucun des fichiers n'a de facts: ({files})",
    ),
    "policy/two-vocabularies": error(
        "facts: stands in two files",
        "facts: figure dans deux fichiers",
        do=("keep one vocabulary", "gardez un seul vocabulaire"),
    ),
    "policy/fact-key": error(
        "a fact of type {type} has no '{key}'",
        "un fait de type {type} n'a pas de « {key} »",
    ),
    "policy/reserved-fact": error(
        "no fact can be called '{name}': the table of cases has a column of that name already",
        "aucun fait ne peut s'appeler « {name} » : la table des dossiers a déjà cette colonne",
        do=("give it another name, e.g. my_{name}", "donnez-lui un autre nom, p. ex. mon_{name}"),
    ),
    "policy/needs-fact": error(
        "steps need the fact {name} in the vocabulary",
        "les étapes demandent le fait {name} dans le vocabulaire",
        do=(
            "add it: last_step: {{of: invoice, from: ledger, type: step}}",
            "ajoutez-le : last_step: {{of: invoice, from: ledger, type: step}}",
        ),
    ),
}

_STRUCTURE = {
    "policy/not-a-policy": error(
        "the file has neither policy: nor facts:",
        "le fichier n'a ni policy: ni facts:",
    ),
    "policy/duplicate-policy": error(
        "a policy '{name}' exists already",
        "une politique « {name} » existe déjà",
    ),
    "policy/duplicate-id": error(
        "the id '{name}' stands in this list already",
        "l'identifiant « {name} » figure déjà dans cette liste",
    ),
    "policy/unknown-parent": error(
        "there is no policy '{name}' to extend; there are: {allowed}",
        "il n'y a pas de politique « {name} » à étendre ; il y a : {allowed}",
    ),
    "policy/extends-circle": error(
        "policies extend each other in a circle: {circle}",
        "des politiques s'étendent en cercle : {circle}",
    ),
    "policy/unknown-id": error(
        "there is no '{name}' in the parent's list; there are: {allowed}",
        "il n'y a pas de « {name} » dans la liste d'origine ; il y a : {allowed}",
    ),
    "policy/remove-only": error(
        "remove stands alone; '{key}' would be lost",
        "remove est seul ; « {key} » serait perdu",
    ),
    "policy/from-later": error(
        "the step {step} cannot follow '{name}', which does not stand before it",
        "l'étape {step} ne peut pas suivre « {name} », qui n'est pas avant elle",
    ),
    "policy/unknown-step": error(
        "there is no step '{name}'; possible are: {allowed}",
        "il n'y a pas d'étape « {name} » ; sont possibles : {allowed}",
    ),
    "policy/unknown-stop": error(
        "there is no stop '{name}'; possible are: {allowed}",
        "il n'y a pas d'arrêt « {name} » ; sont possibles : {allowed}",
    ),
    "policy/then-form": error(
        "what to do is missing; a rule here has one of: {allowed}",
        "il manque ce qu'il faut faire ; une règle a ici l'une de ces clés : {allowed}",
    ),
    "policy/needs-due-in": error(
        "people need to know by when: due_in is missing",
        "il faut dire sous quel délai : due_in manque",
        do=("add due_in: 3 business days", "ajoutez due_in: 3 business days"),
    ),
    "policy/cap-form": error(
        "a cap counts one thing per span: {{contacts: 4, per: 30 days}}",
        "un plafond compte une chose par durée : {{contacts: 4, per: 30 days}}",
    ),
    "policy/hand-over-stop": error(
        "whoever is handed over must be left alone: no stop holds on handed_over",
        "un débiteur transmis doit être laissé en paix : aucun arrêt ne tient sur handed_over",
        do=(
            "add a stop with when: {{handed_over: yes}} and then: {{hold: handed_over}}",
            "ajoutez un arrêt avec when: {{handed_over: yes}} et then: {{hold: handed_over}}",
        ),
    ),
}

_NAMES = {
    "policy/unknown-channel": error(
        "there is no channel '{name}'; there are: {allowed}",
        "il n'y a pas de canal « {name} » ; il y a : {allowed}",
    ),
    "policy/repeated-channel": error(
        "a channel stands twice in this list",
        "un canal figure deux fois dans cette liste",
    ),
    "policy/channel-not-set-up": warning(
        "the channel '{name}' is not set up here: the next one is taken",
        "le canal « {name} » n'est pas configuré ici : le suivant est pris",
        do=("configure it under channels:", "configurez-le sous channels:"),
    ),
    "policy/unknown-template": error(
        "there is no template '{name}'; there are: {allowed}",
        "il n'y a pas de modèle « {name} » ; il y a : {allowed}",
    ),
    "policy/template-words": error(
        "the template '{name}' has no words for: {channels}",
        "le modèle « {name} » n'a pas de texte pour : {channels}",
    ),
    "policy/resend-legal": error(
        "'{name}' has legal effect and is never sent again without proof",
        "« {name} » a un effet juridique et n'est jamais renvoyé sans preuve",
        do=("write on_unknown: hold", "écrivez on_unknown: hold"),
    ),
    "policy/needs-approval": warning(
        "'{name}' has legal effect and nobody approves it",
        "« {name} » a un effet juridique et personne ne l'approuve",
        do=("add needs_approval: [role]", "ajoutez needs_approval: [rôle]"),
    ),
    "policy/unknown-task": error(
        "there is no task '{name}' under tasks: {allowed}",
        "il n'y a pas de tâche « {name} » sous tasks: {allowed}",
    ),
    "policy/unknown-offer": error(
        "there is no offer '{name}' under offers: {allowed}",
        "il n'y a pas d'offre « {name} » sous offers: {allowed}",
    ),
    "policy/unknown-role": error(
        "there is no role '{name}' under people: {allowed}",
        "il n'y a pas de rôle « {name} » sous people: {allowed}",
    ),
}

_PROOFS = {
    "policy/none-active": warning(
        "no policy has applies_to: nobody will be contacted",
        "aucune politique n'a de applies_to : personne ne sera contacté",
    ),
    "policy/overlap": error(
        "{other} and {one} are both for the same debtor: {debtor}",
        "{other} et {one} valent toutes deux pour le même débiteur : {debtor}",
        do=(
            "make one of the two applies_to narrower",
            "resserrez l'un des deux applies_to",
        ),
    ),
    "policy/uncovered": warning(
        "no policy in {currency} is for this debtor: {debtor}",
        "aucune politique en {currency} ne vaut pour ce débiteur : {debtor}",
        do=(
            "add a policy, or default_policy: in the configuration; else his cases hold",
            "ajoutez une politique, ou default_policy: dans la configuration ; sinon tout s'arrête",
        ),
    ),
    "policy/incomplete": error(
        "the step {step} never answers this case, however long one waits: {sample}",
        "l'étape {step} ne répond jamais à ce dossier, si longtemps qu'on attende : {sample}",
        do=("end choose with when: any", "terminez choose par when: any"),
    ),
    "policy/endless-wait": error(
        "{rule} waits for ever on this case: {sample}",
        "{rule} attend sans fin sur ce dossier : {sample}",
        do=(
            "bound it by days, or give it a task: {{wait: reason, task: name, due_in: 5 days}}",
            "bornez-la en jours, ou donnez une tâche : {{wait: motif, task: nom, due_in: 5 days}}",
        ),
    ),
    "policy/too-many-combinations": error(
        "{name} combines too many facts to be checked",
        "{name} combine trop de faits pour être vérifiée",
        do=("use fewer facts in one place", "employez moins de faits au même endroit"),
    ),
}

PROBLEMS = {**_FORM, **_VALUE, **_VOCABULARY, **_STRUCTURE, **_NAMES, **_PROOFS}
