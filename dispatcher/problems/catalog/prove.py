"""What exact analysis finds in policies that can be used, and that somebody should look at."""

from dispatcher.problems.kind import hint, warning


_USELESS = {
    "prove/unreachable": warning(
        "{rule} never answers: all its cases are taken before it by {by}, for example {case}",
        "{rule} ne répond jamais : tous ses dossiers sont pris avant elle par {by}, par exemple "
        "{case}",
        do=(
            "move it up, make the others narrower, or take it out",
            "placez-la plus haut, resserrez les autres, ou retirez-la",
        ),
    ),
    "prove/impossible": warning(
        "{rule} never answers: no case can be as it asks",
        "{rule} ne répond jamais : aucun dossier ne peut être comme elle le demande",
        do=(
            "look for two comparisons that exclude each other, in the rule, its step or facts.yaml",
            "cherchez deux comparaisons qui s'excluent, dans la règle, son étape ou facts.yaml",
        ),
    ),
    "prove/always-true": hint(
        "'{part}' in {rule} is always true here",
        "« {part} » dans {rule} est toujours vrai ici",
        do=("take it out: nothing changes", "retirez-le : rien ne change"),
    ),
    "prove/always-false": hint(
        "the alternative '{part}' in {rule} is never true",
        "l'alternative « {part} » dans {rule} n'est jamais vraie",
        do=("take it out, or correct it", "retirez-la, ou corrigez-la"),
    ),
    "prove/no-effect": hint(
        "'{part}' in {rule} changes nothing: other rules answer these cases anyhow, "
        "for example {case}",
        "« {part} » dans {rule} ne change rien : d'autres règles répondent de toute façon à ces "
        "dossiers, par exemple {case}",
        do=(
            "take it out, or look for what it was meant to keep apart",
            "retirez-le, ou cherchez ce qu'il devait distinguer",
        ),
    ),
    "prove/resume-unreachable": warning(
        "this line of resume: is never used: lines before it take all of '{after}'",
        "cette ligne de resume: ne sert jamais : les lignes avant elle prennent tous les dossiers "
        "de « {after} »",
        do=("move it up, or take it out", "placez-la plus haut, ou retirez-la"),
    ),
}

_STUCK = {
    "prove/dead-end": warning(
        "this case never comes to {step}, however long one waits, and nothing else happens: {case}",
        "ce dossier n'arrive jamais à {step}, même en attendant, et rien d'autre ne se passe : "
        "{case}",
        do=(
            "widen the when: of the step or start:, or add a rule for such cases",
            "élargissez le when: de l'étape ou start:, ou ajoutez une règle pour ces dossiers",
        ),
    ),
    "prove/stuck-on-unknown": warning(
        "this case never comes to {step} only because {fact} is unknown: {case}",
        "ce dossier n'arrive jamais à {step} pour la seule raison que {fact} est inconnu : {case}",
        do=(
            "add an alternative with {fact}: unknown, or a stop that holds it with a task",
            "ajoutez une alternative {fact}: unknown, ou un arrêt qui le retient avec une tâche",
        ),
    ),
    "prove/closed-window": warning(
        "{rule} answers only with {window}; where no run sees the case in time, nothing ever "
        "happens again: {case}",
        "{rule} ne répond qu'avec {window} ; si aucun passage ne voit le dossier à temps, plus "
        "rien ne se passe : {case}",
        do=("leave the upper end open: 30+", "laissez la borne haute ouverte : 30+"),
    ),
    "prove/narrow-window": hint(
        "{rule} answers only with {window}: often no working day falls in it, and the step is "
        "left out: {case}",
        "{rule} ne répond qu'avec {window} : souvent aucun jour ouvré n'y tombe, et l'étape est "
        "omise : {case}",
        do=("give it four days or more", "donnez-lui quatre jours ou plus"),
    ),
    "prove/ladder-ends": hint(
        "after {step} nothing happens any more, and nobody is asked to decide: {case}",
        "après {step} plus rien ne se passe, et personne n'est appelé à décider : {case}",
        do=(
            "add hand_over:, with a person's task for small amounts",
            "ajoutez hand_over:, avec une tâche pour les petits montants",
        ),
    ),
}

