"""What is wrong with policies and their vocabulary."""

from dispatcher.problems.kind import error, warning


_VALUES = (
    "write 30+, under 500, 150 to under 5000, 4 to 8, a value, a list, not x, neither x nor y",
    (
        "écrivez 30+, under 500, 150 to under 5000, 4 to 8, une valeur, une liste, not x, "
        "neither x nor y"
    ),
)

_FORM = {
    "policy/needs-value": error(
        "a single value is wanted here, not a list or keys with values",
        "il faut ici une seule valeur, ni liste ni clés avec des valeurs",
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
        "keys with values are wanted here, not a list or a single value",
        "il faut ici des clés avec leurs valeurs, ni liste ni valeur seule",
        do=("write {{key: value}}", "écrivez {{clé: valeur}}"),
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
        "'{text}' is not a name",
        "« {text} » n'est pas un nom",
        do=(
            "use small letters without accents, digits, '-' and '_', at most 64",
            "employez des minuscules sans accent, des chiffres, « - » et « _ », 64 au plus",
        ),
    ),
    "policy/reserved-name": error(
        "'{name}' has a meaning of its own in the language and cannot be a name",
        "« {name} » a déjà un sens dans le langage et ne peut pas être un nom",
        do=("choose another name", "choisissez un autre nom"),
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
        "this program reads version 1 of the rules language, not '{text}'",
        "ce programme lit la version 1 du langage des règles, pas « {text} »",
        do=(
            "write language: 1; a file of a newer language needs a newer relance",
            "écrivez language: 1 ; un fichier plus récent demande un relance plus récent",
        ),
    ),
    "policy/currency": error(
        "'{text}' is not a currency that amounts can be written in",
        "« {text} » n'est pas une devise dans laquelle écrire des montants",
        do=(
            "write the ISO 4217 code of a currency with cents, in capitals: EUR",
            "écrivez en capitales le code ISO 4217 d'une devise à centimes : EUR",
        ),
    ),
}

_VALUE = {
    "policy/unknown-fact": error(
        "there is no fact '{name}' in the vocabulary; there are: {allowed}",
        "il n'y a pas de fait « {name} » dans le vocabulaire ; il y a : {allowed}",
    ),
    "policy/decimal-comma": error(
        "a comma begins a new fact here, and '{text}' is none",
        "une virgule commence ici une nouvelle information, et « {text} » n'en est pas une",
        do=(
            "write amounts with a point: 1500.50",
            "écrivez les montants avec un point : 1500.50",
        ),
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
        "no value of {fact} lies in this range",
        "aucune valeur de {fact} ne se trouve dans cet intervalle",
        do=(
            "write the smaller number first, within the bounds of the vocabulary",
            "écrivez d'abord le plus petit nombre, dans les bornes du vocabulaire",
        ),
    ),
    "policy/not-a-number-fact": error(
        "{fact} is not a number and has no range; possible are: {allowed}",
        "{fact} n'est pas un nombre et n'a pas d'intervalle ; sont possibles : {allowed}",
    ),
    "policy/range-form": error(
        "a range has at_least, at_most or below (one upper end), each with one number",
        "un intervalle a at_least, at_most ou below (une seule borne haute), avec un nombre chacun",
        do=_VALUES,
    ),
    "policy/condition-form": error(
        "this is not a condition",
        "ceci n'est pas une condition",
        do=(
            (
                "write facts, {{days_late: 30+}}; a list of such, [{{...}}, {{...}}]; "
                "a named one, {{is: name}}; or any"
            ),
            (
                "écrivez des faits, {{days_late: 30+}} ; une liste de tels, [{{...}}, {{...}}] ; "
                "une condition nommée, {{is: nom}} ; ou any"
            ),
        ),
    ),
    "policy/empty-condition": error(
        "this condition is empty",
        "cette condition est vide",
        do=("write any for always", "écrivez any pour toujours"),
    ),
    "policy/unknown-condition": error(
        "conditions: names no '{name}'; there are: {allowed}",
        "conditions: ne nomme pas « {name} » ; il y a : {allowed}",
    ),
    "policy/condition-circle": error(
        "the condition '{name}' uses itself: {circle}",
        "la condition « {name} » s'emploie elle-même : {circle}",
        do=("write out one of them", "écrivez l'une d'elles en toutes lettres"),
    ),
    "policy/condition-size": error(
        "the condition '{name}' has more than {limit} parts once all is: are written out",
        "la condition « {name} » a plus de {limit} parties une fois tous les is: développés",
        do=(
            "put one into the other fewer times, or split the rule",
            "emboîtez-les moins de fois, ou partagez la règle",
        ),
    ),
    "policy/not-debtor-fact": error(
        "{fact} is a fact of an invoice; applies_to reads facts of debtors only",
        "{fact} est un fait de la facture ; applies_to ne lit que des faits du débiteur",
        do=(
            "use a fact with of: debtor here, or put {fact} into start: or a when:",
            "employez ici un fait of: debtor, ou mettez {fact} dans start: ou un when:",
        ),
    ),
}

