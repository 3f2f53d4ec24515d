"""What `show`, `fmt` and the formats of `check` say of themselves."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "run/format": error(
        "there is no format '{value}'; allowed: {allowed}",
        "il n'y a pas de format « {value} » ; permis : {allowed}",
    ),
    "show/no-policy": error(
        "there is no policy '{name}'; known: {allowed}",
        "il n'y a pas de politique « {name} » ; connues : {allowed}",
    ),
    "show/together": error(
        "{options} do not go together",
        "{options} ne vont pas ensemble",
    ),
    "fmt/no-file": error(
        "{path} is not a policy, vocabulary or test file (*.yaml) that can be read",
        "{path} n'est pas un fichier de politique, de vocabulaire ou de test (*.yaml) lisible",
    ),
}

PHRASES = {
    "fmt/written": words("written anew: {file}", "réécrit : {file}"),
    "fmt/would": words("not as fmt writes it: {file}", "pas comme fmt l'écrit : {file}"),
    "fmt/done": words(
        "{count} files, {changed} of them changed", "{count} fichiers, dont {changed} changés"
    ),
    "fmt/as-it-is": words(
        "{count} files, all as fmt writes them", "{count} fichiers, tous comme fmt les écrit"
    ),
}
