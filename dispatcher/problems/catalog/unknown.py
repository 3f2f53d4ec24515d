"""Messages that may or may not have left: what goes wrong in settling them, and what is said."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "unknown/none": error(
        "no message of unknown outcome has the number {value}",
        "aucun message au sort inconnu n'a le numéro {value}",
        do=("list them: relance unknown", "les lister : relance unknown"),
    ),
    "unknown/choice": error(
        "'{value}' is no answer; allowed: {allowed}",
        "« {value} » n'est pas une réponse ; permis : {allowed}",
        do=(
            "see what each means: relance unknown show NUMBER",
            "voir ce que chacune veut dire : relance unknown show NUMÉRO",
        ),
    ),
    "unknown/proof": error(
        "{value} has legal effect: 'not-sent' needs a proof",
        "{value} a un effet juridique : « not-sent » demande une preuve",
        do=(
            "name the provider's answer or list as a file: --proof FILE",
            "donner la réponse ou la liste du prestataire en fichier : --proof FICHIER",
        ),
    ),
    "unknown/proof-empty": error("the proof is empty", "la preuve est vide"),
    "unknown/proof-file": error(
        "the proof {path} cannot be read ({why})",
        "la preuve {path} ne peut pas être lue ({why})",
    ),
    "unknown/person": error(
        "{value} has legal effect: {person} may not settle it; may: {allowed}",
        "{value} a un effet juridique : {person} ne peut pas le régler ; peuvent : {allowed}",
        do=(
            "name two people of people: in config.yaml, one after the other",
            "nommer deux personnes de people: dans config.yaml, l'une après l'autre",
        ),
    ),
    "unknown/twice": error(
        "{person} has said '{choice}' of {value} already: somebody else has to say it too",
        "{person} a déjà dit « {choice} » de {value} : une autre personne doit le dire aussi",
    ),
    "unknown/other-choice": error(
        "{person} said '{choice}' of {value}: two people have to say the same",
        "{person} a dit « {choice} » de {value} : deux personnes doivent dire la même chose",
        do=(
            "agree on it; whoever changes their mind says so with the same command",
            "se mettre d'accord ; qui change d'avis le dit par la même commande",
        ),
    ),
}

PHRASES = {
    "unknown/nothing": words(
        "no message of unknown outcome", "aucun message dont le sort est inconnu"
    ),
    "unknown/number": words("number", "numéro"),
    "unknown/since": words("since", "depuis"),
    "unknown/channel": words("channel", "canal"),
    "unknown/step": words("step", "étape"),
    "unknown/debtor": words("debtor", "débiteur"),
    "unknown/cases": words("cases", "dossiers"),
    "unknown/amount": words("amount", "montant"),
    "unknown/needs": words("to settle it", "pour le régler"),
    "unknown/one": words("one person", "une personne"),
    "unknown/two": words("two people", "deux personnes"),
    "unknown/one-more": words("one more person", "encore une personne"),
    "unknown/title": words(
        "{number}: {channel} to {debtor}, sent by attempt {attempt} on {at}",
        "{number} : {channel} à {debtor}, essai {attempt} du {at}",
    ),
    "unknown/about": words(
        "cases {cases}, step {step}, {amount}", "dossiers {cases}, étape {step}, {amount}"
    ),
    "unknown/legal": words(
        "legal effect: two people of people: have to say the same",
        "effet juridique : deux personnes de people: doivent dire la même chose",
    ),
    "unknown/stage": words(
        "how far it got: {stage}; last seen: {evidence}",
        "jusqu'où : {stage} ; vu en dernier : {evidence}",
    ),
    "unknown/asked": words(
        "{at}: the provider was asked: {answer}", "{at} : question au prestataire : {answer}"
    ),
    "unknown/never-asked": words(
        "the provider was not asked", "le prestataire n'a pas été interrogé"
    ),
    "unknown/answer/found": words("it has the message", "il a le message"),
    "unknown/answer/absent": words("it does not have the message", "il n'a pas le message"),
    "unknown/answer/unsaid": words("no useful answer", "pas de réponse utile"),
    "unknown/said": words(
        "{at}: {person} said '{choice}': {reason}", "{at} : {person} a dit « {choice} » : {reason}"
    ),
    "unknown/proof-kept": words("  proof: SHA-256 {proof}", "  preuve : SHA-256 {proof}"),
    "unknown/choices": words("What can be said of it:", "Ce qu'on peut en dire :"),
    "unknown/means/sent": words(
        "  sent: it left. The step is done on {day}; the case goes on from it",
        "  sent : il est parti. L'étape est faite au {day} ; le dossier continue après elle",
    ),
    "unknown/means/not-sent": words(
        "  not-sent: it did not leave, and that is known. It is tried again now{price}",
        "  not-sent : il n'est pas parti, et c'est établi. Nouvel essai maintenant{price}",
    ),
    "unknown/means/send-again": words(
        "  send-again: nobody knows, and it shall leave once more{price}. "
        "The debtor may get it twice",
        "  send-again : nul ne sait, et il doit repartir{price}. "
        "Le débiteur peut le recevoir deux fois",
    ),
    "unknown/means/leave": words(
        "  leave: nobody knows, and it counts as gone on {day}. It is never sent again; "
        "the debtor may have got nothing",
        "  leave : nul ne sait, et il compte comme parti le {day}. Il ne repart jamais ; "
        "le débiteur n'a peut-être rien reçu",
    ),
    "unknown/price": words(" for {price}", " pour {price}"),
    "unknown/how": words(
        'relance unknown resolve {number} --as ... --reason "..." --person "..."',
        'relance unknown resolve {number} --as ... --reason "..." --person "..."',
    ),
    "unknown/done/sent": words(
        "{number} counts as sent; the step is done", "{number} compte comme envoyé ; étape faite"
    ),
    "unknown/done/not-sent": words(
        "{number} is tried again by the next run or send",
        "{number} sera réessayé au prochain passage ou envoi",
    ),
    "unknown/done/send-again": words(
        "{number} leaves once more with the next run or send",
        "{number} repartira au prochain passage ou envoi",
    ),
    "unknown/done/leave": words(
        "{number} counts as gone and is never sent again",
        "{number} compte comme parti et ne repart jamais",
    ),
    "unknown/waits": words(
        "noted; {number} has legal effect: a second person has to say '{choice}' too",
        "noté ; {number} a un effet juridique : une deuxième personne doit dire « {choice} » aussi",
    ),
    # -- in the summary of a run
    "run/asked": words(
        "providers were asked about unknown messages: {counts}",
        "question aux prestataires sur des messages au sort inconnu : {counts}",
    ),
    "run/asked-news": words(
        "{count} report{count:|s} fetched from providers",
        "{count} compte{count:|s} rendu{count:|s} pris chez des prestataires",
    ),
    "run/unknown": words(
        "{count} message{count:|s} may or may not have left: relance unknown",
        "{count} message{count:|s} parti{count:|s} ou non, nul ne sait : relance unknown",
    ),
    "run/unknown-legal": words(
        "{count} of them with legal effect, for more than an hour: "
        "two people have to settle {count:it|them}",
        "dont {count} avec effet juridique, depuis plus d'une heure : "
        "deux personnes doivent {count:le|les} régler",
    ),
    "asked/found": words("{count} found", "{count} trouvé{count:|s}"),
    "asked/absent": words("{count} not there", "{count} absent{count:|s}"),
    "asked/not-there": words(
        "{count} proven not there, tried again", "{count} absent{count:|s} pour de bon, réessai"
    ),
    "asked/unsaid": words("{count} without an answer", "{count} sans réponse"),
    "asked/resend": words(
        "{count} sent once more, as the policy says",
        "{count} renvoyé{count:|s} une fois, comme le dit la politique",
    ),
}
