"""What can be wrong with a workbook."""

from dispatcher.problems.kind import error


PROBLEMS = {
    "xlsx/unreadable": error(
        "this is no workbook that can be read: {why}",
        "ce n'est pas un classeur lisible : {why}",
        do=(
            "save it as XLSX without a password, or export it as CSV",
            "l'enregistrer en XLSX sans mot de passe, ou l'exporter en CSV",
        ),
    ),
}
