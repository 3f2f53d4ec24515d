"""What `relance recover` says, and why it may refuse."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "recover/other": error(
        "what is to be recovered is {digest}, not {confirmed}: nothing was written",
        "ce qui est à récupérer est {digest}, non {confirmed} : rien n'a été écrit",
        do=(
            "look at `relance recover` again, then confirm what it shows",
            "regardez de nouveau `relance recover`, puis confirmez ce qu'il montre",
        ),
    ),
}

PHRASES = {
    "recover/nothing": words(
        "the store knows all that its journal knows: nothing to recover",
        "la base sait tout ce que sait son journal : rien à récupérer",
    ),
    "recover/settle": words(
        "{count} message{count:|s} of the store left without its knowing",
        "{count} message{count:|s} de la base {count:est parti|sont partis} sans qu'elle le sache",
    ),
    "recover/rebuild": words(
        "{count} message{count:|s} that the store never heard of: kept without content, the steps "
        "are taken",
        "{count} message{count:|s} que la base ignore : gardé{count:|s} sans contenu, leurs étapes "
        "comptent",
    ),
    "recover/left": words(
        "of these {accepted} surely left; {unknown} may have left and will be `unknown`",
        "parmi eux {accepted} {accepted:est parti|sont partis} à coup sûr ; {unknown} {unknown:est "
        "peut-être parti et sera|sont peut-être partis et seront} `unknown`",
    ),
    "recover/never-left": words(
        "{count} message{count:|s} that never left: {count:its number is|their numbers are} not "
        "used again",
        "{count} message{count:|s} jamais parti{count:|s} : {count:son numéro|leurs numéros} ne "
        "{count:sert|servent} plus",
    ),
    "recover/nameless": words(
        "{count} message{count:|s} in lines of an older version: nothing to rebuild from; compare "
        "with the provider's list",
        "{count} message{count:|s} dans des lignes d'une ancienne version : rien à reconstituer ; "
        "comparez avec la liste du prestataire",
    ),
    "recover/absent": words(
        "{count} invoice{count:|s} that the store does not have ({names}): import first; what no "
        "export names any more is kept as closed",
        "{count} facture{count:|s} que la base n'a pas ({names}) : importez d'abord ; ce qu'aucun "
        "export ne nomme plus est gardé comme clos",
    ),
    "recover/damaged": words(
        "{file}, line {line}: damaged, nothing was taken from it",
        "{file}, ligne {line} : abîmée, rien n'en a été repris",
    ),
    "recover/damaged-file": words(
        "{file}: damaged as a whole, nothing was taken from it",
        "{file} : abîmé en entier, rien n'en a été repris",
    ),
    "recover/gap": words(
        "the journal begins after the store ends: what left between is in neither; compare with "
        "the provider's list before you confirm",
        "le journal commence après la fin de la base : ce qui est parti entre les deux n'est dans "
        "aucun ; comparez avec la liste du prestataire avant de confirmer",
    ),
    "recover/copied": words(
        "if the lost home still has a newer var/journal.jsonl, lay it in place first",
        "si la maison perdue a encore un var/journal.jsonl plus récent, mettez-le d'abord en place",
    ),
    "recover/confirm": words(
        "to write it: relance recover --confirm {digest} --person NAME",
        "pour l'écrire : relance recover --confirm {digest} --person NOM",
    ),
    "recover/done": words(
        "recovered: `relance run` may go on",
        "récupéré : `relance run` peut reprendre",
    ),
}
