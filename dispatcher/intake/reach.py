"""Ways to reach a debtor: e-mail, telephone, mobile, each distinct value looked at once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import phonenumbers
import polars as pl
from email_validator import SPECIAL_USE_DOMAIN_NAMES, EmailNotValidError, validate_email
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How values of one kind are looked at: most as columns, the rest one by one.

    `plain` is the stored form of the values that need no library, null for all others, and
    `plain_mobile` whether it receives SMS. `look` takes the values of `keys`.
    """

    keys: tuple[str, ...]
    look: Callable[..., Looked]
    plain: pl.Expr
    plain_mobile: pl.Expr


def looked_at(cells: pl.DataFrame, how: Look) -> pl.DataFrame:
    """Columns `.clean`, `.code` and `.mobile` after the first key, the value; empty is fine."""
    keys, prefix = list(how.keys), how.keys[0]
    clean, code, mobile = f"{prefix}.clean", f"{prefix}.code", f"{prefix}.mobile"
    # Lazily, so that what both expressions begin with is computed once.
    plain = cells.lazy().select(*keys, how.plain.alias(clean), how.plain_mobile.alias(mobile))
    quick = plain.with_columns(
        pl.when(pl.col(prefix) == "").then(pl.lit("")).otherwise(pl.col(clean)).alias(clean),
        pl.lit("").alias(code),
        (pl.col(mobile) & pl.col(clean).is_not_null()).alias(mobile),
    ).collect()
    rest = quick.filter(pl.col(clean).is_null()).select(keys).unique()
    if rest.is_empty():
        return quick.drop(keys)
    looked = [how.look(*row) for row in rest.iter_rows()]
    found = rest.with_columns(
        pl.Series(clean, [one.clean for one in looked], dtype=pl.String),
        pl.Series(code, [one.code for one in looked], dtype=pl.String),
        pl.Series(mobile, [one.mobile for one in looked], dtype=pl.Boolean),
    )
    joined = quick.join(found, on=keys, how="left", maintain_order="left", suffix=".looked")
    slow = pl.col(clean).is_null()
    return joined.select(
        pl.when(slow).then(pl.col(f"{name}.looked")).otherwise(pl.col(name)).alias(name)
        for name in (clean, code, mobile)
    )


def _pattern(kind: str) -> str:
    """The national numbers of that kind in France, by the library's own table."""
    metadata = PhoneMetadata.metadata_for_region("FR")
    if metadata is None:
        raise LookupError("phonenumbers does not know France")
    return f"^0(?:{getattr(metadata, kind).national_number_pattern})$"


_LABEL: Final = "[a-z0-9](?:[a-z0-9-]*[a-z0-9])?"
#: Addresses of which the library would not change a letter, but for special domains.
PLAIN_EMAIL: Final = rf"^[A-Za-z0-9]+(?:[._+-][A-Za-z0-9]+)*@(?:{_LABEL}\.)+[a-z]{{2,24}}$"
SPECIAL: Final = [name.rpartition(".")[2] for name in SPECIAL_USE_DOMAIN_NAMES]
SEPARATORS: Final = "[ ./\u00a0\u202f-]"
TEN_DIGITS: Final = "^0[1-9][0-9]{8}$"
FRENCH_MOBILE: Final = _pattern("mobile")
FRENCH_FIXED: Final = _pattern("fixed_line")


def _plain_email() -> pl.Expr:
    text = pl.col("email")
    short = (text.str.len_bytes() <= LONGEST_PLAIN) & ~text.str.contains("--", literal=True)
    special = text.str.extract(r"([a-z]+)$").is_in(SPECIAL)
    return pl.when(text.str.contains(PLAIN_EMAIL) & short & ~special).then(text)


def _plain_number(column: str, *, kinds: Sequence[str]) -> pl.Expr:
    """The usual ten digits of a French number of these kinds, as E.164."""
    text = pl.col(column)
    digits = text.str.replace_all(SEPARATORS, "")
    usual = digits.str.contains(TEN_DIGITS) & text.str.contains(f"^{WRITTEN_NUMBER.pattern}$")
    among = pl.any_horizontal(digits.str.contains(kind) for kind in kinds)
    here = pl.col("is.region") == "FR"
    return pl.when(usual & among & here).then(pl.concat_str(pl.lit("+33"), digits.str.slice(1)))


def _number(value: str, region: str) -> PhoneNumber | None:
    """The number in its region, or in France where a region overseas does not know it."""
    if not WRITTEN_NUMBER.fullmatch(value):
        return None
    for place in dict.fromkeys((region, "FR" if region in OVERSEAS.values() else region)):
        try:
            # The library does not know the narrow space that French typography puts there.
            number = phonenumbers.parse(value.replace("\u202f", " "), place or None)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_valid_number(number):
            return number
    return None


EMAIL: Final = Look(
    keys=("email",),
    look=look_at_email,
    plain=_plain_email(),
    plain_mobile=pl.lit(value=False),
)
PHONE: Final = Look(
    keys=("phone", "is.region"),
    look=look_at_phone,
    plain=_plain_number("phone", kinds=(FRENCH_MOBILE, FRENCH_FIXED)),
    plain_mobile=pl.col("phone").str.replace_all(SEPARATORS, "").str.contains(FRENCH_MOBILE),
)
MOBILE_NUMBER: Final = Look(
    keys=("mobile", "is.region"),
    look=look_at_mobile,
    plain=_plain_number("mobile", kinds=(FRENCH_MOBILE,)),
    plain_mobile=pl.lit(value=True),
)
