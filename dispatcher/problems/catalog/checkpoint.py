"""What is said of checkpoints, heads of the trail kept elsewhere, and why one is refused."""

from dispatcher.problems.kind import error, words


_ELSEWHERE = (
    "name a file on another disk or another machine",
    "indiquez un fichier sur un autre disque ou une autre machine",
)

PROBLEMS = {
    "checkpoint/inside": error(
        "{path} lies in {folder}, beside the book that it is to prove",
        "{path} est dans {folder}, à côté du livre qu'il doit prouver",
        do=_ELSEWHERE,
    ),
    "checkpoint/unkept": error(
        "the checkpoint could not be written to {path}: {why}",
        "le point de contrôle n'a pas pu être écrit dans {path} : {why}",
        do=(
            "see that its disk is mounted, then `relance audit checkpoint`",
            "vérifiez que son disque est monté, puis `relance audit checkpoint`",
        ),
    ),
    "checkpoint/unreadable": error(
        "'{value}' is neither a file of checkpoints nor SEQ:HASH",
        "« {value} » n'est ni un fichier de points de contrôle ni SEQ:HASH",
        do=(
            "give the file, or the number and the hash as `relance audit checkpoint` prints them",
            "donnez le fichier, ou le numéro et l'empreinte de `relance audit checkpoint`",
        ),
    ),
    "checkpoint/none": error(
        "{path} has no checkpoint of this store",
        "{path} n'a aucun point de contrôle de cette base",
    ),
}

PHRASES = {
    "checkpoint/kept": words(
        "checkpoint at record {seq} kept in {path}",
        "point de contrôle à l'enregistrement {seq} gardé dans {path}",
    ),
    "checkpoint/agrees": words(
        "{count} checkpoint{count:|s} kept elsewhere agree{count:s|}",
        "{count} point{count:|s} de contrôle gardé{count:|s} ailleurs {count:concorde|concordent}",
    ),
}
