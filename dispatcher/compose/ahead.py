"""What a message may announce: the next step in the words of the debtor, or nothing."""

from collections.abc import Mapping
from datetime import date
from typing import Final

from dispatcher.compose import format as form
from dispatcher.compose.plain import Plain
from dispatcher.model.following import Following, NextKind


#: The clause behind "sans règlement ni réponse, ..."; what is not here announces nothing.
_WORDS: Final = {
    NextKind.REMINDER: "nous vous écrirons de nouveau",
    NextKind.LETTER: "nous vous adresserons un courrier",
    NextKind.CALL: "nous vous appellerons",
    NextKind.VISIT: "nous vous proposerons un rendez-vous",
    NextKind.CONTACT: "nous reprendrons contact avec vous",
    NextKind.REVIEW: "nous examinerons la suite à donner à votre dossier",
}

_CHANNELS: Final = {
    "email": "par e-mail",
    "sms": "par SMS",
    "letter": "par courrier",
    "registered_letter": "par lettre recommandée",
    "call": "par téléphone",
    "visit": "lors d'une visite",
}

_TAKEN_BY: Final = {
    "lawyer": "à un avocat",
    "agency": "à un tiers chargé du recouvrement",
    "bailiff": "à un commissaire de justice",
}

#: After these we ask for nothing ourselves: a notice is a demand, but no reminder.
_LAST: Final = frozenset({NextKind.NOTICE, NextKind.HAND_OVER, NextKind.REVIEW, NextKind.NOTHING})


def ahead(following: Following, limit: date | None) -> Mapping[str, Plain]:
    """The names `next.*` and `waits.*` of `context.CONTEXT`; `limit` is the day asked for."""
    first = following.earliest
    return {
        "next": {
            "kind": str(following.kind),
            "words": _words(following),
            "channel": _channel(following),
            "earliest": "" if first is None else form.long_date(first),
            "to": _to(following),
            "last": following.kind in _LAST,
            "after_limit": limit is not None and first is not None and first > limit,
        },
        "waits": {name: name in following.waits for name in ("promise", "plan", "dispute")},
    }


def _words(following: Following) -> str:
    match following.kind:
        case NextKind.NOTICE:
            channel = _channel(following)
            how = f", {channel}" if channel else ""
            return f"l’étape suivante sera une demande formelle de paiement{how}"
        case NextKind.HAND_OVER:
            return f"nous pourrons confier votre dossier {_to(following)}"
        case kind:
            return _WORDS.get(kind, "")


def _channel(following: Following) -> str:
    """Only where there is one: else nobody knows how it comes."""
    if len(following.channels) != 1:
        return ""
    return _CHANNELS.get(following.channels[0], "")


def _to(following: Following) -> str:
    taken = [_TAKEN_BY[each] for each in following.to if each in _TAKEN_BY]
    return " ou ".join(taken)
