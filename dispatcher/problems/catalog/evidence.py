"""What `relance audit export` says, and the page that goes along with a bundle."""

from dispatcher.problems.kind import error, words


PROBLEMS = {
    "evidence/exists": error(
        "{path} is there already; nothing was written",
        "{path} existe déjà ; rien n'a été écrit",
        do=("name a new folder or file", "indiquer un nouveau dossier ou fichier"),
    ),
}

_EN = """What was done in one case, with what proves it.

To prove it (Python 3.9 or newer, nothing else):

    python3 -I verify.py

It says "proved", or what does not hold. It proves that
- every message, note, mail, letter and policy here belongs to a record, and none was added;
- every record of this case stands in the creditor's trail: from each a path of hashes leads to one
  root over all records of that trail;
- messages, notes and answers are those to which these records committed when they happened;
- the mails and letters here carry those very words and files;
- the policies here are those that decided, by their SHA-256.

The root is worth what its checkpoint is worth. Compare this one with what was kept elsewhere at the
time, or have the creditor show that it holds (relance audit verify --against CHECKPOINT):

    {checkpoint}

case.json      the invoice, as it stood when this was written (the creditor's word, not proved)
proof.json     the records, each with its path to the root
opened.json    what the records commit to, with the salts of this case only
messages/      what was sent: content.json as it was decided, mail.eml and PDF as they left
policies/      the rules in force, one file per version
files.json     SHA-256 of every file

Other debtors appear as hashes only. What was erased since at a debtor's wish is not here; its
commitments are."""

_FR = """Ce qui a été fait pour une créance, et ce qui le prouve.

Pour le vérifier (Python 3.9 ou plus récent, rien d'autre) :

    python3 -I verify.py

Il répond "proved" (prouvé), ou dit ce qui ne tient pas. Il prouve que
- chaque message, note, courriel, courrier et règle d'ici relève d'une entrée, sans rien d'ajouté ;
- chaque entrée de cette créance est dans la piste du créancier : de chacune, un chemin d'empreintes
  mène à une racine unique sur toutes les entrées de cette piste ;
- les messages, notes et réponses sont ceux auxquels ces entrées s'engageaient au moment des faits ;
- les courriels et courriers d'ici portent exactement ces mots et ces fichiers ;
- les règles d'ici sont celles qui ont décidé, par leur SHA-256.

La racine vaut ce que vaut son point de contrôle. Comparez celui-ci avec ce qui a été conservé
ailleurs à l'époque, ou faites montrer au créancier qu'il tient (relance audit verify --against
POINT) :

    {checkpoint}

case.json      la facture, telle qu'elle était lors de l'écriture (parole du créancier, non prouvée)
proof.json     les entrées, chacune avec son chemin jusqu'à la racine
opened.json    ce à quoi les entrées s'engagent, avec les sels de cette seule créance
messages/      ce qui a été envoyé : content.json tel que décidé, mail.eml et PDF tels que partis
policies/      les règles en vigueur, un fichier par version
files.json     le SHA-256 de chaque fichier

Les autres débiteurs n'y figurent que par des empreintes. Ce qui a été effacé depuis à la demande
d'un débiteur n'y est pas ; ses engagements y sont."""

PHRASES = {
    "evidence/readme": words(_EN, _FR),
    "evidence/done": words(
        "{path}: {records} records, {files} files; prove it with python3 -I verify.py",
        "{path} : {records} entrées, {files} fichiers ; à vérifier avec python3 -I verify.py",
    ),
    "evidence/erased": words(
        "{count} value{count:|s} erased, and not in it",
        "{count} valeur{count:|s} effacée{count:|s}, et absente{count:|s} d'ici",
    ),
    "evidence/checkpoint": words(
        "keep this elsewhere: checkpoint {checkpoint}",
        "à conserver ailleurs : point de contrôle {checkpoint}",
    ),
}
