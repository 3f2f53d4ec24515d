"""What can be wrong with a home, a run or the use of a command."""

from dispatcher.problems.kind import error


PROBLEMS = {
    "home/none": error(
        "no config.yaml in {folder}",
        "pas de config.yaml dans {folder}",
        do=(
            "name the home with --home or RELANCE_HOME, or lay one down: relance init DIR",
            "indiquer la maison par --home ou RELANCE_HOME, ou en créer une : relance init DOSSIER",
        ),
    ),
    "home/exists": error(
        "{folder} holds a home already; nothing was written",
        "{folder} contient déjà une maison ; rien n'a été écrit",
    ),
    "home/file": error("{path}: {why}", "{path} : {why}"),
    "home/no-rules": error(
        "no rules in {folder}",
        "aucune règle dans {folder}",
        do=("relance init lays down the shipped ones", "relance init pose celles fournies"),
    ),
    "home/no-sources": error(
        "config.yaml names no sources: nothing can come in",
        "config.yaml ne nomme aucune source : rien ne peut entrer",
    ),
    "run/busy": error(
        "another run is at work in this home; nothing was done",
        "un autre passage est en cours dans cette maison ; rien n'a été fait",
    ),
    "run/schema": error(
        "there is no schema of '{value}'; allowed: {allowed}",
        "il n'y a pas de schéma pour « {value} » ; permis : {allowed}",
    ),
    "run/date": error(
        "'{value}' is not a day; write YYYY-MM-DD",
        "« {value} » n'est pas un jour ; écrire AAAA-MM-JJ",
    ),
    "run/date-in-production": error(
        "--date {value} is for the sandbox; in production the day is today",
        "--date {value} est pour le bac à sable ; en production le jour est aujourd'hui",
    ),
    "run/safety": error(
        "policy {policy} would contact {contacted} of {overdue} debtors today, {share} %; "
        "{limit} % is allowed. Nothing has left",
        "la politique {policy} contacterait {contacted} débiteurs sur {overdue} aujourd'hui, "
        "{share} % ; {limit} % sont permis. Rien n'est parti",
        do=(
            "look at the plan, then accept exactly this one: relance run --confirm {digest}",
            "regarder le plan, puis accepter exactement celui-ci : relance run --confirm {digest}",
        ),
    ),
    "policy/step-in-use": error(
        "{policy} has no step {step} any more, but {count} cases stand on it",
        "{policy} n'a plus d'étape {step}, mais {count} dossiers s'y trouvent",
        do=(
            "keep the step, or name it under was: of the step that takes its place",
            "gardez l'étape, ou nommez-la sous was: dans celle qui la remplace",
        ),
    ),
    "run/other-plan": error(
        "the plan is {digest}, not {confirmed}: it has changed since it was shown",
        "le plan est {digest}, pas {confirmed} : il a changé depuis qu'il a été montré",
    ),
    "run/stale": error(
        "source {source} is of {as_of}, more than {limit} business day(s) before {today}",
        "la source {source} date du {as_of}, plus de {limit} jour(s) ouvré(s) avant le {today}",
        do=(
            "bring a newer file, or take it as it is: --accept {source}",
            "apporter un fichier plus récent, ou le prendre tel quel : --accept {source}",
        ),
    ),
    "run/future": error(
        "source {source} is of {as_of}, after today ({today})",
        "la source {source} est datée du {as_of}, après aujourd'hui ({today})",
        do=(
            "look at its dates, or take it as it is: --accept {source}",
            "vérifier ses dates, ou la prendre telle quelle : --accept {source}",
        ),
    ),
    "run/shrunken": error(
        "source {source} names {count} open items, the book has {known}: rows may be missing, and "
        "what is missing counts as paid",
        "la source {source} nomme {count} échéances ouvertes, le livre en a {known} : des lignes "
        "manquent peut-être, et ce qui manque compte comme payé",
        do=(
            "look at the export, or take it as it is: --accept {source}",
            "vérifier l'export, ou le prendre tel quel : --accept {source}",
        ),
    ),
    "run/no-source": error(
        "no source is called '{value}'; sources: {allowed}",
        "aucune source ne s'appelle « {value} » ; sources : {allowed}",
    ),
    "run/no-case": error(
        "no open case is called '{value}'",
        "aucun dossier ouvert ne s'appelle « {value} »",
        do=(
            "write the invoice number, with /TERM for a term after the first",
            "écrire le numéro de facture, avec /TERME pour une échéance après la première",
        ),
    ),
    "run/no-task": error(
        "no open call has the number {value}",
        "aucun appel ouvert ne porte le numéro {value}",
    ),
    "run/outcome": error(
        "'{value}' is not an outcome; allowed: {allowed}",
        "« {value} » n'est pas un résultat ; permis : {allowed}",
    ),
}
