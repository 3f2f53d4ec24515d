"""What `relance erase` shows and asks, and why it may refuse."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "erase/no-debtor": error(
        "no debtor has the reference {debtor}",
        "aucun débiteur n'a la référence {debtor}",
        do=(
            "write it as it stands in the export; `relance history` of an invoice shows it",
            "l'écrire comme dans l'export ; `relance history` d'une facture la montre",
        ),
    ),
    "erase/open-cases": error(
        "{debtor} has {count} open invoice{count:|s}: nothing was erased",
        "{debtor} a {count} facture{count:|s} ouverte{count:|s} : rien n'a été effacé",
        do=(
            "erase him once they are paid or written off and the import has closed them",
            "effacer une fois qu'elles sont payées ou abandonnées et que l'import les a fermées",
        ),
    ),
    "erase/pending": error(
        "{debtor} has {count} messages, calls or tasks that are not finished: nothing was erased",
        "{debtor} a {count} messages, appels ou tâches non terminés : rien n'a été effacé",
        do=(
            "finish them first: relance outbox, relance unknown, relance tasks",
            "les terminer d'abord : relance outbox, relance unknown, relance tasks",
        ),
    ),
    "erase/reason": error(
        "say why: --reason TEXT",
        "dire pourquoi : --reason TEXTE",
        do=(
            "such as the date of his request",
            "par exemple la date de sa demande",
        ),
    ),
    "erase/other": error(
        "that is not what was shown: it is now {digest}, you confirmed {confirmed}",
        "ce n'est pas ce qui a été montré : c'est maintenant {digest}, vous confirmez {confirmed}",
        do=(
            "look once more without --confirm",
            "regarder encore une fois sans --confirm",
        ),
    ),
}

PHRASES = {
    "recover/again": words(
        "{count} debtor{count:|s} erased after the copy was made: erased again",
        "{count} débiteur{count:|s} effacé{count:|s} après la copie : effacé{count:|s} à nouveau",
    ),
    "erase/title": words(
        "{debtor} ({name}): this would be erased for good",
        "{debtor} ({name}) : ceci serait effacé pour toujours",
    ),
    "erase/rows": words(
        "  {messages} message{messages:|s}, {events} event{events:|s}, "
        "{reports} piece{reports:|s} of news, {cases} invoice{cases:|s}: "
        "names, addresses, words; numbers, amounts and days stay",
        "  {messages} message{messages:|s}, {events} événement{events:|s}, "
        "{reports} retour{reports:|s}, {cases} facture{cases:|s} : "
        "noms, adresses, textes ; numéros, montants et dates restent",
    ),
    "erase/files": words(
        "  {count} file{count:|s}: letters, attachments, copies, what the sandbox wrote",
        "  {count} fichier{count:|s} : courriers, pièces jointes, copies, ce que le bac à sable a "
        "écrit",
    ),
    "erase/not-ours": words(
        "not erased by this: exports in in/, files already handed to a printer or provider, "
        "backups that hold letters or the file of keys, the lists of past runs (reference and "
        "invoice numbers only)",
        "pas effacés ainsi : les exports dans in/, les fichiers déjà remis à un imprimeur ou un "
        "prestataire, les sauvegardes qui contiennent des courriers ou le fichier de clés, les "
        "listes des passages (référence et numéros de facture seulement)",
    ),
    "erase/how": words(
        "to do it: relance erase {debtor} --reason TEXT --person NAME --confirm {digest}",
        "pour le faire : relance erase {debtor} --reason TEXTE --person NOM --confirm {digest}",
    ),
    "erase/done": words(
        "erased: {messages} message{messages:|s}, {events} event{events:|s}, "
        "{files} file{files:|s}; in the trail as record {seq}",
        "effacé : {messages} message{messages:|s}, {events} événement{events:|s}, "
        "{files} fichier{files:|s} ; entrée {seq} de la piste",
    ),
}
