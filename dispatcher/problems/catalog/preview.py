"""What `relance preview` says, and what stands in its gallery."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "preview/no-template": error(
        "there is no template '{value}'",
        "il n'y a pas de modèle « {value} »",
        do=("`relance preview` lists them", "`relance preview` en donne la liste"),
    ),
    "preview/no-channel": error(
        "this template has no words for the channel '{value}'; it has: {allowed}",
        "ce modèle n'a pas de texte pour le canal « {value} » ; il en a pour : {allowed}",
    ),
    "preview/no-tone": error(
        "there is no tone '{value}'; tones: {allowed}",
        "il n'y a pas de ton « {value} » ; tons : {allowed}",
    ),
    "preview/no-case": error(
        "no case and no sample case is called '{value}'; sample cases: {allowed}",
        "aucun dossier ni cas type ne s'appelle « {value} » ; cas types : {allowed}",
    ),
    "preview/no-format": error(
        "there is no format '{value}'; formats: {allowed}",
        "il n'y a pas de format « {value} » ; formats : {allowed}",
    ),
    "preview/nothing-next": error(
        "no message follows for {value} by itself: name a template",
        "aucun message ne suit de lui-même pour {value} : indiquer un modèle",
        do=("`relance explain {value}` says why", "`relance explain {value}` dit pourquoi"),
    ),
    "preview/unreachable": error(
        "the debtor of {value} has no address for the channel {channel}",
        "le débiteur de {value} n'a pas d'adresse pour le canal {channel}",
    ),
    "preview/not-alone": error(
        "--all shows every template: it goes without {what}",
        "--all montre tous les modèles : il va sans {what}",
    ),
}

PHRASES = {
    "progress/preview": words("previewing", "aperçu"),
    "preview/list": words(
        "Name a template, a case with --case, or --all:",
        "Indiquer un modèle, un dossier avec --case, ou --all :",
    ),
    "preview/case-today": words("{case}: what goes out today", "{case} : ce qui part aujourd'hui"),
    "preview/case-later": words(
        "{case}: what goes out on {day} if nothing changes",
        "{case} : ce qui part le {day} si rien ne change",
    ),
    "preview/template": words("template", "modèle"),
    "preview/tone": words("tone", "ton"),
    "preview/channel": words("channel", "canal"),
    "preview/channels": words("channels", "canaux"),
    "preview/tones": words("own words for the tones", "mots propres aux tons"),
    "preview/case": words("case", "cas"),
    "preview/files": words("files", "fichiers"),
    "preview/notes": words("notes", "remarques"),
    "preview/folder": words("in {folder}", "dans {folder}"),
    "preview/segments": words(
        "{count} segment{count:|s}, {price}", "{count} segment{count:|s}, {price}"
    ),
    "preview/length": words("{count} character{count:|s}", "{count} caractère{count:|s}"),
    "preview/shortened": words(
        "the address is too long for the envelope and was shortened",
        "l'adresse est trop longue pour l'enveloppe et a été raccourcie",
    ),
    "preview/pages": words("{count} page{count:|s}", "{count} page{count:|s}"),
    "preview/no-price": words("no price in config.yaml", "sans prix dans config.yaml"),
    "preview/gallery": words(
        "{messages} message{messages:|s}, {pages} page{pages:|s}: open {path}",
        "{messages} message{messages:|s}, {pages} page{pages:|s} : ouvrir {path}",
    ),
    "preview/failed": words(
        "{count} message{count:|s} cannot be made:",
        "{count} message{count:|s} impossible{count:|s} à faire :",
    ),
    # -- the gallery
    "gallery/title": words("Every message of {creditor}", "Tous les messages de {creditor}"),
    "gallery/made": words(
        "Made on {day} by relance preview --all, from sample cases: nothing here was sent.",
        "Faite le {day} par relance preview --all, sur des cas types : rien n'a été envoyé.",
    ),
    "gallery/start": words("Gallery", "Galerie"),
    "gallery/by-template": words("By template", "Par modèle"),
    "gallery/by-channel": words("By channel", "Par canal"),
    "gallery/by-case": words("By case", "Par cas"),
    "gallery/failed": words("Cannot be made", "Impossibles à faire"),
    "gallery/text": words("As plain text", "En texte brut"),
    "gallery/see": words("see", "voir"),
    "gallery/of": words("{template}, page {number}", "{template}, page {number}"),
    "gallery/before": words("before: {name}", "précédent : {name}"),
    "gallery/after": words("next: {name}", "suivant : {name}"),
    "gallery/from": words("From", "De"),
    "gallery/to": words("To", "À"),
    "gallery/cc": words("Copy to", "Copie à"),
    "gallery/reply-to": words("Reply to", "Réponse à"),
    "gallery/date": words("Date", "Date"),
    "gallery/subject": words("Subject", "Objet"),
    "gallery/attached": words("Attached", "Joint"),
    "gallery/mail": words("the e-mail {subject}", "l'e-mail {subject}"),
    "gallery/legal": words("legal effect", "effet juridique"),
    "channel/email": words("e-mail", "e-mail"),
    "channel/sms": words("SMS", "SMS"),
    "channel/letter": words("letter", "lettre"),
    "channel/registered_letter": words("registered letter", "lettre recommandée"),
    "channel/call": words("call", "appel"),
    "channel/visit": words("visit", "visite"),
    "tone/friendly": words("friendly", "amical"),
    "tone/understanding": words("understanding", "compréhensif"),
    "tone/courteous": words("courteous", "courtois"),
    "tone/firm": words("firm", "ferme"),
    "tone/formal": words("formal", "formel"),
}
