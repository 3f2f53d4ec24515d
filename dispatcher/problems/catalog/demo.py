"""What the demo says: a morning step by step, a month day by day."""

from dispatcher.problems.kind import words


PHRASES = {
    "sample/written": words("{path}: {rows} row{rows:|s}", "{path} : {rows} ligne{rows:|s}"),
    # -- a morning
    "demo/start": words(
        "A morning at Exemple Services, {day}. The company is invented; nothing leaves this "
        "machine.\nThe home of this demo: {folder}",
        "Un matin chez Exemple Services, le {day}. L'entreprise est inventée ; "
        "rien ne quitte cette "
        "machine.\nLa maison de cette démonstration : {folder}",
    ),
    "demo/step": words("\n== {title} (relance {command})", "\n== {title} (relance {command})"),
    "demo/look": words("\n== {title} ({path})", "\n== {title} ({path})"),
    "demo/come": words("1. The exports of the night come in", "1. Les exports de la nuit arrivent"),
    "demo/come-why": words(
        "Refused rows are named and stay out; the others go on. An earlier "
        "tool had sent reminders: "
        "each case goes on where it stood.",
        "Les lignes refusées sont nommées et écartées ; les autres continuent. "
        "Un ancien outil avait "
        "déjà relancé : chaque dossier reprend où il en était.",
    ),
    "demo/said": words("Known from before: {counts}", "Connus d'avant : {counts}"),
    "demo/said-one": words("{count} x {what}", "{count} x {what}"),
    "demo/plan": words("2. The plan: nothing has left yet", "2. Le plan : rien n'est encore parti"),
    "demo/run": words(
        "3. The run: what is planned leaves", "3. Le passage : ce qui est prévu part"
    ),
    "demo/stopped": words(
        "Safety stopped the run: so large a share of debtors wants a person's word. We give it.",
        "La sécurité a arrêté le passage : une telle part des débiteurs demande l'accord d'une "
        "personne. Nous le donnons.",
    ),
    "demo/again": words(
        "4. The same run again: nobody is written to twice",
        "4. Le même passage encore : personne n'est relancé deux fois",
    ),
    "demo/messages": words(
        "5. Three messages as they left", "5. Trois messages tels qu'ils sont partis"
    ),
    "demo/message": words("\n-- {channel}: {path}", "\n-- {channel} : {path}"),
    "demo/tasks": words("6. What people have to do", "6. Ce que les personnes ont à faire"),
    "demo/more": words("... and {count} more", "... et {count} autre{count:|s}"),
    "demo/held": words("7. What is held, and why", "7. Ce qui est bloqué, et pourquoi"),
    "demo/held-one": words("{count} case{count:|s}: {why}", "{count} dossier{count:|s} : {why}"),
    "demo/trail": words(
        "8. Nothing was changed behind our back", "8. Rien n'a été changé dans notre dos"
    ),
    "demo/files": words(
        "\nWhere everything is\n  exports that came in    {incoming}\n  "
        "messages that left      {sinks}\n"
        "  answers of every case   {answers}\n  rules, yours to change  {rules}",
        "\nOù tout se trouve\n  exports reçus                 {incoming}\n"
        "  messages partis               {sinks}\n  réponses de chaque dossier    {answers}\n"
        "  règles, à modifier librement  {rules}",
    ),
    "demo/next": words(
        "\nThree commands to try next\n  cd {folder}\n  relance explain {case} --date {day}\n"
        "  relance plan --date {tomorrow}   (change a delay in rules/b2b-standard.yaml first)\n"
        "  relance demo --days 30 --dir {other}",
        "\nTrois commandes pour continuer\n  cd {folder}\n  relance explain {case} --date {day}\n"
        "  relance plan --date {tomorrow}   (changer d'abord un délai dans "
        "rules/b2b-standard.yaml)\n"
        "  relance demo --days 30 --dir {other}",
    ),
    # -- a month
    "month/start": words(
        "{days} day{days:|s} of an invented company from {day} on: every line is one "
        "run, with what debtors "
        "and our own people did. Its home: {folder}",
        "{days} jour{days:|s} d'une entreprise inventée à partir du {day} : chaque "
        "ligne est un passage, avec "
        "ce que débiteurs et équipes ont fait. Sa maison : {folder}",
    ),
    "month/day": words(
        "{day}  out: {contacts}  tasks: +{tasks} -{done}  paid: {payments} ({paid})  held: {held}",
        "{day}  envois : {contacts}  tâches : +{tasks} -{done}  payés : "
        "{payments} ({paid})  bloqués : {held}",
    ),
    "month/silent": words("{day}  silent", "{day}  rien"),
    "month/nothing": words("none", "aucun"),
    "month/also": words("            {text}", "            {text}"),
    "month/promise_made": words(
        "{debtor} promises {number} for {day}", "{debtor} promet {number} pour le {day}"
    ),
    "month/dispute_opened": words("{debtor} disputes {number}", "{debtor} conteste {number}"),
    "month/plan_agreed": words(
        "{debtor}: {number} in three instalments from {day}",
        "{debtor} : {number} en trois fois à partir du {day}",
    ),
    "month/reply_received": words(
        "{debtor} wrote back about {number}", "{debtor} a répondu au sujet de {number}"
    ),
    "month/reply_read": words("{debtor}: the reply is read", "{debtor} : la réponse est lue"),
    "month/dispute_settled": words(
        "{debtor}: the dispute is settled", "{debtor} : le litige est réglé"
    ),
    "month/approved": words(
        "formal notice to {debtor} approved", "mise en demeure de {debtor} approuvée"
    ),
    "month/refused": words(
        "notice to {debtor} refused, held until {day}",
        "courrier à {debtor} refusé, bloqué jusqu'au {day}",
    ),
    "month/handed_over": words("{debtor} is handed over", "{debtor} est transmis"),
    "month/kept": words("{debtor} is not handed over yet", "{debtor} n'est pas encore transmis"),
    "month/stopped": words(
        "safety stopped the run; a person looked and confirmed it",
        "la sécurité a arrêté le passage ; une personne a vérifié et confirmé",
    ),
    "month/called/promise": words(
        "call: {debtor} promises for {day}", "appel : {debtor} promet pour le {day}"
    ),
    "month/called/dispute": words("call: {debtor} disputes", "appel : {debtor} conteste"),
    "month/called/paid": words("call: {debtor} says it is paid", "appel : {debtor} dit avoir payé"),
    "month/more": words("and {count} more", "et {count} autre{count:|s}"),
    "month/summary": words(
        "\n{days} day{days:|s}: {payments} payment{payments:|s}, {paid}; out: {contacts}; "
        "answers to what happened: "
        "{answers}; calls and tasks done: {done}",
        "\n{days} jour{days:|s} : {payments} paiement{payments:|s}, {paid} ; envois : {contacts} ; "
        "réponses à ce qui est "
        "arrivé : {answers} ; appels et tâches faits : {done}",
    ),
    "month/overdue": words(
        "overdue {before} on the first day, {after} on the last",
        "échu {before} le premier jour, {after} le dernier",
    ),
}
