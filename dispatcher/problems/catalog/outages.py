"""What is said of channels that may not send, and why a channel's turn ended early."""

from dispatcher.problems.kind import words


PHRASES = {
    "run/ended/stopped": words("stopped", "arrêt demandé"),
    "run/ended/configuration": words(
        "the provider refuses us; correct the settings",
        "le prestataire nous refuse ; corriger les réglages",
    ),
    "run/ended/unhealthy": words(
        "the provider takes nothing; tried again later",
        "le prestataire ne prend rien ; nouvel essai plus tard",
    ),
    "run/ended/throttled": words(
        "the provider asks for a pause; the rest waits",
        "le prestataire demande une pause ; le reste attend",
    ),
    "run/ended/open": words(
        "the provider is left alone for now; the rest waits",
        "le prestataire est laissé en paix pour l'instant ; le reste attend",
    ),
    "run/ended/rate": words(
        "its rate is used up; the rest waits for the next send",
        "son débit est épuisé ; le reste attend le prochain send",
    ),
    "run/ended/slow": words(
        "too slow; the rest waits for the next send",
        "trop lent ; le reste attend le prochain send",
    ),
    "checklist/provider": words("{name}: sends", "{name} : envoie"),
    "checklist/provider/not": words(
        "{name}: does not send since {since}, next try {until}: {reason}",
        "{name} : n'envoie plus depuis {since}, prochain essai {until} : {reason}",
    ),
    "checklist/provider/do": words(
        "look at the provider; the next run or send tries it again by itself",
        "voir chez le prestataire ; le prochain run ou send réessaie de lui-même",
    ),
}
