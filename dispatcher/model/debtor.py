"""Who owes: identity and the ways to reach him."""

from dataclasses import dataclass
from enum import StrEnum


class LegalKind(StrEnum):
    """What decides the law that applies: interest, indemnity, limitation, wording."""

    BUSINESS = "business"
    CONSUMER = "consumer"
    PUBLIC_BODY = "public_body"
    NON_PROFESSIONAL = "non_professional"


@dataclass(frozen=True, slots=True, kw_only=True)
class Debtor:
    """One debtor as stored; empty text means that the source gave none.

    `phone` and `mobile` are E.164. `address` is up to six lines without postcode and city
    (NF Z10-011 order). `country` is ISO 3166 alpha-2.
    """

    id: int
    reference: str
    name: str
    legal_kind: LegalKind
    profile: str
    email: str = ""
    phone: str = ""
    mobile: str = ""
    address: tuple[str, ...] = ()
    postcode: str = ""
    city: str = ""
    country: str = "FR"
    language: str = "fr"
    contact_name: str = ""
    account_manager: str = ""