_PACE = {
    "prove/unreachable-step": warning(
        "no case ever has the step {step} done: no choice that acts follows a step before it",
        "aucun dossier ne fait jamais l'étape {step} : aucun choix qui agit ne suit une étape "
        "précédente",
        do=(
            "correct from:, or give it a choice that contacts somebody or makes a task",
            "corrigez from:, ou ajoutez un choix qui contacte quelqu'un ou crée une tâche",
        ),
    ),
    "prove/too-late": warning(
        "{step} comes too late: it answers with {want}, and no case is there before {first} days "
        "late ({way})",
        "{step} vient trop tard : elle répond avec {want}, et aucun dossier n'y est avant {first} "
        "jours de retard ({way})",
        do=(
            "shorten the steps before it, or leave its upper end open",
            "raccourcissez les étapes avant elle, ou laissez sa borne haute ouverte",
        ),
    ),
    "prove/limit-too-late": warning(
        "limits keep {step} back until it is too late: it answers with {want}, and rounds and caps "
        "let it go from {first} days late on ({way})",
        "les limites retiennent {step} jusqu'à ce qu'il soit trop tard : elle répond avec {want}, "
        "et tours et plafonds ne la laissent partir qu'à {first} jours de retard ({way})",
        do=(
            "leave its upper end open, or ease gap, after or at_most under limits:",
            "laissez sa borne haute ouverte, ou assouplissez gap, after ou at_most sous limits:",
        ),
    ),
    "prove/limit-never": warning(
        "no contact of {step} ever leaves: limits: {limit}",
        "aucun contact de {step} ne part jamais : limits: {limit}",
        do=("raise the limit, or take the step out", "relevez la limite, ou retirez l'étape"),
    ),
}

_COURSE = {
    "prove/tone-backwards": warning(
        "{rule} speaks more softly than {before}, which came before it: {case}",
        "{rule} parle plus doucement que {before}, qui vient avant elle : {case}",
        do=(
            "keep or raise the tone; understanding is free at any step",
            "gardez ou élevez le ton ; understanding est libre à toute étape",
        ),
    ),
    "prove/channel-backwards": warning(
        "{rule} goes by a lighter channel than {before}, which came before it: {case}",
        "{rule} passe par un canal plus léger que {before}, qui vient avant elle : {case}",
        do=(
            "keep the channel, or go on by telephone",
            "gardez le canal, ou poursuivez par téléphone",
        ),
    ),
    "prove/hand-over-without-notice": warning(
        "{rule} hands over a case that never had a formal notice: {case}",
        "{rule} transmet un dossier qui n'a jamais eu de mise en demeure : {case}",
        do=(
            "let it follow a step whose template has legal effect, under the same conditions",
            "faites-la suivre une étape dont le modèle a un effet juridique, aux mêmes conditions",
        ),
    ),
    "prove/legal-without-proof": warning(
        "{rule} has legal effect, and nobody can prove that it arrived by: {channels}",
        "{rule} a un effet juridique, et nul ne peut prouver son arrivée par : {channels}",
        do=("send it by registered_letter", "envoyez-la par registered_letter"),
    ),
}