_VOCABULARY = {
    "policy/no-vocabulary": error(
        "there is no vocabulary: none of these files begins with facts: {files}",
        "il n'y a pas de vocabulaire : aucun de ces fichiers ne contient facts: {files}",
        do=(
            "put facts.yaml back; relance init lays one down",
            "remettez facts.yaml ; relance init en pose un",
        ),
    ),
    "policy/two-vocabularies": error(
        "facts: stands in two files",
        "facts: figure dans deux fichiers",
        do=("keep one vocabulary", "gardez un seul vocabulaire"),
    ),
    "policy/fact-key": error(
        "a fact of type {type} has no '{key}'",
        "un fait de type {type} n'a pas de « {key} »",
        do=("take the key out, or change type:", "retirez la clé, ou changez type:"),
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
        "the file is neither a policy nor the vocabulary: it has no policy: and no facts:",
        "le fichier n'est ni une politique ni le vocabulaire : il n'a ni policy: ni facts:",
        do=(
            "begin with language: 1 and policy: name, or move the file out of rules/",
            "commencez par language: 1 et policy: nom, ou sortez le fichier de rules/",
        ),
    ),
    "policy/duplicate-policy": error(
        "a policy '{name}' exists already",
        "une politique « {name} » existe déjà",
        do=("give one of the two another name", "donnez un autre nom à l'une des deux"),
    ),
    "policy/duplicate-id": error(
        "'{name}' stands in this list already",
        "« {name} » figure déjà dans cette liste",
        do=(
            "rename one; to change an entry of the parent write override: {name}",
            "renommez l'un ; pour changer une entrée d'origine écrivez override: {name}",
        ),
    ),
    "policy/unknown-parent": error(
        "there is no policy '{name}' to extend; there are: {allowed}",
        "il n'y a pas de politique « {name} » à étendre ; il y a : {allowed}",
    ),
    "policy/extends-circle": error(
        "policies extend each other in a circle: {circle}",
        "des politiques s'étendent en cercle : {circle}",
        do=("take extends: out of one of them", "retirez extends: de l'une d'elles"),
    ),
    "policy/unknown-id": error(
        "there is no '{name}' in the parent's list; there are: {allowed}",
        "il n'y a pas de « {name} » dans la liste d'origine ; il y a : {allowed}",
    ),
    "policy/remove-only": error(
        "remove stands alone; '{key}' would be lost",
        "remove est seul ; « {key} » serait perdu",
        do=("to change the entry write override:", "pour changer l'entrée écrivez override:"),
    ),
    "policy/from-later": error(
        "the step {step} cannot follow '{name}', which does not stand before it",
        "l'étape {step} ne peut pas suivre « {name} », qui n'est pas avant elle",
        do=("move the step below it, or correct from:", "placez-la après, ou corrigez from:"),
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
        "this says nothing that can be done here; a rule has one of: {allowed}",
        "ceci ne dit rien que l'on puisse faire ici ; une règle a l'une de ces clés : {allowed}",
    ),
    "policy/needs-due-in": error(
        "people need to know by when: due_in is missing",
        "il manque due_in : les personnes doivent savoir sous quel délai",
        do=("add due_in: 3 business days", "ajoutez due_in: 3 business days"),
    ),
    "policy/cap-form": error(
        "a cap counts one thing per span: {{contacts: 4, per: 30 days}}",
        "un plafond compte une chose par durée : {{contacts: 4, per: 30 days}}",
    ),
    "policy/hand-over-stop": error(
        "a debtor who is handed over must not be reminded any more: no stop holds on handed_over",
        "un débiteur transmis à un tiers ne doit plus être relancé : aucun arrêt n'est prévu "
        "pour handed_over",
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
        do=("name each once", "nommez chacun une fois"),
    ),
    "policy/channel-not-set-up": warning(
        "the channel '{name}' is not set up here and will be passed over",
        "le canal « {name} » n'est pas configuré ici et sera sauté",
        do=(
            "set it up under channels: of the configuration",
            "configurez-le sous channels: de la configuration",
        ),
    ),
    "policy/unknown-template": error(
        "there is no template '{name}'; there are: {allowed}",
        "il n'y a pas de modèle « {name} » ; il y a : {allowed}",
    ),
    "policy/template-words": error(
        "the template '{name}' has no words for: {channels}",
        "le modèle « {name} » n'a pas de texte pour : {channels}",
        do=(
            "write its words for this channel, or take the channel out",
            "rédigez son texte pour ce canal, ou retirez le canal",
        ),
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
        "tasks: of the configuration names no '{name}'; there are: {allowed}",
        "tasks: de la configuration ne nomme pas « {name} » ; il y a : {allowed}",
    ),
    "policy/unknown-offer": error(
        "offers: of the configuration names no '{name}'; there are: {allowed}",
        "offers: de la configuration ne nomme pas « {name} » ; il y a : {allowed}",
    ),
    "policy/unknown-role": error(
        "people: of the configuration names no '{name}'; there are: {allowed}",
        "people: de la configuration ne nomme pas « {name} » ; il y a : {allowed}",
    ),
}

