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
    "check/faults": words("{count} problem(s)", "{count} problème(s)"),
    # -- what came in
    "came/title": words("{source}: {rows} rows of {as_of}", "{source} : {rows} lignes du {as_of}"),
    "came/counts": words("  {counts}", "  {counts}"),
    "came/more": words("  ... and {count} more", "  ... et {count} autres"),
    "came/alike": words(
        "  ... and {count} more remarks like it [{code}]",
        "  ... et {count} autres remarques semblables [{code}]",
    ),
    "came/unknown": words(
        "{count} case(s) hold only because a fact is unknown: {fact}",
        "{count} dossier(s) bloqué(s) seulement parce qu'une information manque : {fact}",
    ),
    "row/taken": words("taken", "prises"),
    "row/remark": words("taken with a remark", "prises avec remarque"),
    "row/refused": words("refused", "refusées"),
    "row/settled": words("settled", "soldées"),
    "row/future": words("not issued yet", "pas encore émises"),
    "row/duplicate": words("repeated", "répétées"),
    # -- the plan
    "plan/title": words(
        "Plan of {day}: {cases} open cases, {contacts} contacts, {tasks} tasks",
        "Plan du {day} : {cases} dossiers ouverts, {contacts} contacts, {tasks} tâches",
    ),
    "plan/digest": words("digest {digest}", "empreinte {digest}"),
    "plan/exceeded": words(
        "{policy} would contact {share} % of its debtors, {limit} % allowed: a run will ask for "
        "--confirm {digest}",
        "{policy} contacterait {share} % de ses débiteurs, {limit} % permis : un passage demandera "
        "--confirm {digest}",
    ),
    "plan/answer": words("answer", "réponse"),
    "plan/policy": words("policy", "politique"),
    "plan/rule": words("rule", "règle"),
    "plan/channel": words("channel", "canal"),
    "plan/reason": words("reason", "raison"),
    "plan/until": words("until", "jusqu'au"),
    "plan/cases": words("cases", "dossiers"),
    "plan/debtors": words("debtors", "débiteurs"),
    "plan/amount": words("amount", "montant"),
    "action/contact": words("contact", "contact"),
    "action/task": words("task", "tâche"),
    "action/hand_over": words("hand over", "transmission"),
    "action/under way": words("under way", "en cours"),
    "action/wait": words("wait", "attente"),
    "action/hold": words("hold", "bloqué"),
    "action/nothing yet": words("nothing yet", "rien encore"),
    # -- a run
    "run/planned": words(
        "run {run}: {contacts} contacts planned, {written} written, {tasks} tasks",
        "passage {run} : {contacts} contacts prévus, {written} écrits, {tasks} tâches",
    ),
    "run/unrendered": words(
        "{debtor}: {rule} set aside, its message could not be written",
        "{debtor} : {rule} mis de côté, son message n'a pas pu être écrit",
    ),
    "run/recovered": words(
        "settled of an interrupted run: {counts}", "réglé d'un passage interrompu : {counts}"
    ),
    "run/sent": words("{channel}: {counts}", "{channel} : {counts}"),
    "run/nothing": words("nothing was due", "rien n'était à envoyer"),
    "run/ended": words("{channel} ended early: {why}", "{channel} arrêté plus tôt : {why}"),
    "outcome/accepted": words("{count} accepted", "{count} acceptés"),
    "outcome/rejected": words("{count} rejected", "{count} refusés"),
    "outcome/not_accepted": words("{count} to try again", "{count} à réessayer"),
    "outcome/unknown": words("{count} unknown", "{count} au sort inconnu"),
    "outcome/planned": words("{count} put back", "{count} remis en attente"),
    "progress/take-in": words("taking in", "lecture"),
    "progress/freeze": words("writing", "rédaction"),
    "progress/send": words("sending", "envoi"),
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
    "tasks/visit": words("visit", "visiter"),
    "task/done": words("{number}: {state}", "{number} : {state}"),
    "state/sent": words("the step is done", "l'étape est faite"),
    "state/accepted": words("to be tried again", "à réessayer"),
    "state/failed": words(
        "nobody can be reached this way; the next plan takes the next channel",
        "injoignable ainsi ; le prochain plan prend le canal suivant",
    ),
    "state/done": words("done", "faite"),
    # -- history
    "history/none": words("nothing has happened yet", "rien ne s'est encore passé"),
    "history/at": words("when", "quand"),
    "history/what": words("what", "quoi"),
    "history/detail": words("detail", "détail"),
    "happened/event": words("event", "événement"),
    "happened/frozen": words("written", "rédigé"),
    "happened/attempt": words("attempt", "tentative"),
    "happened/state": words("state", "état"),
    "audit/whole": words(
        "the trail is whole: {records} records; head {seq} {hash}",
        "la piste est entière : {records} enregistrements ; tête {seq} {hash}",
    ),
    "audit/fault": words(
        "the trail holds for {records} records, then no more",
        "la piste tient pour {records} enregistrements, puis plus",
    ),
    # -- doctor
    "doctor/good": words("good   {what}", "bon      {what}"),
    "doctor/bad": words("WRONG  {what}", "FAUX     {what}"),
    "doctor/note": words("note   {what}", "note     {what}"),
    "doctor/python": words("Python {version}", "Python {version}"),
    "doctor/sqlite": words("SQLite {version}", "SQLite {version}"),
    "doctor/package": words("the package channels is ours", "le paquet channels est le nôtre"),
    "doctor/foreign": words(
        "the package channels was overwritten by another distribution; install relance into an "
        "environment of its own",
        "le paquet channels a été écrasé par une autre distribution ; installer relance dans un "
        "environnement à part",
    ),
    "doctor/shipped": words(
        "shipped rules and templates in {folder}", "règles et modèles fournis dans {folder}"
    ),
    "doctor/missing": words("{folder} lacks {name}", "{name} manque dans {folder}"),
    "doctor/no-home": words(
        "no home here: relance init DIR", "pas de maison ici : relance init DOSSIER"
    ),
    "doctor/home": words("home {folder}, {environment}", "maison {folder}, {environment}"),
    "doctor/faults": words(
        "{count} error(s) in what operators wrote: relance check",
        "{count} erreur(s) dans ce qui est écrit : relance check",
    ),
    "doctor/writings": words(
        "configuration, rules and templates can be used",
        "configuration, règles et modèles utilisables",
    ),
    "doctor/channel": words("channel {name} ({adapter})", "canal {name} ({adapter})"),
    "doctor/bad-channel": words("channel {name}: {why}", "canal {name} : {why}"),
    "doctor/source": words("source {name}: {file}", "source {name} : {file}"),
    "doctor/no-file": words("source {name}: {file} is not there", "source {name} : {file} absent"),
    "doctor/store": words("store {path}", "base {path}"),
    "doctor/no-store": words(
        "no store yet: relance run makes it", "pas encore de base : relance run la crée"
    ),
    "doctor/open-to-others": words(
        "{path} can be read by others: chmod 600", "{path} est lisible par d'autres : chmod 600"
    ),
    # -- demo
    "demo/start": words(
        "A morning, {day}: a sample portfolio in {folder}",
        "Une matinée, le {day} : un portefeuille d'exemple dans {folder}",
    ),
    "demo/step": words("\n== {title} ({command})", "\n== {title} ({command})"),
    "demo/plan": words("The plan", "Le plan"),
    "demo/run": words("The run", "Le passage"),
    "demo/stopped": words(
        "Safety stopped the run: so large a share of debtors wants a person's word. We give it.",
        "La sécurité a arrêté le passage : une telle part des débiteurs demande l'accord d'une "
        "personne. Nous le donnons.",
    ),
    "demo/again": words("The same run again", "Le même passage encore"),
    "demo/tasks": words("What people have to do", "Ce que les personnes ont à faire"),
    "demo/message": words("One message", "Un message"),
    "demo/explain": words("One case explained", "Un dossier expliqué"),
    "demo/trail": words("The trail", "La piste"),
    "demo/files": words(
        "\nMessages: {sinks}\nAnswers of every case: {answers}\nRules to change: {rules}",
        "\nMessages : {sinks}\nRéponses de chaque dossier : {answers}\nRègles à modifier : {rules}",
    ),
}
