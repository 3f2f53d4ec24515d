"""What `relance test` says, and what is wrong with tests."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "test/contradiction": error(
        "the case of '{name}' cannot exist: {facts}",
        "le dossier de « {name} » ne peut pas exister : {facts}",
        do=(
            "name the other fact too: `invariants` in facts.yaml say what cannot be together",
            "préciser aussi l'autre fait : `invariants` dans facts.yaml dit ce qui s'exclut",
        ),
    ),
    "test/no-today": error(
        "'{name}' expects a date or words of a message, and the file has no `today`",
        "« {name} » attend une date ou les mots d'un message, et le fichier n'a pas de `today`",
        do=(
            "add `today: 2026-05-12`, or write `day 3`",
            "ajouter `today: 2026-05-12`, ou écrire `day 3`",
        ),
    ),
    "test/untrue-fact": error(
        "'{name}' cannot begin with {fact}: {value}; on day 0 it is {found}",
        "« {name} » ne peut pas commencer avec {fact} : {value} ; au jour 0, c'est {found}",
        do=(
            "let it happen in the timeline, or write a single test",
            "le faire arriver dans la chronologie, ou écrire un test simple",
        ),
    ),
    "test/no-words": error(
        "messages cannot be made here, and a test asks for their words",
        "les messages ne peuvent pas être rédigés ici, et un test attend leurs mots",
    ),
    "test/no-file": error(
        "there is no test file '{value}'",
        "il n'y a pas de fichier de tests « {value} »",
        do=("their names end in .test.yaml", "leurs noms finissent par .test.yaml"),
    ),
    "test/none": error(
        "no test is called like '{value}'",
        "aucun test ne s'appelle comme « {value} »",
    ),
    "test/format": error(
        "there is no format '{value}'; formats: text, json",
        "il n'y a pas de format « {value} » ; formats : text, json",
    ),
}

PHRASES = {
    "test/failed": words("FAILED", "ÉCHEC"),
    "test/fixed": words("PASSES ALTHOUGH todo", "RÉUSSIT MALGRÉ todo"),
    "test/take-todo-out": words(
        "it passes now: take `todo: yes` out", "il réussit désormais : retirer `todo: yes`"
    ),
    "test/day": words("day {day}", "jour {day}"),
    "test/expected": words("expected  {words}", "attendu  {words}"),
    "test/not-expected": words("not wanted  {words}", "non voulu  {words}"),
    "test/got": words("got       {words}", "obtenu   {words}"),
    "test/heard": words("message   {words}", "message   {words}"),
    "test/why": words("why       {words}", "raison   {words}"),
    "test/until": words("until {day}", "jusqu'au {day}"),
    "test/missed": words("{rule}: {read}", "{rule} : {read}"),
    "test/before": words("{before} answers before {rule}", "{before} répond avant {rule}"),
    "test/always": words("{rule} applies to every case here", "{rule} vaut ici pour tout dossier"),
    "test/proved": words("proved", "prouvé"),
    "test/refuted": words("refuted by: {case}", "réfuté par : {case}"),
    "test/refuted-answer": words("answers {words}", "répond {words}"),
    "test/led-by": words(
        "taken along by the contact of: {case} ({rule})",
        "emporté par le contact de : {case} ({rule})",
    ),
    "test/early": words(
        "{rule} is not due today: a contact takes along what is due soon (`gather`)",
        "{rule} n'est pas dû aujourd'hui : un contact emporte ce qui l'est bientôt (`gather`)",
    ),
    "test/after": words(
        "only while another case of the debtor goes by {rule}",
        "seulement tant qu'un autre dossier du débiteur passe par {rule}",
    ),
    "test/unproved-until": words(
        "not proved: a property cannot ask for a day (`until`)",
        "non prouvé : une propriété ne peut pas porter sur un jour (`until`)",
    ),
    "test/unproved": words(
        "not proved ({count} case{count:|s} tried)",
        "non prouvé ({count} dossier{count:|s} essayé{count:|s})",
    ),
    "test/done": words(
        "{passed} passed, {failed} failed, {todo} to do",
        "{passed} réussi{passed:|s}, {failed} échec{failed:|s}, {todo} à faire",
    ),
    "test/covered": words(
        "{policy}: {rules} of {rules_of} rules, {sides} of {sides_of} sides of conditions",
        "{policy} : {rules} règles sur {rules_of}, {sides} côtés de conditions sur {sides_of}",
    ),
    "test/no-test-reaches": words("no test reaches {where}", "aucun test n'atteint {where}"),
    "test/never-true": words(
        "no test makes it true in {where}: {leaf}",
        "aucun test ne le rend vrai dans {where} : {leaf}",
    ),
    "test/never-false": words(
        "no test makes it false in {where}: {leaf}",
        "aucun test ne le rend faux dans {where} : {leaf}",
    ),
    "test/unreachable": words("no case can reach it", "aucun dossier ne peut l'atteindre"),
    "test/too-large": words(
        "{policy}: too large to look at every case", "{policy} : trop grand pour tout regarder"
    ),
    "test/boundary": words("{policy}, {where}", "{policy}, {where}"),
    "test/side": words("{fact}: {value}  {answer}", "{fact} : {value}  {answer}"),
    "test/side-untested": words(
        "{fact}: {value}  {answer}  (not tested)", "{fact} : {value}  {answer}  (non testé)"
    ),
    "test/paste": words(
        "Tests to add under `tests:` if that is what you want:",
        "Tests à ajouter sous `tests:` si c'est bien ce que vous voulez :",
    ),
    "test/nothing": words(
        "no tests: write some in rules/*.test.yaml", "aucun test : en écrire dans rules/*.test.yaml"
    ),
}
