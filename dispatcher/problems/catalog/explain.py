"""What is said about the explanation of another day than today."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "explain/no-run": error(
        "there was no run on {day}; days with a run: {days}",
        "il n'y a pas eu de passage le {day} ; jours avec un passage : {days}",
    ),
    "explain/not-open": error(
        "{value} was not open on {day}: it has no answer of that day",
        "{value} n'était pas ouverte le {day} : elle n'a pas de réponse ce jour-là",
    ),
    "explain/no-facts": error(
        "run {run} did not keep its facts: its answers cannot be explained",
        "le passage {run} n'a pas gardé ses faits : ses réponses ne peuvent pas être expliquées",
    ),
    "explain/no-rules": error(
        "the store does not have the rules of run {run} any more (policy {hash})",
        "la base n'a plus les règles du passage {run} (politique {hash})",
        do=(
            "restore the last backup: the store keeps every policy that a run has used",
            "restaurer la dernière sauvegarde : la base garde toute politique utilisée",
        ),
    ),
}

PHRASES = {
    "explain/past": words(
        "As run {run} answered on {day}, under the rules of that day:",
        "Telle que le passage {run} a répondu le {day}, avec les règles de ce jour-là :",
    ),
    "explain/future": words(
        "What would be on {day}, if nothing happens until then:",
        "Ce qui serait le {day}, si rien ne se passe d'ici là :",
    ),
    "decide/turn/relance": words("leaves by itself", "part tout seul"),
    "decide/turn/carrier": words("on its way", "en chemin"),
    "decide/turn/person": words("anybody of ours", "l'un de nous"),
    "explain/reply": words(
        "What has happened is answered by {channel}: {rule}.",
        "Une réponse part par {channel} : {rule}.",
    ),
    "explain/no-reply": words("Not answered ({event}): {why}.", "Sans réponse ({event}) : {why}."),
    "explain/unsaid-no-more": words("it is not so any more", "ce n'est plus vrai"),
    "explain/unsaid-no-channel": words("no channel reaches him", "aucun canal ne l'atteint"),
    "explain/unsaid-handed_over": words("handed over", "dossier transmis"),
    "explain/unsaid-insolvency": words("insolvency", "procédure collective"),
    "explain/unsaid-deceased": words("deceased", "décès"),
    "explain/unsaid-opted-out": words("he wants no message", "il ne veut plus de message"),
}
