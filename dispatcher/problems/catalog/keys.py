"""The keys with which what is about a debtor is sealed: missing, another store's, not fitting."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "backup/keys-inside": error(
        "the keys must not lie in {folder}: {path}",
        "les clés ne doivent pas être dans {folder} : {path}",
        do=(
            "keep them apart from the home and its backup, best on another medium",
            "les garder à part du dossier et de sa sauvegarde, au mieux sur un autre support",
        ),
    ),
    "store/keys-missing": error(
        "the keys of the store are missing: {path} ({cause})",
        "les clés de la base manquent : {path} ({cause})",
        do=(
            "put it back beside the store (`relance backup --keys FILE` copies it)",
            "remettez-le à côté de la base (`relance backup --keys FICHIER` le copie)",
        ),
    ),
    "store/keys-foreign": error(
        "the file of keys {path} belongs to another store ({cause})",
        "le fichier de clés {path} appartient à une autre base ({cause})",
        do=(
            "put the file of keys of this store in its place",
            "mettez à sa place le fichier de clés de cette base",
        ),
    ),
    "store/sealed-changed": error(
        "something sealed in the store was changed, or does not fit the keys in {path} ({cause})",
        "une valeur scellée de la base a été modifiée, ou ne va pas avec les clés de {path} "
        "({cause})",
        do=(
            "put back the store and the keys that belong together, then relance audit verify",
            "remettez la base et les clés qui vont ensemble, puis relance audit verify",
        ),
    ),
    "store/erase-again": error(
        "{count} debtors were erased after this copy of the store was made",
        "{count} débiteurs ont été effacés après cette copie de la base",
        do=(
            "`relance recover` erases them once more",
            "`relance recover` les efface à nouveau",
        ),
    ),
}

PHRASES = {
    "backup/keys-not": words(
        "the keys of debtors are not in it, and without them its messages cannot be read nor sent: "
        "relance backup --keys FILE copies them",
        "les clés des débiteurs n'y sont pas, et sans elles ses messages ne peuvent être ni lus ni "
        "envoyés : relance backup --keys FICHIER les copie",
    ),
    "backup/keys-too": words(
        "keys in {path}: keep them apart, delete old copies after a month; to restore, lay them "
        "beside the store as relance.keys",
        "clés dans {path} : à garder à part, supprimer les anciennes copies après un mois ; pour "
        "restaurer, les poser à côté de la base sous le nom relance.keys",
    ),
}
