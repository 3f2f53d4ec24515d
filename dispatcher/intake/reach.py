"""Ways to reach a debtor: e-mail, telephone, mobile, each distinct value looked at once."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
import polars as pl
from email_validator import EmailNotValidError, validate_email
from phonenumbers import PhoneMetadata, PhoneNumber, PhoneNumberType


#: Overseas territories by the head of a French postcode.
OVERSEAS: Final[Mapping[str, str]] = {
    "971": "GP",
    "972": "MQ",
    "973": "GF",
    "974": "RE",
    "975": "PM",
    "976": "YT",
    "986": "WF",
    "987": "PF",
    "988": "NC",
}

COUNTRIES: Final = frozenset(phonenumbers.SUPPORTED_REGIONS)
MOBILE: Final = frozenset({PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE})
COSTLY: Final = frozenset({PhoneNumberType.PREMIUM_RATE, PhoneNumberType.SHARED_COST})
WRITTEN_NUMBER: Final = re.compile("[+(]?[0-9][0-9 ().\\-/\u00a0\u202f]*")
PLAIN_LOCAL: Final = re.compile(r"[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*")
LONGEST_PLAIN: Final = 64  # shorter than any limit on addresses or their parts
ADDRESS_LIKE: Final = re.compile(r"[^@\s]@")


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of one value: the form to store, or the code of a remark."""

    clean: str = ""
    code: str = ""
    mobile: bool = False


def look_at_email(value: str) -> Looked:
    """One address, syntax only; an international domain is stored in its ASCII form."""
    if len(ADDRESS_LIKE.findall(value)) > 1:
        return Looked(code="csv/email-several")
    local, _, domain = value.rpartition("@")
    if not local.isascii():
        return Looked(code="csv/email-international")
    if PLAIN_LOCAL.fullmatch(local) and len(value) <= LONGEST_PLAIN:
        found = _domain(domain)  # the costly half, and the one that addresses share
        return Looked(clean=f"{local}@{found}") if found else Looked(code="csv/email")
    address = _address(value)
    return Looked(clean=address) if address else Looked(code="csv/email")


@lru_cache(maxsize=100_000)
def _domain(domain: str) -> str:
    """The domain in ASCII, empty where no address can have it."""
    return _address(f"a@{domain}").removeprefix("a@")


def _address(value: str) -> str:
    try:
        found = validate_email(
            value,
            check_deliverability=False,
            allow_smtputf8=False,
            allow_quoted_local=False,
            test_environment=True,  # `.test` is where rehearsals and demos live
        )
    except EmailNotValidError:
        return ""
    return found.ascii_email or found.normalized


def look_at_phone(value: str, region: str) -> Looked:
    """A number that can be called at the price of an ordinary call, as E.164."""
    quick = _plain_french(value) if region == "FR" else None
    if quick is not None:
        return quick
    number = _number(value, region)
    if number is None:
        return Looked(code="csv/phone")
    kind = phonenumbers.number_type(number)
    if kind in COSTLY:
        return Looked(code="csv/phone-premium")
    clean = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    return Looked(clean=clean, mobile=kind in MOBILE)


def look_at_mobile(value: str, region: str) -> Looked:
    """A number that receives SMS, as E.164."""
    found = look_at_phone(value, region)
    return found if found.mobile or found.code else Looked(code="csv/not-mobile")


def looked_at(
    cells: pl.DataFrame, keys: list[str], look: Callable[..., Looked], prefix: str
) -> pl.DataFrame:
    """Columns `{prefix}.clean`, `.code` and `.mobile`; `keys[0]` is the value, empty is fine."""
    distinct = cells.select(keys).unique().filter(pl.col(keys[0]) != "")
    looked = [look(*row) for row in distinct.iter_rows()]
    found = distinct.with_columns(
        pl.Series(f"{prefix}.clean", [one.clean for one in looked], dtype=pl.String),
        pl.Series(f"{prefix}.code", [one.code for one in looked], dtype=pl.String),
        pl.Series(f"{prefix}.mobile", [one.mobile for one in looked], dtype=pl.Boolean),
    )
    joined = cells.select("row", *keys).join(found, on=keys, how="left", maintain_order="left")
    return joined.select(
        pl.col(f"{prefix}.clean").fill_null(""),
        pl.col(f"{prefix}.code").fill_null(""),
        pl.col(f"{prefix}.mobile").fill_null(value=False),
    )


def _plain_french(value: str) -> Looked | None:
    """The usual ten digits, by the library's own patterns and in a fortieth of its time."""
    digits = value.translate(SEPARATORS)
    if not TEN_DIGITS.fullmatch(digits) or not WRITTEN_NUMBER.fullmatch(value):
        return None
    mobile = FRENCH_MOBILE.fullmatch(digits, 1) is not None
    if mobile or FRENCH_FIXED.fullmatch(digits, 1):
        return Looked(clean=f"+33{digits[1:]}", mobile=mobile)
    return None


def _pattern(kind: str) -> re.Pattern[str]:
    """The national numbers of that kind in France."""
    metadata = PhoneMetadata.metadata_for_region("FR")
    if metadata is None:
        raise LookupError("phonenumbers does not know France")
    return re.compile(getattr(metadata, kind).national_number_pattern, re.ASCII)


SEPARATORS: Final = str.maketrans("", "", " .-/\u00a0\u202f")
TEN_DIGITS: Final = re.compile("0[1-9][0-9]{8}")
FRENCH_MOBILE: Final = _pattern("mobile")
FRENCH_FIXED: Final = _pattern("fixed_line")


def _number(value: str, region: str) -> PhoneNumber | None:
    """The number in its region, or in France where a region overseas does not know it."""
    if not WRITTEN_NUMBER.fullmatch(value):
        return None
    for place in dict.fromkeys((region, "FR" if region in OVERSEAS.values() else region)):
        try:
            number = phonenumbers.parse(value, place or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None
