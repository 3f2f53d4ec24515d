"""What can be wrong with a home, a run or the use of a command."""

from dispatcher.problems.kind import error, hint


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
    "home/no-file": error(
        "{path} is not there",
        "{path} n'existe pas",
        do=("put it there, or correct its name", "mettez-le là, ou corrigez son nom"),
    ),
    "home/no-permission": error(
        "this account may not read or write {path}",
        "ce compte n'a pas le droit de lire ou d'écrire {path}",
        do=("give it the right, or choose another place", "donnez-le-lui, ou changez de lieu"),
    ),
    "home/is-folder": error(
        "{path} is a folder; a file is wanted here",
        "{path} est un dossier ; il faut ici un fichier",
        do=("rename the folder or move it away", "renommez ou déplacez ce dossier"),
    ),
    "home/no-folder": error(
        "a folder is wanted at {path}, and something else is in the way",
        "il faut un dossier à {path}, et autre chose occupe la place",
        do=("move away what is in the way", "déplacez ce qui occupe la place"),
    ),
    "home/no-room": error(
        "no room is left for {path}",
        "il n'y a plus de place pour {path}",
        do=("free some room and run again", "libérez de la place et relancez"),
    ),
    "home/link": error(
        "this is a link to {target}; links to folders, or out of this one, are not read",
        "c'est un lien vers {target} ; les liens vers des dossiers, ou hors de celui-ci, ne sont "
        "pas lus",
        do=("put the file itself here", "mettez ici le fichier lui-même"),
    ),
    "run/changing": error(
        "{path} was being written while it was read; nothing was taken in",
        "{path} était en cours d'écriture pendant sa lecture ; rien n'a été pris",
        do=("wait for the export to end and run again", "attendez la fin de l'export et relancez"),
    ),
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
        do=(
            "look at the plan again; --date of the plan belongs to its confirmation too",
            "regarder de nouveau le plan ; le --date du plan se donne aussi en le confirmant",
        ),
    ),
    "run/stale": error(
        "source {source} is of {as_of}, more than {limit} business day{limit:|s} before {today}",
        "la source {source} date du {as_of}, plus de {limit} jour{limit:|s} ouvré{limit:|s} "
        "avant le {today}",
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
    "run/language": hint(
        "{count} debtor{count:|s} of source {source} speak{count:s|} {language}, in which no "
        "template is written: "
        "their messages will be held",
        "{count} débiteur{count:|s} de la source {source} {count:a|ont} la langue {language}, "
        "dans laquelle aucun "
        "modèle n'est écrit : leurs messages seront retenus",
        do=(
            "write templates/{language}, or translate it to fr under values of this column",
            "écrivez templates/{language}, ou traduisez-la en fr sous values de cette colonne",
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
