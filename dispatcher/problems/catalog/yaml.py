"""What is wrong with the notation of a file, before its words mean anything."""

from dispatcher.problems.kind import error


_RANGES = (
    "write 30+ for 30 or more, 'under 500', '150 to under 5000'",
    "écrivez 30+ pour 30 ou plus, « under 500 », « 150 to under 5000 »",
)

PROBLEMS = {
    "yaml/too-large": error(
        "the file has {size} bytes, more than the {limit} that are read",
        "le fichier fait {size} octets, plus que les {limit} qui sont lus",
        do=("split it into several files", "partagez-le en plusieurs fichiers"),
    ),
    "yaml/not-utf-8": error(
        "this is not UTF-8 text (byte {byte})",
        "ce texte n'est pas en UTF-8 (octet {byte})",
        do=("save the file as UTF-8", "enregistrez le fichier en UTF-8"),
    ),
    "yaml/windows-1252": error(
        "this is not UTF-8 text: byte {byte} looks like '{letter}' in Windows-1252",
        "ce texte n'est pas en UTF-8 : l'octet {byte} ressemble à « {letter} » en Windows-1252",
        do=("save the file as UTF-8", "enregistrez le fichier en UTF-8"),
    ),
    "yaml/utf-16": error(
        "this is not UTF-8 text (byte {byte}): it looks like UTF-16",
        "ce texte n'est pas en UTF-8 (octet {byte}) : il ressemble à de l'UTF-16",
        do=("save the file as UTF-8", "enregistrez le fichier en UTF-8"),
    ),
    "yaml/control-character": error(
        "an invisible character {character} stands here",
        "un caractère invisible {character} se trouve ici",
        do=("delete it and type the text again", "supprimez-le et retapez le texte"),
    ),
    "yaml/empty": error(
        "the file is empty",
        "le fichier est vide",
        do=("write something into it or delete it", "remplissez-le ou supprimez-le"),
    ),
    "yaml/not-a-map": error(
        "the file must consist of keys with values (key: value)",
        "le fichier doit être fait de clés avec leurs valeurs (clé: valeur)",
        do=("begin with language: 1 and policy: name", "commencez par language: 1 et policy: nom"),
    ),
    "yaml/documents": error(
        "a second document begins here; a file holds one",
        "un second document commence ici ; un fichier n'en contient qu'un",
        do=("move it to a file of its own", "déplacez-le dans son propre fichier"),
    ),
    "yaml/anchor": error(
        "anchors ({name}) are not part of the language",
        "les ancres ({name}) ne font pas partie du langage",
        do=(
            "name a condition under conditions: and use it with is:, or use extends:",
            "nommez une condition sous conditions: et employez-la avec is:, ou utilisez extends:",
        ),
    ),
    "yaml/alias": error(
        "aliases ({name}) are not part of the language",
        "les alias ({name}) ne font pas partie du langage",
        do=(
            "name a condition under conditions: and use it with is:, or use extends:",
            "nommez une condition sous conditions: et employez-la avec is:, ou utilisez extends:",
        ),
    ),
    "yaml/tag": error(
        "tags ({name}) are not part of the language",
        "les étiquettes ({name}) ne font pas partie du langage",
        do=(
            "put the value in quotation marks if it begins with '!'",
            "mettez la valeur entre guillemets si elle commence par « ! »",
        ),
    ),
    "yaml/merge-key": error(
        "merge keys (<<) are not part of the language",
        "les clés de fusion (<<) ne font pas partie du langage",
        do=("use extends:", "utilisez extends:"),
    ),
    "yaml/key": error(
        "a key is one word, not something in brackets",
        "une clé est un mot, pas quelque chose entre crochets",
    ),
    "yaml/duplicate-key": error(
        "the key '{key}' stands here a second time",
        "la clé « {key} » figure ici une seconde fois",
        do=("keep one of the two", "gardez l'une des deux"),
    ),
    "yaml/too-deep": error(
        "nested more than {limit} levels deep",
        "imbriqué sur plus de {limit} niveaux",
        do=("take out needless brackets", "retirez les crochets inutiles"),
    ),
    "yaml/tab": error(
        "the line is indented with a tab",
        "la ligne est décalée par une tabulation",
        do=("indent with spaces", "décalez avec des espaces"),
    ),
    "yaml/sign": error(
        "a value cannot begin with '{found}'",
        "une valeur ne peut pas commencer par « {found} »",
        do=_RANGES,
    ),
    "yaml/first-character": error(
        "a value cannot begin with '{found}'",
        "une valeur ne peut pas commencer par « {found} »",
        do=("put it in quotation marks", "mettez-la entre guillemets"),
    ),
    "yaml/escape": error(
        "what follows the '{found}' means nothing in double quotation marks",
        "ce qui suit « {found} » ne veut rien dire entre guillemets doubles",
        do=("use single quotation marks", "utilisez des apostrophes simples"),
    ),
    "yaml/quote": error(
        "this quotation mark ({found}) is never closed",
        "ce guillemet ({found}) n'est jamais fermé",
        do=("put {found} after the text, too", "mettez {found} aussi après le texte"),
    ),
    "yaml/bracket": error(
        "this '{found}' is not closed, or a comma is missing in what it opens",
        "ce « {found} » n'est pas fermé, ou il manque une virgule dans ce qu'il ouvre",
    ),
    "yaml/closing": error(
        "this '{found}' closes nothing",
        "ce « {found} » ne ferme rien",
        do=("take it out, or open the pair before", "retirez-le, ou ouvrez la paire avant"),
    ),
    "yaml/list-after-word": error(
        "'{found}' cannot follow a word",
        "« {found} » ne peut pas suivre un mot",
        do=(
            "write 'neither a nor b' for none of several values, or add the missing comma",
            "écrivez « neither a nor b » pour aucune de plusieurs valeurs, ou ajoutez la virgule",
        ),
    ),
    "yaml/colon": error(
        "a ':' is not possible here",
        "un « : » n'est pas possible ici",
        do=(
            "begin a new line for a new key, check the indentation, or put the text in quotes",
            (
                "passez à la ligne pour une nouvelle clé, vérifiez le décalage, ou mettez le texte "
                "entre guillemets"
            ),
        ),
    ),
    "yaml/missing-colon": error(
        "a ':' is missing after this key",
        "il manque un « : » après cette clé",
        do=("write key: value, with a space", "écrivez clé: valeur, avec une espace"),
    ),
    "yaml/dash": error(
        "a list with '-' begins on a line of its own",
        "une liste avec « - » commence sur sa propre ligne",
        do=("put it on the next line, or write [a, b]", "passez à la ligne, ou écrivez [a, b]"),
    ),
    "yaml/indentation": error(
        "this line does not stand under the one above",
        "cette ligne n'est pas alignée avec celle du dessus",
        do=(
            "indent all entries of one list or map alike",
            "alignez toutes les entrées d'une même liste ou d'un même ensemble de clés",
        ),
    ),
    "yaml/syntax": error(
        "this is not YAML ({detail})",
        "ce n'est pas du YAML ({detail})",
    ),
}
