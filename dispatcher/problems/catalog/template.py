"""What may be wrong with a template, when it is read and when it speaks."""

from dispatcher.problems.kind import error, warning


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
    "template/not-closed": error(
        "this {what} is never closed",
        "ce {what} n'est jamais fermé",
        do=("write {closing} where it ends", "écrivez {closing} là où il finit"),
    ),
    "template/closes-nothing": error(
        "this {what} stands alone: nothing before it opens",
        "ce {what} est seul : rien ne l'ouvre avant",
        do=("take it out, or open the pair before", "retirez-le, ou ouvrez la paire avant"),
    ),
    "template/unknown-statement": error(
        "a template has no statement {what}; possible are: {allowed}",
        "un modèle n'a pas d'instruction {what} ; sont possibles : {allowed}",
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
    "template/no-layout": error(
        "letters in {lang} have no layout",
        "les courriers en {lang} n'ont pas de mise en page",
        do=(
            "put back templates/{lang}/_layout/letter.typ",
            "remettez templates/{lang}/_layout/letter.typ",
        ),
    ),
    "template/address": error(
        "{template}: the address has letters that cannot be printed",
        "{template} : l'adresse contient des lettres que l'on ne peut pas imprimer",
        do=(
            "write the address in the Latin alphabet",
            "écrivez l'adresse en alphabet latin",
        ),
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
    "template/too-many-segments": error(
        "{template}: the SMS takes {segments} segments, more than the limit of {limit}",
        "{template} : le SMS compte {segments} segments, au-delà de la limite de {limit}",
        do=(
            "shorten the template, or raise max_segments of the channel",
            "raccourcissez le modèle, ou augmentez max_segments du canal",
        ),
    ),
    "template/sms-alphabet": error(
        "{template}: the SMS takes {segments} segments, more than the limit of {limit}, because "
        "the SMS alphabet has no {characters}",
        "{template} : le SMS compte {segments} segments, au-delà de la limite de {limit}, car "
        "l'alphabet des SMS n'a pas {characters}",
        do=(
            "take these characters out, or raise max_segments of the channel",
            "retirez ces caractères, ou augmentez max_segments du canal",
        ),
    ),
    "template/too-slow": error(
        "{template} took more than {seconds} s and was stopped",
        "{template} a dépassé {seconds} s et a été arrêté",
    ),
    "template/too-much-memory": error(
        "{template} wanted more than {memory} MB and was stopped",
        "{template} a demandé plus de {memory} Mo et a été arrêté",
    ),
    "template/surcharged-number": warning(
        "{words} is a surcharged number, and this template speaks to consumers",
        "{words} est un numéro surtaxé, et ce modèle s'adresse à des particuliers",
        do=("give a number at the price of a call", "donnez un numéro non surtaxé"),
    ),
    "template/threat": warning(
        "'{words}' threatens with what is not ours to do",
        "« {words} » menace de ce qui ne dépend pas de nous",
        do=(
            "say only what may lawfully come next",
            "n'annoncez que ce qui peut légalement venir ensuite",
        ),
    ),
    "template/promotion": warning(
        "'{words}' makes the message an advertisement, which needs the debtor's consent",
        "« {words} » fait du message une publicité, soumise à l'accord du débiteur",
        do=("leave it out", "retirez ces mots"),
    ),
    "template/tone-word": warning(
        "'{words}' does not fit the tone of the steps that use this template",
        "« {words} » ne convient pas au ton des étapes qui emploient ce modèle",
    ),
    "template/typography": warning(
        "'{words}' is not written so in a letter: 1er mars, 12 €, vous",
        "« {words} » ne s'écrit pas ainsi dans un courrier : 1er mars, 12 €, vous",
    ),
    "template/announced": warning(
        "'{words}' announces a step in fixed words, whatever the policy does next",
        "« {words} » annonce une étape en mots fixes, quoi que fasse ensuite la politique",
        do=(
            "ask next.kind, or print next.words",
            "interrogez next.kind, ou affichez next.words",
        ),
    ),
    "template/mention": warning(
        "a formal notice has to say it, and this one lacks: {words}",
        "une mise en demeure doit le dire, et il manque à celle-ci : {words}",
    ),
    "template/old-article": warning(
        "{words} is no longer in force or no longer the word; today: {instead}",
        "{words} n'est plus en vigueur ou n'est plus le terme ; aujourd'hui : {instead}",
    ),
    "template/foreign-article": warning(
        "{words} does not apply to {kinds}, to whom policies send this template",
        "{words} ne s'applique pas à {kinds}, à qui des politiques envoient ce modèle",
    ),
    "template/crashed": error(
        "{template} ended the process that rendered it ({detail})",
        "{template} a interrompu le processus qui le rendait ({detail})",
    ),
}
