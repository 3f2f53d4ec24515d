"""What can be wrong with the files that go with an e-mail."""

from dispatcher.problems.kind import error, hint, words


PROBLEMS = {
    "mail/no-file": hint(
        "the e-mail leaves without {name}: {why}",
        "l'e-mail part sans {name} : {why}",
    ),
    "mail/file-needed": error(
        "the template {template} needs {name}, and the e-mail stays here: {why}",
        "le modèle {template} exige {name}, et l'e-mail reste ici : {why}",
        do=(
            "put the file there, or take it out of require: of the template",
            "déposer le fichier, ou le retirer de require: dans le modèle",
        ),
    ),
}

#: Why a file does not go with an e-mail.
PHRASES = {
    "file/absent": words("{path} is not there or cannot be read", "{path} manque ou est illisible"),
    "file/unset": words(
        "attachments: invoices: of config.yaml names no folder",
        "attachments: invoices: de config.yaml n'indique aucun dossier",
    ),
    "file/number": words(
        "this invoice number cannot be part of a file's name",
        "ce numéro de facture ne peut pas entrer dans un nom de fichier",
    ),
    "file/not-pdf": words("{path} is no PDF", "{path} n'est pas un PDF"),
    "file/too-big": words(
        "{path} is too big: attachments: max_bytes: is {limit}",
        "{path} est trop lourd : attachments: max_bytes: vaut {limit}",
    ),
}
