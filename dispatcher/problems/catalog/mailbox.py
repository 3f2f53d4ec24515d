"""Mailboxes: what keeps one from being read, and what a reading has found."""

from dispatcher.problems.kind import error, warning, words


_STAYS = (
    "the run goes on; what waits there is read the next time",
    "le passage continue ; ce qui attend sera lu la prochaine fois",
)

PROBLEMS = {
    "event/no-letter": error(
        "no letter of this case is on its way or has arrived",
        "aucune lettre de ce dossier n'est partie",
    ),
    "mailbox/folder": warning(
        "the mailbox {name} cannot be read ({why})",
        "la boîte {name} ne peut pas être lue ({why})",
        do=_STAYS,
    ),
    "mailbox/connection": warning(
        "the server of the mailbox {name} does not answer ({why})",
        "le serveur de la boîte {name} ne répond pas ({why})",
        do=_STAYS,
    ),
    "mailbox/tls": warning(
        "the server of the mailbox {name} does not prove who it is ({why}); nothing was read",
        "le serveur de la boîte {name} ne prouve pas son identité ({why}) ; rien n'a été lu",
        do=(
            "look at host and ca_file of the mailbox",
            "vérifier host et ca_file de la boîte",
        ),
    ),
    "mailbox/login": warning(
        "the mailbox {name} refuses the login ({why})",
        "la boîte {name} refuse la connexion ({why})",
        do=(
            "look at user and password of the mailbox",
            "vérifier user et password de la boîte",
        ),
    ),
    "mailbox/server": warning(
        "the server of the mailbox {name} answered what cannot be used ({why})",
        "le serveur de la boîte {name} a donné une réponse inutilisable ({why})",
        do=_STAYS,
    ),
}

PHRASES = {
    "mail/read": words(
        "mail read: {placed} placed, {kept} kept for a person, {ignored} without effect",
        "courrier lu : {placed} classé{placed:|s}, {kept} à voir par une personne, {ignored} sans "
        "effet",
    ),
    "decide/reason/closed-by-hand": words("a person closed it", "une personne l'a fermé"),
    "explain/closed": words(
        "Channel out: {channel}, since {since}: {why} ({evidence})",
        "Canal exclu : {channel}, depuis le {since} : {why} ({evidence})",
    ),
    "explain/closed-undated": words(
        "Channel out: {channel}: {why} ({evidence})",
        "Canal exclu : {channel} : {why} ({evidence})",
    ),
    "event/channel_closed": words("channel closed", "canal fermé"),
    "event/channel_released": words("channel open again", "canal rouvert"),
    "event/returned": words("letter returned", "lettre retournée"),
}
