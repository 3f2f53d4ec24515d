"""The names, towns and streets of the sample company's world; none of them is anybody's."""

from typing import Final


FAMILIES: Final = (
    "Dubois", "Lefèvre", "Moreau", "Garnier", "Chevalier", "Rousseau", "Noël", "Guérin",
    "Schmitt", "Muller", "Le Goff", "Payet", "Hoarau", "N’Diaye", "García", "Da Silva",
    "Œuvrard", "Bühler", "Lacroix", "Perrin", "Masson", "Benali", "Nguyen", "Petitjean",
)  # fmt: skip
FIRST: Final = (
    "Claire", "Hélène", "Jérôme", "François", "Zoé", "André", "Anaïs", "Loïc", "Samia",
    "Thomas", "Maëlle", "Bruno", "Inès", "Gérald", "Céline", "Yann",
)  # fmt: skip
TRADES: Final = (
    "Menuiserie", "Garage", "Imprimerie", "Transports", "Boulangerie", "Électricité",
    "Plomberie", "Charpente", "Hôtel", "Pharmacie", "Cabinet", "Maçonnerie", "Traiteur",
)  # fmt: skip
GROUPS: Final = (
    "Logistique", "Distribution", "Industries", "Bâtiment", "Agroalimentaire", "Énergies",
)  # fmt: skip
SMALL_FORMS: Final = ("EURL", "SARL", "EI")
FORMS: Final = ("SARL", "SAS", "SAS", "SA")
STREETS: Final = (
    "rue de la République", "avenue Jean-Jaurès", "place du Marché", "quai de l'Île",
    "rue des Écoles", "chemin des Vignes", "allée des Tilleuls", "boulevard Voltaire",
)  # fmt: skip

#: Postcode, town, head of its landlines (overseas of its mobiles too).
#: Alsace-Moselle and overseas keep days of their own.
TOWNS: Final = (
    ("69003", "LYON", "0472"), ("69100", "VILLEURBANNE", "0478"), ("44000", "NANTES", "0240"),
    ("75011", "PARIS", "0143"), ("13006", "MARSEILLE", "0491"), ("33000", "BORDEAUX", "0556"),
    ("59800", "LILLE", "0320"), ("35000", "RENNES", "0299"), ("31000", "TOULOUSE", "0561"),
    ("38000", "GRENOBLE", "0476"), ("63000", "CLERMONT-FERRAND", "0473"),
    ("21000", "DIJON", "0380"), ("29200", "BREST", "0298"), ("06000", "NICE", "0493"),
    ("87000", "LIMOGES", "0555"), ("42000", "SAINT-ÉTIENNE", "0477"),
)  # fmt: skip
ALSACE_MOSELLE: Final = (
    ("67000", "STRASBOURG", "0388"), ("68100", "MULHOUSE", "0389"), ("57000", "METZ", "0387"),
)  # fmt: skip
OVERSEAS: Final = (
    ("97400", "SAINT-DENIS", "02622", "0692"),
    ("97110", "POINTE-À-PITRE", "05908", "0690"),
    ("97200", "FORT-DE-FRANCE", "05967", "0696"),
    ("97300", "CAYENNE", "05943", "06942"),
)  # fmt: skip
PUBLIC: Final = ("Commune de {town}", "Centre hospitalier de {town}", "Communauté de {town}")
ASSOCIATIONS: Final = ("Les Amis de {family}", "Club sportif {family}", "Chorale {family}")
