"""What `relance backup` says, and why it may refuse."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "backup/exists": error(
        "{path} is there already; nothing was written",
        "{path} existe déjà ; rien n'a été écrit",
        do=(
            "name a new file or folder, for example with the day in it",
            "indiquer un nouveau fichier ou dossier, par exemple avec le jour dans son nom",
        ),
    ),
    "backup/inside": error(
        "{path} lies in {folder}, which is backed up itself",
        "{path} est dans {folder}, qui est sauvegardé lui-même",
        do=(
            "write it elsewhere, best on another disk",
            "l'écrire ailleurs, au mieux sur un autre disque",
        ),
    ),
    "backup/damaged": error(
        "the copy of the store is damaged ({why}); no backup was made",
        "la copie de la base est endommagée ({why}) ; aucune sauvegarde n'a été faite",
        do=(
            "relance audit verify; go back to the last good backup if it finds a fault",
            "relance audit verify ; revenir à la dernière bonne sauvegarde s'il trouve un défaut",
        ),
    ),
}

PHRASES = {
    "backup/done": words(
        "{path}: {files} files, {megabytes} MB, trail up to record {seq} ({hash})",
        "{path} : {files} fichiers, {megabytes} Mo, piste jusqu'à l'entrée {seq} ({hash})",
    ),
    "backup/secrets": words(
        "secrets are not in it: keep those by themselves",
        "les secrets n'y sont pas : les garder à part",
    ),
}
