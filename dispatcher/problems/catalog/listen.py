"""What `relance listen` says, and why it may refuse."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "listen/public": error(
        "{host} is reached by others, and nothing is encrypted here",
        "{host} est accessible à d'autres, et rien n'est chiffré ici",
        do=(
            "listen on 127.0.0.1 behind a web server with TLS; or say --public",
            "écouter sur 127.0.0.1 derrière un serveur web avec TLS ; ou dire --public",
        ),
    ),
    "listen/nobody": error(
        "no channel has a public_url: nobody reports anything",
        "aucun canal n'a de public_url : personne ne signale rien",
        do=(
            "give the SMS channel its public_url in config.yaml",
            "donner au canal SMS son public_url dans config.yaml",
        ),
    ),
    "listen/unsigned": error(
        "channel {channel} has no auth_token: nothing that it is told could be believed",
        "le canal {channel} n'a pas d'auth_token : rien de ce qu'il reçoit ne serait cru",
        do=(
            "add the account's auth_token to its secrets; the provider signs with it",
            "ajouter l'auth_token du compte à ses secrets ; le prestataire signe avec lui",
        ),
    ),
    "listen/shared": error(
        "channel {channel} has the same path as another one: {path}",
        "le canal {channel} a le même chemin qu'un autre : {path}",
        do=(
            "give each channel a public_url of its own",
            "donner à chaque canal son propre public_url",
        ),
    ),
    "listen/taken": error(
        "{host}, port {port} cannot be had",
        "{host}, port {port} n'est pas disponible",
        do=(
            "is it at work already? else choose another --port",
            "est-ce déjà en marche ? sinon choisir un autre --port",
        ),
    ),
}

PHRASES = {
    "listen/url": words("reached by {url}", "joint par {url}"),
    "listen/ready": words("listening on {host}, port {port}", "à l'écoute sur {host}, port {port}"),
    "listen/heard": words("{channel}: {status} {why}", "{channel} : {status} {why}"),
    "listen/ended": words("ended", "terminé"),
}
