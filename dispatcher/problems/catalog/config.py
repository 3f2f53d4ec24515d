"""What can be wrong with `config.yaml`."""

from dispatcher.problems.kind import error, warning


PROBLEMS = {
    "config/unknown-key": error(
        "unknown setting '{key}' under {section}; allowed: {allowed}",
        "réglage inconnu « {key} » sous {section} ; permis : {allowed}",
    ),
    "config/missing": error(
        "the setting '{key}' is missing under {section}",
        "le réglage « {key} » manque sous {section}",
    ),
    "config/not-text": error("{key} must be a text", "{key} doit être un texte"),
    "config/not-number": error("{key} must be a whole number", "{key} doit être un nombre entier"),
    "config/not-list": error(
        "{key} must be a list of texts", "{key} doit être une liste de textes"
    ),
    "config/not-map": error(
        "{key} must have settings under it", "{key} doit contenir des réglages"
    ),
    "config/not-column": error(
        "{key} must name a heading of the file, or be {{column: ...}} or {{constant: ...}}",
        "{key} doit nommer un titre du fichier, ou être {{column: ...}} ou {{constant: ...}}",
    ),
    "config/value": error(
        "'{value}' cannot stand for {key}; allowed: {allowed}",
        "« {value} » ne convient pas pour {key} ; permis : {allowed}",
    ),
    "config/checkpoints-inside": error(
        "checkpoints: {value} lies in var/, beside the book that it is to prove",
        "checkpoints: {value} est dans var/, à côté du livre qu'il doit prouver",
        do=(
            "name a file on another disk or another machine",
            "indiquez un fichier sur un autre disque ou une autre machine",
        ),
    ),
    "config/unknown-finding": error(
        "check: knows no finding '{name}' that could weigh otherwise",
        "check: ne connaît aucune remarque « {name} » dont le poids puisse changer",
        do=(
            "take the code as check prints it, [prove/...]; errors stay errors",
            "reprenez le code que check affiche, [prove/...] ; une erreur reste une erreur",
        ),
    ),
    "config/timezone": error(
        "'{value}' is no time zone; write a name like Europe/Paris",
        "« {value} » n'est pas un fuseau horaire ; écrire un nom comme Europe/Paris",
    ),
    "config/secret-in-clear": error(
        "{key} stands in clear text",
        "{key} est écrit en clair",
        do=(
            "keep it elsewhere and write env:NAME or file:PATH",
            "le garder ailleurs et écrire env:NOM ou file:CHEMIN",
        ),
    ),
    "config/secret-missing": error(
        "{key} refers to {reference}, which is not there or empty",
        "{key} renvoie à {reference}, qui n'existe pas ou est vide",
        do=(
            "set it where relance is started; a file: readable by its account only",
            "le définir là où relance est lancé ; un fichier : lisible par son seul compte",
        ),
    ),
    "config/secret-open": error(
        "{key} refers to {reference}, which everybody on this machine may read",
        "{key} renvoie à {reference}, que tout le monde peut lire sur cette machine",
        do=(
            "chmod 600 the file, and change the secret",
            "chmod 600 ce fichier, et changer le secret",
        ),
    ),
    "config/clear-mail": error(
        "tls: none is only for this machine, and {host} is not",
        "tls: none n'est permis que pour cette machine, et {host} est ailleurs",
        do=("write tls: start_tls or tls: tls", "écrire tls: start_tls ou tls: tls"),
    ),
    "config/no-adapter": error(
        "no installed adapter is called '{value}'; installed: {allowed}",
        "aucun adaptateur installé ne s'appelle « {value} » ; installés : {allowed}",
    ),
    "config/unknown-role": error(
        "nobody holds the role '{value}'; roles under people: {allowed}",
        "personne ne tient le rôle « {value} » ; rôles sous people : {allowed}",
    ),
    "config/checksum": error(
        "{key} {value} has wrong check digits",
        "la clé de contrôle de {key} {value} est fausse",
    ),
    "config/no-rate": warning(
        "nobody has entered the rates of the half-year {name} ({lacking}): no interest is computed",
        "les taux du semestre {name} ne sont pas saisis ({lacking}) : aucun intérêt n'est calculé",
        do=(
            "write them under rates: in config.yaml, with where they were read",
            "écrivez-les sous rates: dans config.yaml, avec leur source",
        ),
    ),
    "config/penalty-rate": warning(
        "penalty_rate {rate} % is less than three times the legal rate ({floor} % in {name})",
        "penalty_rate {rate} % est inférieur à trois fois le taux légal ({floor} % en {name})",
        do=(
            "raise it, or leave it out: the law's rate then applies",
            "relevez-le, ou retirez-le : le taux de la loi s'applique alors",
        ),
    ),
    "config/no-mediator": warning(
        "no mediator is named, and messages may go to consumers ({policies})",
        "aucun médiateur n'est indiqué, or des messages peuvent aller à des particuliers"
        " ({policies})",
        do=(
            "write mediator: and mediator_url: under creditor: in config.yaml",
            "écrivez mediator: et mediator_url: sous creditor: dans config.yaml",
        ),
    ),
    "config/surcharged-number": warning(
        "the creditor's telephone {value} is surcharged; consumers must not be given it",
        "le téléphone du créancier {value} est surtaxé ; il est interdit pour les particuliers",
        do=("give a number at the price of a call", "donnez un numéro non surtaxé"),
    ),
}
