"""What can go wrong with channels and sending."""

from dispatcher.problems.kind import error


PROBLEMS = {
    "deliver/journal": error(
        "the journal {path} cannot be written ({why}); nothing more was sent",
        "le journal {path} ne peut pas être écrit ({why}) ; rien d'autre n'a été envoyé",
        do=(
            "make room on the disk or mend its permissions; the next run settles what is open",
            "libérer de la place ou corriger les droits ; le prochain passage règle ce qui reste",
        ),
    ),
    "deliver/file-missing": error(
        "the file {path} of a message is gone ({why}); the message was not sent",
        "le fichier {path} d'un message a disparu ({why}) ; le message n'est pas parti",
        do=(
            "bring the file back from a copy; nobody else should touch this folder",
            "remettez le fichier depuis une copie ; personne d'autre ne doit toucher à ce dossier",
        ),
    ),
    "deliver/file-changed": error(
        "the file {path} of a message was changed; the message was not sent",
        "le fichier {path} d'un message a été modifié ; le message n'est pas parti",
        do=(
            "bring it back from a copy; find out who writes into this folder",
            "remettez-le depuis une copie ; cherchez qui écrit dans ce dossier",
        ),
    ),
    "deliver/option-missing": error(
        "the channel {channel} needs the setting {option}",
        "le canal {channel} demande le réglage {option}",
    ),
    "deliver/option-unknown": error(
        "the channel {channel} has no setting '{option}'; allowed: {allowed}",
        "le canal {channel} n'a pas de réglage « {option} » ; permis : {allowed}",
    ),
    "deliver/option-value": error(
        "'{value}' cannot stand for {option} of the channel {channel}; allowed: {allowed}",
        "« {value} » ne convient pas pour {option} du canal {channel} ; permis : {allowed}",
    ),
    "deliver/clear-text": error(
        "the channel {channel} would send in clear text to {host}",
        "le canal {channel} enverrait en clair vers {host}",
        do=(
            "write tls: start_tls or tls: tls; none is only for this machine (127.0.0.1)",
            "écrire tls: start_tls ou tls: tls ; none est réservé à cette machine (127.0.0.1)",
        ),
    ),
    "deliver/clear-web": error(
        "the channel {channel} would send in clear text to {host}",
        "le canal {channel} enverrait en clair vers {host}",
        do=(
            "write base_url: https://...; http is only for tests on this machine",
            "écrire base_url: https://... ; http est réservé aux essais sur cette machine",
        ),
    ),
    "deliver/sms-sender": error(
        "the channel {channel} cannot send from '{value}': the operators of France block it",
        "le canal {channel} ne peut pas envoyer depuis « {value} » : les opérateurs le bloquent",
        do=(
            "write a name of 1 to 11 letters and digits with at least one letter, or a short code",
            "écrire un nom de 1 à 11 lettres et chiffres dont une lettre, ou un numéro court",
        ),
    ),
}
