"""What `relance diff` says, and why it cannot compare."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "diff/nothing": error(
        "'{value}' is no file, no folder and no revision of git",
        "« {value} » n'est ni un fichier, ni un dossier, ni une révision de git",
        do=(
            "a revision is written `main`, `HEAD~1` or `v1.0:rules`",
            "une révision s'écrit `main`, `HEAD~1` ou `v1.0:rules`",
        ),
    ),
    "diff/no-path": error(
        "the revision '{revision}' has no '{path}'",
        "la révision « {revision} » n'a pas de « {path} »",
        do=("name it: `{revision}:FOLDER`", "l'indiquer : `{revision}:DOSSIER`"),
    ),
    "diff/no-rules": error(
        "'{value}' holds no rules: no file there ends in .yaml",
        "« {value} » ne contient pas de règles : aucun fichier n'y finit par .yaml",
    ),
    "diff/no-portfolio": error(
        "--portfolio wants a home with cases, and there is none here",
        "--portfolio demande un dossier relance avec des factures, et il n'y en a pas ici",
        do=("name it with --home", "l'indiquer par --home"),
    ),
}

PHRASES = {
    "diff/same": words(
        "{old} and {new} mean the same", "{old} et {new} veulent dire la même chose"
    ),
    "diff/differs": words(
        "{old} → {new}: changed answers {answers}, changed settings {settings}",
        "{old} → {new} : réponses changées {answers}, réglages changés {settings}",
    ),
    "diff/not-proved": words(
        "too large to compare exactly: cases were tried, nothing is proved",
        "trop grand pour une comparaison exacte : des cas ont été essayés, rien n'est prouvé",
    ),
    "diff/faulty": words(
        "compared all the same; mend this before it is used",
        "comparé quand même ; à corriger avant usage",
    ),
    "diff/version": words(
        "{policy}: version {old} → {new}, same meaning",
        "{policy} : version {old} → {new}, même sens",
    ),
    "diff/same-version": words(
        "{policy}: still version {version}, though it means something else",
        "{policy} : toujours version {version}, bien que le sens change",
    ),
    "diff/added": words("{policy}: new policy", "{policy} : nouvelle politique"),
    "diff/removed": words("{policy}: removed", "{policy} : supprimée"),
    "diff/renamed": words("renamed  {old} → {new}", "renommé  {old} → {new}"),
    "diff/before": words("before   {text}", "avant    {text}"),
    "diff/after": words("after    {text}", "après    {text}"),
    "diff/changed": words("changed  {text}", "changé   {text}"),
    "diff/where": words("where    {text}", "quand    {text}"),
    "diff/more": words("         and more of the kind", "         et d'autres semblables"),
    "diff/example": words("example  {text}", "exemple  {text}"),
    "diff/setting": words("setting  {name}: {old} → {new}", "réglage  {name} : {old} → {new}"),
    "diff/vocabulary": words("vocabulary", "vocabulaire"),
    "diff/moves": words("debtors who change policy", "débiteurs qui changent de politique"),
    "diff/no-policy": words("no policy", "aucune politique"),
    "diff/nothing-yet": words("nothing yet", "rien pour l'instant"),
    "diff/unknown-step": words(
        "the case holds: its last step is not on this ladder",
        "le dossier est bloqué : sa dernière étape n'est pas dans cette échelle",
    ),
    "diff/unknown": words(
        "the case holds until somebody looks up “{fact}”",
        "le dossier est bloqué tant que « {fact} » n'est pas renseigné",
    ),
    "diff/field": words("{name} {old} → {new}", "{name} {old} → {new}"),
    "diff/none": words("–", "–"),
    "diff/portfolio": words(
        "Today's plan ({day}): {moved} of {cases} cases get another answer, "
        "{debtors} debtors, {amount}",
        "Plan du jour ({day}) : {moved} dossiers sur {cases} changent de réponse, "
        "{debtors} débiteurs, {amount}",
    ),
    "diff/no-case-moves": words(
        "Today's plan ({day}): none of {cases} cases gets another answer",
        "Plan du jour ({day}) : aucun des {cases} dossiers ne change de réponse",
    ),
    "diff/later": words(
        "{count} more wait until another day", "{count} autres attendent jusqu'à un autre jour"
    ),
    "diff/no-plan": words(
        "today's plans were not compared", "les plans du jour n'ont pas été comparés"
    ),
    "diff/more-rows": words("and {count} more rows", "et {count} lignes de plus"),
    "diff/first": words("the {count} largest of them", "les {count} plus importants"),
    "diff/heading/policy": words("policy", "politique"),
    "diff/heading/before": words("before", "avant"),
    "diff/heading/after": words("after", "après"),
    "diff/heading/where": words("where", "quand"),
    "diff/heading/setting": words("setting", "réglage"),
    "diff/heading/cases": words("cases", "dossiers"),
    "diff/heading/debtors": words("debtors", "débiteurs"),
    "diff/heading/amount": words("amount", "montant"),
    "diff/heading/channel": words("channel", "canal"),
    "diff/heading/cost": words("cost", "coût"),
    "diff/heading/case": words("case", "dossier"),
    "diff/heading/debtor": words("debtor", "débiteur"),
    "diff/samples": words(
        "Cases to paste into a test of {policy}", "Cas à coller dans un test de {policy}"
    ),
}
