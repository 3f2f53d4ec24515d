"""Words that every area uses."""

from dispatcher.problems.kind import words


PHRASES = {
    "problem/suggestion": words("did you mean {name}?", "vouliez-vous dire {name} ?"),
    "problem/second": words("the other place: {where}", "l'autre endroit : {where}"),
    "problem/more": words("... and {count} more in {file}", "... et {count} autres dans {file}"),
    "problem/row": words("row {row}, column {column}", "ligne {row}, colonne {column}"),
}
