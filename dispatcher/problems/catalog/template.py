"""What may be wrong with a template, when it is read and when it speaks."""

from dispatcher.problems.kind import error


PROBLEMS = {
    "template/name": error(
        "no template file has this name: {name}",
        "aucun fichier de modèle ne porte ce nom : {name}",
        do=(
            "use <language>/<template>/body.md.j2, sms.txt.j2 or call.md.j2, tone or none",
            "utilisez <langue>/<modèle>/body.md.j2, sms.txt.j2 ou call.md.j2, avec ou sans un ton",
        ),
    ),
    "template/head": error(
        "the file does not begin with a head between two lines ---",
        "le fichier ne commence pas par un en-tête entre deux lignes ---",
        do=(
            "begin with ---, subject: ..., ---",
            "commencez par ---, subject: ..., ---",
        ),
    ),
    "template/head-key": error(
        "a head does not know the key {key}",
        "un en-tête ne connaît pas la clé {key}",
    ),
    "template/head-value": error(
        "{key} takes {wanted}",
        "{key} attend {wanted}",
    ),
    "template/no-subject": error(
        "the head has no subject, and an e-mail or a letter needs one",
        "l'en-tête n'a pas de subject, or un e-mail ou un courrier en a besoin",
    ),
    "template/no-default": error(
        "{template} has words for some tones only; there is no {name} for the others",
        "{template} n'a de mots que pour certains tons ; il manque {name} pour les autres",
    ),
    "template/syntax": error(
        "the template cannot be read: {detail}",
        "le modèle est illisible : {detail}",
    ),
    "template/unknown-name": error(
        "templates do not know {name}",
        "les modèles ne connaissent pas {name}",
    ),
    "template/unknown-filter": error(
        "templates have no filter {name}",
        "les modèles n'ont pas de filtre {name}",
    ),
    "template/unknown-table": error(
        "there is no table {name}",
        "il n'y a pas de tableau {name}",
    ),
    "template/forbidden": error(
        "a template does not use {what}",
        "un modèle n'utilise pas {what}",
        do=(
            "print values, choose with if, repeat with for; amounts and dates come ready",
            "affichez des valeurs, choisissez avec if, répétez avec for ; le reste est déjà prêt",
        ),
    ),
    "template/not-printable": error(
        "{name} is not a text or a number and cannot be printed",
        "{name} n'est ni un texte ni un nombre et ne peut pas être affiché",
    ),
    "template/balance": error(
        "{statement} is not opened and closed in the same paragraph or list",
        "{statement} n'est pas ouvert et fermé dans le même paragraphe ou la même liste",
        do=(
            "put it on a line of its own, or close it in the same sentence",
            "placez-le seul sur sa ligne, ou fermez-le dans la même phrase",
        ),
    ),
    "template/table-place": error(
        "{name} does not stand on a line of its own",
        "{name} n'est pas seul sur sa ligne",
    ),
    "template/link": error(
        "a link begins with https://, mailto: or tel:, not with {target}",
        "un lien commence par https://, mailto: ou tel:, pas par {target}",
    ),
    "template/layout": error(
        "the layout cannot be used: {detail}",
        "la mise en page est inutilisable : {detail}",
    ),
    "template/no-words": error(
        "{template} has no words for {channel} in {lang}",
        "{template} n'a pas de mots pour {channel} en {lang}",
    ),
    "template/undefined": error(
        "{template} asks for a value that is not there: {detail}",
        "{template} demande une valeur absente : {detail}",
    ),
    "template/failed": error(
        "{template} cannot be rendered: {detail}",
        "{template} ne peut pas être rendu : {detail}",
    ),
    "template/empty": error(
        "{template} says nothing: {part} is empty",
        "{template} ne dit rien : {part} est vide",
    ),
    "template/unprintable": error(
        "{template}: {part} holds a character that cannot be printed ({character})",
        "{template} : {part} contient un caractère non imprimable ({character})",
    ),
    "template/unsafe-subject": error(
        "{template}: the subject holds {character}, which a header must not carry",
        "{template} : l'objet contient {character}, interdit dans un en-tête",
    ),
    "template/too-long": error(
        "{template}: {part} has {length} characters, more than the limit of {limit}",
        "{template} : {part} compte {length} caractères, au-delà de la limite de {limit}",
    ),
    "template/too-slow": error(
        "{template} took more than {seconds} s and was stopped",
        "{template} a dépassé {seconds} s et a été arrêté",
    ),
    "template/too-much-memory": error(
        "{template} wanted more than {memory} MB and was stopped",
        "{template} a demandé plus de {memory} Mo et a été arrêté",
    ),
    "template/crashed": error(
        "{template} ended the process that rendered it ({detail})",
        "{template} a interrompu le processus qui le rendait ({detail})",
    ),
}
