"""The store: what is wrong with the file, the disk, or the trail."""

from dispatcher.problems.kind import error


_RESTORE = (
    "restore the last backup, or copy the file and ask for help before anything is sent",
    "restaurez la dernière sauvegarde, ou copiez le fichier et demandez de l'aide avant tout envoi",
)

_RECOVER = (
    "lay the newest var/journal.jsonl (and its packed files) in place, then `relance recover`",
    (
        "remettez en place le var/journal.jsonl le plus récent (et ses fichiers compressés), puis "
        "`relance recover`"
    ),
)

PROBLEMS = {
    "store/missing": error(
        "there is no store at {path}",
        "il n'y a pas de base à {path}",
        do=(
            "`relance import` or `relance run` makes it",
            "`relance import` ou `relance run` la crée",
        ),
    ),
    "store/copied": error(
        "the store {path} comes from a backup: what left after it is not known to it",
        "la base {path} vient d'une sauvegarde : elle ignore ce qui est parti depuis",
        do=_RECOVER,
    ),
    "store/restored": error(
        "the store {path} is older than {by} (record {seq}), or another one",
        "la base {path} est plus ancienne que {by} (enregistrement {seq}), ou c'en est une autre",
        do=_RECOVER,
    ),
    "store/journal-missing": error(
        "the journal {path} is missing or empty: it lists what left",
        "le journal {path} manque ou est vide : il dit ce qui est parti",
        do=(
            "put the newest journal back in its place; if it is lost, `relance recover` begins one",
            (
                "remettez en place le journal le plus récent ; s'il est perdu, "
                "`relance recover` en commence un"
            ),
        ),
    ),
    "store/exists": error(
        "there is a store at {path} already",
        "il y a déjà une base à {path}",
    ),
    "store/other-environment": error(
        "the store {path} belongs to {found}, the configuration says {wanted}",
        "la base {path} appartient à {found}, la configuration dit {wanted}",
        do=(
            "a store keeps its environment for life: use one home for each",
            "une base garde son environnement à vie : utilisez un dossier pour chacun",
        ),
    ),
    "store/not-ours": error(
        "{path} is not a store of relance",
        "{path} n'est pas une base de relance",
    ),
    "store/newer": error(
        "the store {path} was written by a newer relance (schema {cause})",
        "la base {path} a été écrite par une version plus récente de relance (schéma {cause})",
        do=("install the newer version", "installez la version plus récente"),
    ),
    "store/corrupt": error(
        "the store {path} is damaged: {cause}",
        "la base {path} est endommagée : {cause}",
        do=_RESTORE,
    ),
    "store/not-writable": error(
        "the store {path} cannot be opened or written: {cause}",
        "la base {path} ne peut pas être ouverte ou écrite : {cause}",
        do=(
            "give this account write access to the file and its folder",
            "donnez à ce compte le droit d'écrire dans le fichier et son dossier",
        ),
    ),
    "store/disk-full": error(
        "no room is left for {path}: {cause}",
        "il n'y a plus de place pour {path} : {cause}",
        do=("free some room and run again", "libérez de la place et relancez"),
    ),
    "store/disk-error": error(
        "the disk failed at {path}: {cause}",
        "le disque a échoué sur {path} : {cause}",
    ),
    "store/locked": error(
        "another process has been writing to {path} for too long: {cause}",
        "un autre processus écrit dans {path} depuis trop longtemps : {cause}",
    ),
    "store/fault": error(
        "the store {path} failed: {cause}",
        "la base {path} a échoué : {cause}",
    ),
    "store/answers-missing": error(
        "the answers of that run are not at {path}",
        "les réponses de ce passage ne sont pas à {path}",
    ),
    "store/answers-changed": error(
        "the answers file {path} is not what the trail says: {found} instead of {wanted}",
        "le fichier de réponses {path} n'est pas celui de la piste : {found} au lieu de {wanted}",
    ),
    "store/trail-gap": error(
        "the trail lacks record {seq}",
        "il manque l'enregistrement {seq} à la piste",
        do=_RESTORE,
    ),
    "store/trail-changed": error(
        "record {seq} of the trail is not the one that was written, or one before it was changed",
        "l'enregistrement {seq} de la piste n'est pas celui qui a été écrit, ou un précédent a "
        "été modifié",
        do=_RESTORE,
    ),
    "store/trail-rewritten": error(
        "record {seq} of the trail is not the one of the checkpoint kept elsewhere: the trail was "
        "rewritten, or put back from a copy",
        "l'enregistrement {seq} de la piste n'est pas celui du point de contrôle gardé ailleurs : "
        "la piste a été réécrite, ou remise depuis une copie",
        do=_RESTORE,
    ),
    "store/trail-cut": error(
        "the trail ends at record {seq} but is known to have had {wanted}",
        "la piste finit à l'enregistrement {seq} alors qu'elle en avait {wanted}",
        do=_RESTORE,
    ),
    "store/trail-disagrees": error(
        "the trail and the table {table} do not tell the same",
        "la piste et la table {table} ne disent pas la même chose",
        do=_RESTORE,
    ),
    "store/content-changed": error(
        "the content of message {message} is not the one that was frozen",
        "le contenu du message {message} n'est pas celui qui a été figé",
        do=_RESTORE,
    ),
}
