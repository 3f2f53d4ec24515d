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
}
