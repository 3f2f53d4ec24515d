"""What the checklist of `relance doctor` says: the good sentence, the other one, what to do."""

from dispatcher.problems.kind import words


PHRASES = {
    "checklist/state/ok": words("ok       {text}", "ok        {text}"),
    "checklist/state/todo": words("to do    {text}", "à faire   {text}"),
    "checklist/state/problem": words("PROBLEM  {text}", "PROBLÈME  {text}"),
    "checklist/remedy": words("         = {text}", "          = {text}"),
    "checklist/no-home": words(
        "no home here: relance init DIR", "pas de maison ici : relance init DOSSIER"
    ),
    "checklist/done": words(
        "{ok} ok, {todo} to do, {problem} problem{problem:|s}",
        "{ok} ok, {todo} à faire, {problem} problème{problem:|s}",
    ),
    # -- areas
    "checklist/area/installation": words("Installation", "Installation"),
    "checklist/area/house": words("House", "Maison"),
    "checklist/area/creditor": words("Creditor", "Créancier"),
    "checklist/area/channels": words("Channels", "Canaux"),
    "checklist/area/people": words("People", "Personnes"),
    "checklist/area/policies": words("Policies", "Politiques"),
    "checklist/area/incoming": words("Files that come in", "Fichiers qui entrent"),
    "checklist/area/book": words("Book and disk", "Livre et disque"),
    # -- installation
    "checklist/python": words("Python {version}", "Python {version}"),
    "checklist/sqlite": words("SQLite {version}", "SQLite {version}"),
    "checklist/package": words("the package channels is ours", "le paquet channels est le nôtre"),
    "checklist/package/not": words(
        "the package channels was overwritten by another distribution",
        "le paquet channels a été écrasé par une autre distribution",
    ),
    "checklist/package/do": words(
        "install relance into an environment of its own",
        "installer relance dans un environnement à part",
    ),
    "checklist/shipped": words(
        "shipped rules and templates in {folder}", "règles et modèles fournis dans {folder}"
    ),
    "checklist/shipped/not": words("{folder} lacks {names}", "il manque {names} dans {folder}"),
    "checklist/shipped/do": words("install relance again", "réinstaller relance"),
    # -- house
    "checklist/environment": words("production: {folder}", "production : {folder}"),
    "checklist/environment/not": words(
        "sandbox: nothing leaves {folder}", "bac à sable : rien ne sort de {folder}"
    ),
    "checklist/environment/do": words(
        "to go live: a new home with environment: production",
        "pour passer en réel : une nouvelle maison avec environment: production",
    ),
    "checklist/writings": words(
        "configuration, rules and templates can be used",
        "configuration, règles et modèles utilisables",
    ),
    "checklist/writings/not": words(
        "{count} error{count:|s} in configuration, rules or templates",
        "{count} erreur{count:|s} dans la configuration, les règles ou les modèles",
    ),
    "checklist/writings/do": words("relance check", "relance check"),
    "checklist/zone": words("time zone {zone}", "fuseau horaire {zone}"),
    "checklist/zone/not": words(
        "this machine does not know the time zone {zone}",
        "cette machine ne connaît pas le fuseau {zone}",
    ),
    "checklist/zone/do": words("install the package tzdata", "installer le paquet tzdata"),
    "checklist/calendar": words(
        "rates and creditor's numbers hold on {today}",
        "taux et numéros du créancier valables le {today}",
    ),
    # -- creditor
    "checklist/identity": words("identity complete", "identité complète"),
    "checklist/identity/not": words("lacking: {names}", "il manque : {names}"),
    "checklist/identity/do": words(
        "fill creditor: in config.yaml", "compléter creditor: dans config.yaml"
    ),
    "checklist/digits": words("{name}: check digits right", "{name} : clé de contrôle juste"),
    "checklist/digits/not": words("{name}: check digits wrong", "{name} : clé de contrôle fausse"),
    "checklist/digits/do": words("copy it again", "le recopier"),
    "checklist/example/not": words(
        "{name} is that of the example", "{name} est celui de l'exemple"
    ),
    "checklist/example/do": words("write your own", "mettre le vôtre"),
    "checklist/signatory": words(
        "formal notices signed by {name}, {quality}",
        "mises en demeure signées par {name}, {quality}",
    ),
    "checklist/signatory/not": words(
        "nobody with a function signs formal notices",
        "personne, avec sa fonction, ne signe les mises en demeure",
    ),
    "checklist/signatory/do": words(
        "write signatory: and quality:, or contact_name: and contact_role:",
        "écrire signatory: et quality:, ou contact_name: et contact_role:",
    ),
    # -- channels
    "checklist/channel": words(
        "{name}: settings and secrets right ({adapter})",
        "{name} : réglages et secrets justes ({adapter})",
    ),
    "checklist/tls": words("{name}: encrypted to {host}", "{name} : chiffré jusqu'à {host}"),
    "checklist/tls/not": words("{name}: in clear text to {host}", "{name} : en clair vers {host}"),
    "checklist/tls/do": words("write tls: start_tls", "écrire tls: start_tls"),
    "checklist/real/not": words(
        "{name}: {domain} by {host} exists in examples only",
        "{name} : {domain} par {host} n'existe que dans les exemples",
    ),
    "checklist/real/do": words(
        "write your own sender: and host:", "mettre vos propres sender: et host:"
    ),
    "checklist/sender": words(
        "{name}: {domain} sends by its own relay {host}",
        "{name} : {domain} envoie par son propre relais {host}",
    ),
    "checklist/sender/not": words(
        "{name}: {domain} sends by another's relay, {host}",
        "{name} : {domain} envoie par le relais d'un autre, {host}",
    ),
    "checklist/sender/do": words(
        "in the DNS of {domain}: SPF has to name {host}, DKIM its key; nothing was looked up here",
        "dans le DNS de {domain} : SPF doit nommer {host}, DKIM sa clé ; rien n'est vérifié ici",
    ),
    "checklist/price": words("{name}: has a price", "{name} : a un prix"),
    "checklist/price/not": words("{name}: no price", "{name} : pas de prix"),
    "checklist/price/do": words(
        "write price: in euros, so that plan can add it up",
        "écrire price: en euros, pour que plan en fasse le total",
    ),
    "checklist/caps": words("contacts are capped", "les contacts sont plafonnés"),
    "checklist/caps/not": words(
        "nothing caps the contacts of a day", "rien ne plafonne une journée"
    ),
    "checklist/caps/do": words(
        "write limits: in config.yaml, or safety: in each policy",
        "écrire limits: dans config.yaml, ou safety: dans chaque politique",
    ),
    # -- people
    "checklist/person": words("{role}: {name}, {email}", "{role} : {name}, {email}"),
    "checklist/person/not": words(
        "{role}: {name}, {email} is no person with an e-mail address",
        "{role} : {name}, {email} n'est pas une personne avec une adresse e-mail",
    ),
    "checklist/person/do": words(
        "write name: and email: under people:", "écrire name: et email: sous people:"
    ),
    "checklist/by-column": words(
        "{role}: named by a debtor's column", "{role} : nommé par une colonne du débiteur"
    ),
    "checklist/approver/not": words(
        "{rule}: nobody holds the role {role}", "{rule} : personne ne tient le rôle {role}"
    ),
    "checklist/approver/do": words("write it under people:", "l'écrire sous people:"),
    "checklist/two-people/not": words(
        "{rule}: {one} and {other} are one person", "{rule} : {one} et {other} sont une personne"
    ),
    "checklist/two-people/do": words(
        "name two people, or it can never be approved",
        "nommer deux personnes, sinon rien ne sera jamais approuvé",
    ),
    "checklist/approved/not": words(
        "{rule}: goes without anybody's approval",
        "{rule} : part sans l'accord de personne",
    ),
    "checklist/approved/do": words(
        "write needs_approval: in the policy", "écrire needs_approval: dans la politique"
    ),
    "checklist/approvals": words(
        "{count} rule{count:|s} with legal effect or a hand-over: "
        "all approved by people who are named",
        "{count} règle{count:|s} à effet juridique ou de remise : "
        "accord de personnes toutes nommées",
    ),
    # -- policies
    "checklist/active/not": words("no policy is in force", "aucune politique en vigueur"),
    "checklist/active/do": words("relance check", "relance check"),
    "checklist/tested": words("{policy}: has tests", "{policy} : a des tests"),
    "checklist/tested/not": words("{policy}: no tests", "{policy} : pas de tests"),
    "checklist/tested/do": words(
        "write rules/{policy}.test.yaml", "écrire rules/{policy}.test.yaml"
    ),
    "checklist/words": words(
        "{policy}: words for every contact and answer",
        "{policy} : un texte pour chaque contact et réponse",
    ),
    "checklist/words/not": words(
        "{policy}: no words for {names}", "{policy} : pas de texte : {names}"
    ),
    "checklist/words/do": words("write them in templates/", "les écrire dans templates/"),
    "checklist/reachable/not": words(
        "{policy}: no channel is called {channel}", "{policy} : aucun canal ne s'appelle {channel}"
    ),
    "checklist/reachable/do": words(
        "write it under channels: in config.yaml", "l'écrire sous channels: dans config.yaml"
    ),
    # -- files that come in
    "checklist/sources/not": words("no source is named", "aucune source n'est nommée"),
    "checklist/sources/do": words(
        "write sources: in config.yaml", "écrire sources: dans config.yaml"
    ),
    "checklist/file": words("{name}: {file}", "{name} : {file}"),
    "checklist/file/not": words("{name}: {file} is not there", "{name} : {file} absent"),
    "checklist/file/do": words("bring the export there", "y déposer l'export"),
    "checklist/fresh": words("{name}: of {day}", "{name} : du {day}"),
    "checklist/fresh/not": words(
        "{name}: of {day}, a run would stop", "{name} : du {day}, un passage s'arrêterait"
    ),
    "checklist/fresh/do": words("bring a new export", "apporter un nouvel export"),
    # -- book
    "checklist/store": words("store {path}", "base {path}"),
    "checklist/store/not": words("no store yet", "pas encore de base"),
    "checklist/store/do": words("relance run makes it", "relance run la crée"),
    "checklist/network": words(
        "the store lies on a disk of this machine", "la base est sur un disque de cette machine"
    ),
    "checklist/network/not": words(
        "the store lies on the disk of another machine ({kind}), where it may be damaged",
        "la base est sur le disque d'une autre machine ({kind}), où elle peut être abîmée",
    ),
    "checklist/network/do": words(
        "move it to a disk of this machine: store: path: in config.yaml",
        "mettez-la sur un disque de cette machine : store: path: dans config.yaml",
    ),
    "checklist/same-environment": words("the store belongs to {found}", "base de {found}"),
    "checklist/same-environment/not": words(
        "the store belongs to {found}, config.yaml says {wanted}",
        "la base est de {found}, config.yaml dit {wanted}",
    ),
    "checklist/same-environment/do": words(
        "use one home for each environment", "une maison pour chaque environnement"
    ),
    "checklist/trail": words(
        "trail: {count} record{count:|s}, the last ones hold",
        "piste : {count} entrée{count:|s}, les dernières tiennent",
    ),
    "checklist/trail/not": words(
        "the end of the trail does not hold together", "la fin de la piste ne tient pas"
    ),
    "checklist/trail/do": words("relance audit verify", "relance audit verify"),
    "checklist/settled": words("nothing is on its way", "rien n'est en chemin"),
    "checklist/settled/not": words(
        "{count} message{count:|s} {count:was|were} on {count:its|their} way when a run ended",
        "{count} message{count:|s} {count:était|étaient} en chemin quand un passage a fini",
    ),
    "checklist/settled/do": words("the next run settles them", "le prochain passage les règle"),
    "checklist/known": words(
        "of every message it is known whether it left", "on sait de chaque message s'il est parti"
    ),
    "checklist/known/not": words(
        "of {count} message{count:|s} nobody knows whether {count:it|they} left",
        "de {count} message{count:|s} on ne sait pas {count:s'il est parti|s'ils sont partis}",
    ),
    "checklist/known/do": words(
        "relance unknown shows them and what to answer; they are not sent again",
        "relance unknown les montre et dit que répondre ; ils ne repartent pas",
    ),
    "checklist/ended/not": words(
        "the last run was cut short", "le dernier passage a été interrompu"
    ),
    "checklist/ended/do": words("relance run goes on", "relance run reprend"),
    "checklist/last-run": words("last run on {day}", "dernier passage le {day}"),
    "checklist/last-run/not": words(
        "no run today or on the business day before; the last: {day}",
        "aucun passage aujourd'hui ni le jour ouvré d'avant ; le dernier : {day}",
    ),
    "checklist/last-run/do": words(
        "let cron or systemd start it: docs/operations",
        "le faire lancer par cron ou systemd : docs/operations",
    ),
    "checklist/backup": words("last backup on {day}", "dernière sauvegarde le {day}"),
    "checklist/backup/not": words(
        "no backup within a week; the last: {day}",
        "aucune sauvegarde depuis une semaine ; la dernière : {day}",
    ),
    "checklist/backup/do": words("relance backup FILE", "relance backup FICHIER"),
    "checklist/checkpoints": words(
        "checkpoints are kept in {path}", "points de contrôle gardés dans {path}"
    ),
    "checklist/checkpoints/not": words(
        "no checkpoints elsewhere: nobody would see a book written anew or put back as a whole",
        "aucun point de contrôle ailleurs : un livre réécrit ou remis en bloc ne se verrait pas",
    ),
    "checklist/checkpoints/do": words(
        "store: checkpoints: in config.yaml, on another disk or machine",
        "store: checkpoints: dans config.yaml, sur un autre disque ou une autre machine",
    ),
    "checklist/rights": words("{name}: rights {mode}", "{name} : droits {mode}"),
    "checklist/rights/not": words(
        "{name}: others may look into it ({mode})", "{name} : d'autres peuvent y lire ({mode})"
    ),
    "checklist/rights/do": words("chmod {wanted}", "chmod {wanted}"),
    "checklist/owner/not": words(
        "{name} belongs to another account", "{name} appartient à un autre compte"
    ),
    "checklist/owner/do": words(
        "run relance always under the same account", "lancer relance toujours sous le même compte"
    ),
    "checklist/room": words("{megabytes} MB free", "{megabytes} Mo libres"),
    "checklist/room/not": words("only {megabytes} MB free", "seulement {megabytes} Mo libres"),
    "checklist/room/do": words("make room on the disk", "libérer de la place sur le disque"),
}