_PROOFS = {
    "policy/none-active": warning(
        "no policy has applies_to: nobody will be contacted",
        "aucune politique n'a de applies_to : personne ne sera contacté",
        do=(
            "write applies_to: any in the policy that is for everyone",
            "écrivez applies_to: any dans la politique qui vaut pour tous",
        ),
    ),
    "policy/unknown-default": error(
        "default_policy: of the configuration names no policy '{name}'; there are: {allowed}",
        "default_policy: de la configuration nomme « {name} », qui n'existe pas ; il y a : "
        "{allowed}",
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
            (
                "ajoutez une politique, ou default_policy: dans la configuration ; sinon ses "
                "dossiers restent bloqués"
            ),
        ),
    ),
    "policy/incomplete": error(
        "no choice of the step {step} ever fits this case, however long one waits: {sample}",
        "aucun choix de l'étape {step} ne convient jamais à ce dossier, même en attendant : "
        "{sample}",
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
        "{name} combines too many facts to be proved complete",
        "{name} combine trop de faits pour être prouvée complète",
        do=("use fewer facts in one place", "employez moins de faits au même endroit"),
    ),
}

_TESTS = {
    "policy/unknown-policy": error(
        "there is no policy '{name}'; there are: {allowed}",
        "il n'y a pas de politique « {name} » ; il y a : {allowed}",
    ),
    "policy/unknown-rule": error(
        "no rule of the policy is called '{name}'; there are: {allowed}",
        "aucune règle de la politique ne s'appelle « {name} » ; il y a : {allowed}",
        do=("step/* is every rule of a step", "étape/* désigne toutes les règles d'une étape"),
    ),
    "policy/unknown-column": error(
        "'{name}' is neither a fact nor something that a test expects; possible are: {allowed}",
        "« {name} » n'est ni un fait ni une attente d'un test ; sont possibles : {allowed}",
    ),
    "policy/date": error(
        "'{text}' is not a date",
        "« {text} » n'est pas une date",
        do=("write year, month, day: 2026-06-03", "écrivez année, mois, jour : 2026-06-03"),
    ),
    "policy/day": error(
        "'{text}' is not a day",
        "« {text} » n'est pas un jour",
        do=(
            "write a date, 2026-06-03, or 'day 14' counted from the timeline's from",
            "écrivez une date, 2026-06-03, ou « day 14 » compté depuis from",
        ),
    ),
    "policy/case-value": error(
        "a case has one value for {fact}, not a condition",
        "un dossier a une seule valeur pour {fact}, pas une condition",
        do=("write the value itself, or unknown", "écrivez la valeur même, ou unknown"),
    ),
    "policy/test-form": error(
        "a test has expect, or columns and rows",
        "un test a expect, ou columns et rows",
        do=(
            "say what the case must answer: expect: {{action: hold}}",
            "dites ce que le dossier doit répondre : expect: {{action: hold}}",
        ),
    ),
    "policy/row-length": error(
        "the table has {wanted} columns and this row {found}",
        "le tableau a {wanted} colonnes et cette ligne {found}",
    ),
    "policy/moment-form": error(
        "a day of a timeline has an event, an expect, or both",
        "un jour d'une chronologie a un event, un expect, ou les deux",
    ),
    "policy/invariant-form": error(
        "an invariant says either never or always",
        "un invariant dit soit never, soit always",
    ),
    "policy/schema-disagrees": warning(
        "the reader takes this file and its schema does not, at {path}: {why}",
        "le lecteur accepte ce fichier et son schéma le refuse, à {path} : {why}",
        do=(
            "the file is right and relance is wrong: please report this line to its makers",
            "le fichier est juste et relance se trompe : merci de signaler cette ligne",
        ),
    ),
}

PROBLEMS = {**_FORM, **_VALUE, **_VOCABULARY, **_STRUCTURE, **_NAMES, **_PROOFS, **_TESTS}
