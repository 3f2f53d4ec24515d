"""What is said when the decisions of a past run are made again."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "recompute/no-run": error(
        "there was no run '{value}'; the last ones: {runs}",
        "il n'y a pas eu de passage « {value} » ; les derniers : {runs}",
        do=(
            "write a day, 2026-05-12, or the number of a run",
            "écrire un jour, 2026-05-12, ou le numéro d'un passage",
        ),
    ),
}

PHRASES = {
    "recompute/title": words(
        "Run {run} of {day}: the answers file is the one of the trail.",
        "Passage {run} du {day} : le fichier des réponses est bien celui de la piste.",
    ),
    "recompute/policies": words(
        "Rules as they were then: {policies}.", "Règles telles qu'alors : {policies}."
    ),
    "recompute/same": words(
        "The same: the rules give all {count} answers again.",
        "Identique : les règles redonnent les {count} réponses.",
    ),
    "recompute/same-one": words(
        "The same: the rules give this answer again, in all three ways of computing it.",
        "Identique : les règles redonnent cette réponse, par les trois façons de la calculer.",
    ),
    "recompute/left-out": words(
        "{count} answer{count:|s} not made again: their facts contradicted each other.",
        "{count} réponse{count:|s} non recalculée{count:|s} : leurs faits se contredisaient.",
    ),
    "recompute/differs": words(
        "DIFFERENT: {count} of {of} answers", "DIFFÉRENT : {count} réponses sur {of}"
    ),
    "recompute/difference": words(
        "  {case}, {field}: recorded {recorded}, computed {found}",
        "  {case}, {field} : enregistré {recorded}, recalculé {found}",
    ),
    "recompute/more": words("  ... and {count} more", "  ... et {count} autres"),
    "recompute/field/facts": words("fingerprint of the facts", "empreinte des faits"),
    "recompute/field/policy": words("policy", "politique"),
    "recompute/field/rule": words("rule", "règle"),
    "recompute/field/answer": words("answer", "réponse"),
    "recompute/field/until": words("next change", "prochain changement"),
    "recompute/field/verdict": words("way of computing", "façon de calculer"),
    "recompute/none": words("none", "rien"),
    "recompute/scope": words(
        "Rounds, channels and limits came from what had been sent before; they are not computed "
        "again.",
        "Regroupements, canaux et limites venaient des envois passés ; ils ne sont pas recalculés.",
    ),
}
