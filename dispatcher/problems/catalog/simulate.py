"""What `relance simulate` and `relance replay` say, and what is wrong with what they are asked."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "simulate/no-assumption": error(
        "there is no assumption '{value}'",
        "il n'y a pas d'hypothèse « {value} »",
        do=(
            "write none, history, or the name of a file",
            "écrire none, history, ou le nom d'un fichier",
        ),
    ),
    "simulate/no-step": error(
        "no active policy has the step '{name}'",
        "aucune politique active n'a l'étape « {name} »",
        do=("steps: {allowed}", "étapes : {allowed}"),
    ),
    "simulate/no-cases": error(
        "nothing is open: there is nothing to simulate",
        "rien n'est ouvert : il n'y a rien à simuler",
        do=(
            "put the files of config.yaml in their place",
            "mettre en place les fichiers du config",
        ),
    ),
    "replay/no-ledger": error(
        "no invoice of the past can be read",
        "aucune facture passée n'a pu être lue",
        do=(
            "a debtor must be described too: by open items or by a source of debtors",
            "un débiteur doit aussi être décrit : par les impayés ou par une source de débiteurs",
        ),
    ),
    "replay/no-source": error(
        "no source '{value}' of config.yaml says when invoices were paid",
        "aucune source « {value} » de config.yaml ne dit quand les factures ont été payées",
        do=(
            "map `settled_on` in a source; these do: {allowed}",
            "associer `settled_on` dans une source ; le font : {allowed}",
        ),
    ),
    "replay/no-heading": error(
        "the ledger has no column '{value}'",
        "le grand livre n'a pas de colonne « {value} »",
    ),
    "replay/disputed": error(
        "'{value}' does not say who is disputed",
        "« {value} » ne dit pas ce qui est contesté",
        do=("write HEADING=VALUE: Disputed=Yes", "écrire TITRE=VALEUR : Litige=Oui"),
    ),
    "replay/no-days": error(
        "from {first} to {last} nothing can be replayed",
        "rien à rejouer du {first} au {last}",
        do=("the ledger has {begin} to {end}", "le grand livre va du {begin} au {end}"),
    ),
}

PHRASES = {
    "progress/simulate": words("days", "jours"),
    # -- the assumption
    "assume/title": words("Assumption", "Hypothèse"),
    "assume/none": words("nobody pays by himself", "personne ne paie de lui-même"),
    "assume/history": words(
        "each debtor pays as late as so far; {late} cases are later than that and stay unpaid",
        "chacun paie aussi tard que jusqu'ici ; {late} dossiers sont déjà plus tardifs et restent "
        "impayés",
    ),
    "assume/real": words(
        "payments are those of the ledger, whatever is sent",
        "les paiements sont ceux du grand livre, quoi qu'on envoie",
    ),
    "assume/after": words(
        "{share} % of cases are paid within {within} days after {step}",
        "{share} % des dossiers sont payés dans les {within} jours après {step}",
    ),
    "assume/promises": words(
        "{kept} % of promises are kept; {made} % of calls bring one",
        "{kept} % des promesses sont tenues ; {made} % des appels en amènent une",
    ),
    "assume/people": words(
        "{reached} % of calls reach somebody; {approved} % of approvals are given the same day",
        "{reached} % des appels aboutissent ; {approved} % des accords sont donnés le jour même",
    ),
    "assume/all-done": words(
        "tasks of steps are done, and hand-overs accepted, on the day they are proposed",
        "les tâches des étapes sont faites, et les remises acceptées, le jour même",
    ),
    "assume/new-none": words("no new invoices", "pas de nouvelles factures"),
    "assume/new-again": words(
        "the invoices of the last month come again every month",
        "les factures du dernier mois reviennent chaque mois",
    ),
    "assume/runs": words(
        "a run on each of {runs} days: {how}", "un passage chacun de ces {runs} jours : {how}"
    ),
    "assume/working": words("every working day", "tous les jours ouvrés"),
    "assume/every-day": words("every day", "tous les jours"),
    "assume/seed": words("seed {seed}", "graine {seed}"),
    "assume/disputed": words(
        "{count} invoices are disputed from their due day until they are paid",
        "{count} factures sont contestées de leur échéance à leur paiement",
    ),
    # -- figures
    "lived/title": words(
        "{start} to {end}: {contacts} contacts with {debtors} debtors, cost {cost}",
        "du {start} au {end} : {contacts} contacts avec {debtors} débiteurs, coût {cost}",
    ),
    "lived/unpriced": words(
        "No price is known for: {channels}.", "Aucun prix connu pour : {channels}."
    ),
    "lived/confirmations": words(
        "Days on which a person would have to confirm the plan first (limits of safety): {count}.",
        "Jours où quelqu'un devrait d'abord confirmer le plan (seuils de sécurité) : {count}.",
    ),
    "lived/hand-overs": words(
        "Hand-overs proposed: {count}.", "Remises à un tiers proposées : {count}."
    ),
    "lived/sent": words("What goes out", "Ce qui part"),
    "lived/weeks": words("Week by week", "Semaine par semaine"),
    "lived/months": words("Month by month", "Mois par mois"),
    "lived/load": words("Work for people", "Travail des équipes"),
    "lived/limits": words("What limits kept back", "Ce que les plafonds ont retenu"),
    "lived/no-limits": words("No limit kept anything back.", "Aucun plafond n'a rien retenu."),
    "lived/pressure": words("Hardest pressed debtors", "Débiteurs les plus sollicités"),
    "lived/stuck": words(
        "What stands still at the end, until somebody does something",
        "Ce qui n'avance plus à la fin, tant que personne n'agit",
    ),
    "lived/not-stuck": words("Nothing stands still at the end.", "Rien n'est bloqué à la fin."),
    "lived/owed": words("Owed by step, at the end of each week", "Dû par étape, en fin de semaine"),
    "lived/owed-months": words(
        "Owed by step, at the end of each month", "Dû par étape, en fin de mois"
    ),
    "lived/policy": words("policy", "politique"),
    "lived/step": words("step", "étape"),
    "lived/channel": words("channel", "canal"),
    "lived/messages": words("messages", "messages"),
    "lived/cases": words("cases", "dossiers"),
    "lived/amount": words("amount", "montant"),
    "lived/cost": words("cost", "coût"),
    "lived/also": words("{channel} (copy)", "{channel} (copie)"),
    "lived/answer": words("{channel} (answer)", "{channel} (réponse)"),
    "lived/week": words("from", "du"),
    "lived/tasks": words("tasks", "tâches"),
    "lived/approvals": words("approvals", "accords"),
    "lived/hand-over": words("hand-overs to decide", "remises à décider"),
    "lived/what": words("what", "quoi"),
    "lived/total": words("in all", "en tout"),
    "lived/most": words("most a day", "au plus par jour"),
    "lived/can": words("can a day", "possible par jour"),
    "lived/full": words("full days", "jours pleins"),
    "lived/gate": words("limit", "plafond"),
    "lived/waits": words("waits", "attentes"),
    "lived/days": words("days", "jours"),
    "lived/longest": words("longest", "la plus longue"),
    "lived/debtor": words("debtor", "débiteur"),
    "lived/contacts": words("contacts", "contacts"),
    "lived/most30": words("most in 30 days", "au plus en 30 jours"),
    "lived/shortest": words("days between two", "jours entre deux"),
    "lived/answer-word": words("answer", "réponse"),
    "lived/reason": words("reason", "raison"),
    "lived/rule": words("rule", "règle"),
    "lived/none-yet": words("no step yet", "aucune étape"),
    # -- replay
    "replay/title": words(
        "{start} to {end}: {invoices} invoices were due, {paid} were paid",
        "du {start} au {end} : {invoices} factures à échéance, {paid} payées",
    ),
    "replay/left-out": words(
        "{count} invoices are left out: nothing else is known of their debtors.",
        "{count} factures laissées de côté : on ne sait rien d'autre de leurs débiteurs.",
    ),
    "replay/compared": words("What would have been sent", "Ce qui aurait été envoyé"),
    "replay/figure": words("figure", "chiffre"),
    "replay/difference": words("difference", "écart"),
    "replay/contacts": words("contacts", "contacts"),
    "replay/debtors": words("debtors contacted", "débiteurs contactés"),
    "replay/cost": words("cost", "coût"),
    "replay/next_day": words(
        "contacts about what was paid by the next working day",
        "contacts sur ce qui a été payé au plus tard le jour ouvré suivant",
    ),
    "replay/silent": words(
        "invoices paid before any contact", "factures payées avant tout contact"
    ),
    "replay/asked": words("invoices asked for", "factures relancées"),
    "replay/notices": words(
        "cases in a first formal notice", "dossiers dans une première mise en demeure"
    ),
    "replay/notice_amount": words(
        "overdue in those formal notices", "dû dans ces mises en demeure"
    ),
    "replay/hand_overs": words("hand-overs proposed", "remises à un tiers proposées"),
    "replay/disputes": words(
        "disputed cases that were claimed (must be 0)",
        "dossiers contestés réclamés (doit être 0)",
    ),
    "replay/days_late": words(
        "days from due day to payment, mean", "jours de l'échéance au paiement, en moyenne"
    ),
    "replay/really_late": words(
        "days from due day to payment, mean, by the ledger",
        "jours de l'échéance au paiement, en moyenne, au grand livre",
    ),
    "replay/median_late": words(
        "days from due day to payment, median", "jours de l'échéance au paiement, médiane"
    ),
}
