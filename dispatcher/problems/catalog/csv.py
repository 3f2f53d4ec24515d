"""Words about files that come in: what refuses a file, what refuses a row, what is a remark."""

from dispatcher.problems.kind import error, hint, warning


PROBLEMS = {
    # -- the mapping: nothing of the file is taken -----------------------------------------------
    "csv/unknown-target": error(
        'a source of kind {kind} has no target "{target}"',
        "une source de type {kind} n'a pas de cible « {target} »",
    ),
    "csv/missing-target": error(
        'source "{source}" does not say where "{target}" comes from',
        "la source « {source} » ne dit pas d'où vient « {target} »",
        do=(
            "name a heading of the file, or a constant, under columns",
            "indiquez un en-tête du fichier, ou une constante, sous columns",
        ),
    ),
    "csv/unmapped-fact": error(
        'source "{source}" gives no column for the fact "{fact}", which needs one',
        "la source « {source} » ne donne aucune colonne pour le fait « {fact} », qui en a besoin",
        do=(
            "map a column or a constant, or give the fact a default in rules/facts.yaml",
            "associez une colonne ou une constante, ou donnez un défaut dans rules/facts.yaml",
        ),
    ),
    "csv/missing-heading": error(
        'no column "{heading}" in {file} for the target "{target}"',
        "pas de colonne « {heading} » dans {file} pour la cible « {target} »",
    ),
    "csv/date-format": error(
        '"{dates}" is no date format: DD, MM and YYYY (or YY), each once, with separators',
        "« {dates} » n'est pas un format de date : DD, MM et YYYY (ou YY), une fois chacun, avec "
        "des séparateurs",
    ),
    "csv/separators-equal": error(
        'decimal and thousands are both "{decimal}"',
        "decimal et thousands valent tous deux « {decimal} »",
    ),
    "csv/unknown-encoding": error(
        'no encoding is called "{encoding}"',
        "aucun encodage ne s'appelle « {encoding} »",
        do=("write utf-8 or windows-1252", "écrivez utf-8 ou windows-1252"),
    ),
    # -- the file: nothing of it is taken ---------------------------------------------------------
    "csv/empty-file": error(
        "the file is empty",
        "le fichier est vide",
        do=(
            "export it again; nothing was changed",
            "refaites l'export ; rien n'a été modifié",
        ),
    ),
    "csv/encoding": error(
        "not {declared} at byte {byte}; it looks like {other}",
        "ce n'est pas {declared} à l'octet {byte} ; cela ressemble à {other}",
        do=(
            "set encoding: {other} for this source",
            "indiquez encoding: {other} pour cette source",
        ),
    ),
    "csv/nul": error(
        "a NUL character at byte {byte}: this is not a text file, or it was damaged",
        "un caractère NUL à l'octet {byte} : ce n'est pas un fichier texte, ou il est abîmé",
    ),
    "csv/open-quote": error(
        "in column {position} a quote is opened and never properly closed",
        "dans la colonne {position}, un guillemet ouvert n'est jamais correctement fermé",
        do=(
            'close it; a quote inside a quoted value is written twice ("")',
            'fermez-le ; un guillemet dans une valeur entre guillemets s\'écrit deux fois ("")',
        ),
    ),
    "csv/swallowed-rows": error(
        "in column {position} a quote is opened and closed {lines} lines on: whole rows would "
        "vanish in it",
        "dans la colonne {position}, un guillemet s'ouvre et se ferme {lines} lignes plus loin : "
        "des lignes entières y disparaîtraient",
    ),
    "csv/ragged": error(
        "{found} fields, expected {expected}",
        "{found} champs, {expected} attendus",
        do=(
            "a value that holds the delimiter stands in quotes",
            "une valeur qui contient le séparateur se met entre guillemets",
        ),
    ),
    "csv/long-field": error(
        "column {position} holds more than {limit} characters",
        "la colonne {position} contient plus de {limit} caractères",
    ),
    "csv/duplicate-heading": error(
        'the heading "{heading}" stands in column {first} and again in column {again}',
        "l'en-tête « {heading} » figure en colonne {first} et de nouveau en colonne {again}",
    ),
    "csv/delimiter": error(
        'one single column with the delimiter "{declared}"; it looks like "{other}"',
        "une seule colonne avec le séparateur « {declared} » ; cela ressemble à « {other} »",
        do=(
            'set delimiter: "{other}" for this source',
            'indiquez delimiter: "{other}" pour cette source',
        ),
    ),
    "csv/no-rows": error(
        "the file has a header and no rows",
        "le fichier a un en-tête et aucune ligne",
    ),
    # -- a row that is refused --------------------------------------------------------------------
    "csv/no-debtor": warning(
        "refused: no debtor's reference",
        "refusée : pas de référence du débiteur",
    ),
    "csv/no-number": warning(
        "refused: no invoice number",
        "refusée : pas de numéro de facture",
    ),
    "csv/term": warning(
        'refused: "{value}" is no number of a term (1 to 9999)',
        "refusée : « {value} » n'est pas un numéro d'échéance (1 à 9999)",
    ),
    "csv/no-amount": warning(
        "refused: no amount due",
        "refusée : pas de montant dû",
    ),
    "csv/amount": warning(
        'refused: "{value}" is not an amount (declared: {declared})',
        "refusée : « {value} » n'est pas un montant (déclaré : {declared})",
    ),
    "csv/amount-form": warning(
        'refused: "{value}" is not written as declared ({declared}); as it stands it would need '
        "{forms}",
        "refusée : « {value} » n'est pas écrit comme déclaré ({declared}) ; tel quel, il faudrait "
        "{forms}",
        do=(
            "correct decimal and thousands of this source, or the cell",
            "corrigez decimal et thousands de cette source, ou la cellule",
        ),
    ),
    "csv/amount-decimals": warning(
        'refused: "{value}" has more than two decimals (declared: {declared})',
        "refusée : « {value} » a plus de deux décimales (déclaré : {declared})",
    ),
    "csv/credit-sign": warning(
        'refused: "{value}" is negative; a source of credits writes them as positive amounts',
        "refusée : « {value} » est négatif ; une source d'avoirs les écrit en montants positifs",
    ),
    "csv/currency": warning(
        'refused: "{value}" is no currency (three capitals, such as EUR)',
        "refusée : « {value} » n'est pas une devise (trois capitales, par exemple EUR)",
    ),
    "csv/no-due": warning(
        "refused: no due date",
        "refusée : pas de date d'échéance",
    ),
    "csv/due": warning(
        'refused: "{value}" is not a due date written {declared}',
        "refusée : « {value} » n'est pas une date d'échéance écrite {declared}",
    ),
    "csv/due-day": warning(
        'refused: there is no such day as "{value}" (written {declared}, from 1900 on)',
        "refusée : le jour « {value} » n'existe pas (écrit {declared}, à partir de 1900)",
    ),
    "csv/due-serial": warning(
        'refused: "{value}" is the number by which a spreadsheet counts days, not a date written '
        "{declared}",
        "refusée : « {value} » est le numéro de jour d'un tableur, pas une date écrite {declared}",
        do=(
            "give the column a date format in the spreadsheet before the export",
            "donnez à la colonne un format de date dans le tableur avant l'export",
        ),
    ),
    "csv/settled-on": warning(
        'refused: whether it is paid cannot be told, "{value}" is not a date written {declared}',
        "refusée : impossible de savoir si elle est payée, « {value} » n'est pas une date écrite "
        "{declared}",
    ),
    "csv/not-paid": warning(
        "refused: no day of payment; what is still open belongs in a source of open_items",
        "refusée : pas de date de paiement ; ce qui reste dû va dans une source open_items",
    ),
    "csv/paid-later": warning(
        "refused: paid on {value}, a day after today",
        "refusée : payée le {value}, un jour après aujourd'hui",
    ),
    "csv/no-legal-kind": warning(
        "refused: no legal kind (one of: {allowed})",
        "refusée : pas de nature juridique (au choix : {allowed})",
    ),
    "csv/legal-kind": warning(
        'refused: "{value}" is no legal kind (one of: {allowed})',
        "refusée : « {value} » n'est pas une nature juridique (au choix : {allowed})",
        do=(
            "translate it under values of this column",
            "traduisez-la sous values de cette colonne",
        ),
    ),
    "csv/conflict": warning(
        'refused: invoice "{value}" stands on two rows that disagree',
        "refusée : la facture « {value} » figure sur deux lignes qui se contredisent",
    ),
    # -- a row set aside --------------------------------------------------------------------------
    "csv/duplicate": hint(
        '"{value}" again, with the same content: counted once',
        "« {value} » de nouveau, au contenu identique : compté une seule fois",
    ),
    "csv/debtor-again": hint(
        'debtor "{value}" again, told differently: the first row counts',
        "débiteur « {value} » de nouveau, décrit autrement : la première ligne compte",
    ),
    # -- a row that is taken with a remark --------------------------------------------------------
    "csv/debtor-differs": hint(
        '{target} is "{value}" here and not so on the first row of this debtor, which counts',
        "{target} vaut ici « {value} », contrairement à la première ligne de ce débiteur, qui "
        "compte",
    ),
    "csv/credit-number": hint(
        "a credit without a number: taken under a number of ours",
        "un avoir sans numéro : pris sous un numéro à nous",
    ),
    "csv/credit-twice": hint(
        'two credits have the number "{value}": both are deducted',
        "deux avoirs portent le numéro « {value} » : tous deux sont déduits",
    ),
    "csv/email": hint(
        '"{value}" is not an e-mail address: e-mail is out for this debtor',
        "« {value} » n'est pas une adresse e-mail : pas d'e-mail pour ce débiteur",
    ),
    "csv/email-several": hint(
        '"{value}" is more than exactly one e-mail address: e-mail is out for this debtor',
        "« {value} » : il faut exactement une adresse e-mail ; pas d'e-mail pour ce débiteur",
    ),
    "csv/email-international": hint(
        '"{value}" needs a mail service that takes letters beyond ASCII before the @: e-mail is '
        "out for this debtor",
        "« {value} » demande un service qui accepte des lettres non ASCII avant le @ : pas "
        "d'e-mail pour ce débiteur",
    ),
    "csv/phone": hint(
        '"{value}" is not a telephone number of that country: left out',
        "« {value} » n'est pas un numéro de téléphone de ce pays : laissé de côté",
    ),
    "csv/phone-premium": hint(
        '"{value}" costs more than an ordinary call: left out',
        "« {value} » est un numéro surtaxé : laissé de côté",
    ),
    "csv/not-mobile": hint(
        '"{value}" is not a mobile number: SMS is out for this debtor',
        "« {value} » n'est pas un numéro de mobile : pas de SMS pour ce débiteur",
    ),
    "csv/siren": hint(
        '"{value}" is no SIREN (nine digits, the last a check digit): left out',
        "« {value} » n'est pas un SIREN (neuf chiffres dont une clé) : laissé de côté",
    ),
    "csv/siret": hint(
        '"{value}" is no SIRET (fourteen digits, the last a check digit): left out',
        "« {value} » n'est pas un SIRET (quatorze chiffres dont une clé) : laissé de côté",
    ),
    "csv/iban": hint(
        '"{value}" is no IBAN (its check digits are wrong): left out',
        "« {value} » n'est pas un IBAN (sa clé est fausse) : laissé de côté",
    ),
    "csv/postcode": hint(
        '"{value}" is no French postcode (5 digits): left out',
        "« {value} » n'est pas un code postal français (5 chiffres) : laissé de côté",
    ),
    "csv/country": hint(
        '"{value}" is no country (two letters, such as FR): letters are out for this debtor',
        "« {value} » n'est pas un pays (deux lettres, par exemple FR) : pas de courrier pour ce "
        "débiteur",
    ),
    "csv/language": hint(
        '"{value}" is no language (such as fr): French is used',
        "« {value} » n'est pas une langue (par exemple fr) : le français est utilisé",
    ),
    "csv/long-line": hint(
        '"{value}" is longer than 38 characters, a line of an address',
        "« {value} » dépasse 38 caractères, la longueur d'une ligne d'adresse",
    ),
    "csv/no-name": hint(
        "the debtor has no name",
        "le débiteur n'a pas de nom",
    ),
    "csv/hidden": hint(
        'control or invisible characters in "{value}" were removed',
        "des caractères de contrôle ou invisibles ont été retirés de « {value} »",
    ),
    "csv/encoded-word": hint(
        '"{value}" looks like an encoded header: it was broken up',
        "« {value} » ressemble à un en-tête encodé : il a été neutralisé",
    ),
    "csv/balance-above-amount": hint(
        '"{value}" is due, more than was invoiced',
        "« {value} » est dû, plus que le montant facturé",
    ),
    "csv/amount-large": hint(
        '"{value}" is above the maximum of the fact amount_due',
        "« {value} » dépasse le maximum du fait amount_due",
    ),
    "csv/invoiced-amount": hint(
        '"{value}" is not an amount (declared: {declared}): the balance stands in',
        "« {value} » n'est pas un montant (déclaré : {declared}) : le solde en tient lieu",
    ),
    "csv/date": hint(
        '"{value}" is not a date written {declared}: left out',
        "« {value} » n'est pas une date écrite {declared} : laissée de côté",
    ),
    "csv/step": hint(
        '"{value}" is no step of an active policy ({allowed}): left out, the case starts anew',
        "« {value} » n'est pas une étape d'une politique active ({allowed}) : laissée de côté, le "
        "dossier commence au début",
        do=(
            "translate it under values of this column",
            "traduisez-la sous values de cette colonne",
        ),
    ),
    "csv/step-undated": hint(
        'the step "{value}" has no day: the last contact, else the day of the file, stands in',
        "l'étape « {value} » n'a pas de date : le dernier contact, sinon la date du fichier, en "
        "tient lieu",
    ),
    "csv/day-without-step": hint(
        "{value} is the day of no step: left out",
        "{value} n'est la date d'aucune étape : laissée de côté",
    ),
    "csv/not-yet": hint(
        "{value} lies after today, nothing was done then: left out",
        "{value} vient après aujourd'hui, rien n'a pu être fait alors : laissée de côté",
    ),
    "csv/due-before-issued": hint(
        "due on {value}, before the day of the invoice",
        "échue le {value}, avant la date de la facture",
    ),
    "csv/due-far": hint(
        "due on {value}, more than five years from now",
        "échéance le {value}, dans plus de cinq ans",
    ),
    "csv/no-profile": hint(
        "no profile: it is unknown (one of: {allowed})",
        "pas de profil : il est inconnu (au choix : {allowed})",
    ),
    "csv/fact-value": hint(
        '"{value}" is no value of {target} ({allowed}): it is unknown',
        "« {value} » n'est pas une valeur de {target} ({allowed}) : elle est inconnue",
    ),
    "csv/more": hint(
        "{count} more rows with {code} in column {column}",
        "{count} autres lignes avec {code} dans la colonne {column}",
    ),
}
