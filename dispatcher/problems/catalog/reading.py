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
        "files: {count}, changed: {changed}", "fichiers : {count}, changés : {changed}"
    ),
    "fmt/as-it-is": words(
        "files: {count}, all as fmt writes them", "fichiers : {count}, tous comme fmt les écrit"
    ),
}