_EARLY = {
    "prove/escalates-at-once": warning(
        "{rule} may act on the very day on which a stop ends, or the step before was done: {case}",
        "{rule} peut agir le jour même où un arrêt prend fin, ou l'étape précédente est faite : "
        "{case}",
        do=("ask for days_since_step: 7+", "demandez days_since_step: 7+"),
    ),
    "prove/notice-not-due": warning(
        "{rule} gives formal notice of what is not overdue: {case}",
        "{rule} met en demeure de payer ce qui n'est pas échu : {case}",
        do=("ask for days_late: 30+", "demandez days_late: 30+"),
    ),
    "prove/notice-without-reminder": warning(
        "{rule} gives formal notice to somebody who was never reminded: {case}",
        "{rule} met en demeure quelqu'un qui n'a jamais été relancé : {case}",
        do=(
            "let it follow a reminder: from: reminder",
            "faites-la suivre un rappel : from: reminder",
        ),
    ),
    "prove/notice-too-early": warning(
        "{rule} gives formal notice within the {days} days that the message before left to pay: "
        "{case}",
        "{rule} met en demeure dans les {days} jours que le message précédent laissait pour "
        "payer : {case}",
        do=(
            "ask for more days_since_step, or shorten deadlines: in config.yaml",
            "demandez plus de days_since_step, ou raccourcissez deadlines: dans config.yaml",
        ),
    ),
    "prove/hand-over-too-early": warning(
        "{rule} hands over within the {days} days that the formal notice left to pay: {case}",
        "{rule} transmet dans les {days} jours que la mise en demeure laissait pour payer : {case}",
        do=(
            "ask for more days_since_step, or shorten deadlines: in config.yaml",
            "demandez plus de days_since_step, ou raccourcissez deadlines: dans config.yaml",
        ),
    ),
    "prove/reaches-nobody": hint(
        "{rule} reaches nobody here, although the same words also go by {channels}: {case}",
        "{rule} n'atteint personne ici, alors que le même texte part aussi par {channels} : {case}",
        do=(
            "add {channels} to its channels, joined by else",
            "ajoutez {channels} à ses canaux, après else",
        ),
    ),
    "prove/stop-lets-through": warning(
        "{rule} does not hold where {fact} is unknown, although it holds for some of its values: "
        "{case}",
        "{rule} ne retient pas le dossier quand {fact} est inconnu, alors qu'il le fait pour "
        "certaines valeurs : {case}",
        do=(
            "compare {fact} with a value instead of known, or add an alternative with unknown",
            "comparez {fact} à une valeur au lieu de known, ou ajoutez une alternative unknown",
        ),
    ),
}

_UNUSED = {
    "prove/unused-template": hint(
        "templates that no policy uses: {names}",
        "modèles qu'aucune politique n'emploie : {names}",
        do=(
            "name them in a policy, or delete them",
            "nommez-les dans une politique, ou supprimez-les",
        ),
    ),
    "prove/unused-offer": hint(
        "offers that no policy makes: {names}",
        "offres qu'aucune politique ne propose : {names}",
        do=(
            "name them in a policy, or delete them",
            "nommez-les dans une politique, ou supprimez-les",
        ),
    ),
    "prove/unused-task": hint(
        "tasks that no policy gives: {names}",
        "tâches qu'aucune politique ne donne : {names}",
        do=(
            "name them in a policy, or delete them",
            "nommez-les dans une politique, ou supprimez-les",
        ),
    ),
    "prove/unused-role": hint(
        "people whom no policy, task or stand-in names: {names}",
        "personnes que ni politique, ni tâche, ni remplacement ne nomme : {names}",
        do=(
            "name them in a policy, or delete them",
            "nommez-les dans une politique, ou supprimez-les",
        ),
    ),
    "prove/unused-condition": hint(
        "conditions that no rule uses: {names}",
        "conditions qu'aucune règle n'emploie : {names}",
        do=("use them with is:, or delete them", "employez-les avec is:, ou supprimez-les"),
    ),
    "prove/sampled": warning(
        "{policy} combines too much for a proof: {count} cases were tried, and nothing is claimed "
        "of the others",
        "{policy} combine trop de choses pour une preuve : {count} dossiers ont été essayés, et "
        "rien n'est affirmé des autres",
        do=("use fewer facts in one policy", "employez moins de faits dans une même politique"),
    ),
}

PROBLEMS = {**_USELESS, **_STUCK, **_PACE, **_COURSE, **_EARLY, **_UNUSED}
