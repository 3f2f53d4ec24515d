"""What stops a run before anything leaves: a person's word, the clock, a day unlike others."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "run/stopped": error(
        "nothing is sent: stopped by {person} since {since} ({reason}); to go on: relance resume",
        "rien ne part : arrêté par {person} depuis le {since} ({reason}) ; "
        "pour reprendre : relance resume",
    ),
    "run/channel-stopped": error(
        "nothing leaves by {channel}: stopped by {person} since {since} ({reason}); "
        "to go on: relance resume --channel {channel}",
        "rien ne part par {channel} : arrêté par {person} depuis le {since} ({reason}) ; "
        "pour reprendre : relance resume --channel {channel}",
    ),
    "stop/reason": error(
        "a stop needs its reason: --reason",
        "un arrêt demande son motif : --reason",
    ),
    "stop/no-channel": error(
        "this home has no channel '{value}'; it has: {allowed}",
        "cette maison n'a pas de canal « {value} » ; elle a : {allowed}",
    ),
    "run/clock-back": error(
        "the clock says {now}, but the book was written at {last}; nothing was done",
        "l'horloge indique {now}, mais le livre a été écrit à {last} ; rien n'a été fait",
        do=(
            "set the clock right; if it is right now: relance run --accept clock",
            "remettre l'horloge à l'heure ; si elle est juste : relance run --accept clock",
        ),
    ),
    "run/clock-ahead": error(
        "by this clock the last run was {days} days ago ({last}); nothing was done",
        "d'après l'horloge, le dernier passage date d'il y a {days} jours ({last}) ; "
        "rien n'a été fait",
        do=(
            "look at the clock; if it is right: relance run --accept clock",
            "vérifier l'horloge ; si elle est juste : relance run --accept clock",
        ),
    ),
    "run/unusual-contacts": error(
        "{today} contacts today; the last {days} days had {mean} on average. Nothing has left",
        "{today} contacts aujourd'hui ; les {days} derniers jours en avaient {mean} en moyenne. "
        "Rien n'est parti",
        do=(
            "look at the plan, then accept exactly this one: relance run --confirm {digest}",
            "regarder le plan, puis accepter exactement celui-ci : relance run --confirm {digest}",
        ),
    ),
    "run/unusual-legal": error(
        "{today} messages with legal effect by {channel} today; the last {days} days had {mean} "
        "on average. Nothing has left",
        "{today} messages à effet juridique par {channel} aujourd'hui ; les {days} derniers jours "
        "en avaient {mean} en moyenne. Rien n'est parti",
        do=(
            "look at the plan, then accept exactly this one: relance run --confirm {digest}",
            "regarder le plan, puis accepter exactement celui-ci : relance run --confirm {digest}",
        ),
    ),
    "run/unusual-cost": error(
        "{today} EUR of messages today; the last {days} days had {mean} EUR on average. "
        "Nothing has left",
        "{today} EUR de messages aujourd'hui ; les {days} derniers jours en avaient {mean} EUR "
        "en moyenne. Rien n'est parti",
        do=(
            "look at the plan, then accept exactly this one: relance run --confirm {digest}",
            "regarder le plan, puis accepter exactement celui-ci : relance run --confirm {digest}",
        ),
    ),
}

PHRASES = {
    "stop/done": words(
        "stopped: nothing leaves any more; to go on: relance resume",
        "arrêté : plus rien ne part ; pour reprendre : relance resume",
    ),
    "stop/done-channel": words(
        "stopped: nothing leaves by {channel} any more; to go on: relance resume --channel "
        "{channel}",
        "arrêté : plus rien ne part par {channel} ; pour reprendre : relance resume --channel "
        "{channel}",
    ),
    "stop/already": words(
        "stopped already, by {person} since {since} ({reason})",
        "déjà arrêté, par {person} depuis le {since} ({reason})",
    ),
    "stop/resumed": words(
        "goes on: what waited leaves with the next send or run",
        "reprise : ce qui attendait part au prochain send ou run",
    ),
    "stop/none": words("nothing was stopped", "rien n'était arrêté"),
    "stop/none-channel": words("{channel} was not stopped", "{channel} n'était pas arrêté"),
    "stop/still": words("still stopped: {names}", "toujours arrêté : {names}"),
    "stop/standing": words(
        "stopped by {person} since {since} ({reason}): nothing is sent",
        "arrêté par {person} depuis le {since} ({reason}) : rien ne part",
    ),
    "stop/standing-channel": words(
        "stopped by {person} since {since} ({reason}): nothing leaves by {channel}",
        "arrêté par {person} depuis le {since} ({reason}) : rien ne part par {channel}",
    ),
    "stop/everything": words("everything", "tout"),
    "stop/untold": words(
        "the book could not be reached ({why}); the next command that can writes it down",
        "le livre n'est pas accessible ({why}) ; la prochaine commande qui peut l'y inscrit",
    ),
    "run/withdrawn": words(
        "{count} message{count:|s} withdrawn before leaving, planned anew when it is time: {why}",
        "{count} message{count:|s} retiré{count:|s} avant l'envoi, à replanifier le moment venu :"
        " {why}",
    ),
    "withdrawn/paid": words("paid", "payé"),
    "withdrawn/nothing yet": words("nothing to say any more", "plus rien à dire"),
    "withdrawn/printed values changed": words(
        "what it says is not true any more", "ce qu'il dit n'est plus vrai"
    ),
    "withdrawn/new-address": words("he has another address", "il a une autre adresse"),
    "withdrawn/main-withdrawn": words(
        "its main message was withdrawn", "son message principal a été retiré"
    ),
    "run/over": words(
        "{count} debtor{count:|s} wait{count:s|} for another day: {reason}",
        "{count} débiteur{count:|s} attend{count:|ent} un autre jour : {reason}",
    ),
    "run/limited": words(
        "{count} message{count:|s} wait{count:s|} until tomorrow: the limit {limit} is reached",
        "{count} message{count:|s} attend{count:|ent} demain : le plafond {limit} est atteint",
    ),
}
