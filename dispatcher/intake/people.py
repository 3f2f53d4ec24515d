"""Columns of debtors: identity, contact details, legal kind, and what is wrong with them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import polars as pl

from dispatcher.intake.checks import Check
from dispatcher.intake.identifiers import identifier_checks, with_identifiers
from dispatcher.intake.names import cleaned, encodes, hides
from dispatcher.intake.reach import (
    COUNTRIES,
    EMAIL,
    MOBILE_NUMBER,
    OVERSEAS,
    PHONE,
    looked_at,
)
from dispatcher.intake.targets import ADDRESS, TEXTS
from dispatcher.model.debtor import LegalKind
from dispatcher.model.vocabulary import Fact


POSTCODE: Final = "^[0-9]{5}$"
LANGUAGE: Final = "^[A-Za-z]{2}(?:[-_][A-Za-z]{2,4})?$"
LONGEST_LINE: Final = 38  # characters of a postal line, NF Z10-011
LOOKED: Final = ("clean", "mobile")  # of `looked_at`: a million rows keep the codes only
REACH_CODES: Final = {
    "email": ("csv/email", "csv/email-several", "csv/email-international"),
    "phone": ("csv/phone", "csv/phone-premium"),
    "mobile": ("csv/phone", "csv/phone-premium", "csv/not-mobile"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """How the debtors of one source are read; `mapped` are its targets."""

    mapped: frozenset[str]
    facts: Mapping[str, Fact]

    def with_columns(self, cells: pl.DataFrame) -> pl.DataFrame:
        """The cells and typed columns named `is.` and what they are, empty where unusable."""
        plain = cells.with_columns(
            *(self._cleaned(name).alias(f"is.{name}") for name in TEXTS),
            self._country().alias("is.country"),
            self._language().alias("is.language"),
            self._legal_kind().alias("is.legal_kind"),
            self._profile().alias("is.profile"),
        )
        placed = plain.with_columns(self._postcode().alias("is.postcode"))
        located = placed.with_columns(_region().alias("is.region"), _address().alias("is.address"))
        unsaid = [f"is.{name}" for name in ADDRESS if name not in self.mapped]
        return self._reachable(with_identifiers(located.drop(unsaid)))

    def checks(self) -> list[Check]:
        """What may be wrong; a missing legal kind refuses the row."""
        return [
            *self._kind_checks(),
            *self._text_checks(),
            *self._reach_checks(),
            *self._place_checks(),
            *identifier_checks(self.mapped),
        ]

    def _text(self, target: str) -> pl.Expr:
        return pl.col(target) if target in self.mapped else pl.lit("", dtype=pl.String)

    def _cleaned(self, target: str) -> pl.Expr:
        return cleaned(pl.col(target)) if target in self.mapped else pl.lit("", dtype=pl.String)

    def _country(self) -> pl.Expr:
        """France where nothing is said, nothing where something unreadable is."""
        text = self._text("country").str.to_uppercase()
        return (
            pl.when(text == "")
            .then(pl.lit("FR"))
            .when(text.is_in(sorted(COUNTRIES)))
            .then(text)
            .otherwise(pl.lit(""))
        )

    def _postcode(self) -> pl.Expr:
        text = cleaned(self._text("postcode"))
        french = pl.col("is.country").is_in(["FR", *OVERSEAS.values()])
        return pl.when(french & ~text.str.contains(POSTCODE)).then(pl.lit("")).otherwise(text)

    def _language(self) -> pl.Expr:
        text = self._text("language")
        return (
            pl.when(text.str.contains(LANGUAGE))
            .then(text.str.slice(0, 2).str.to_lowercase())
            .otherwise(pl.lit("fr"))
        )

    def _kinds(self) -> tuple[str, ...]:
        fact = self.facts.get("legal_kind")
        return fact.values if fact is not None and fact.values else tuple(LegalKind)

    def _legal_kind(self) -> pl.Expr:
        text = self._text("legal_kind")
        return pl.when(text.is_in(list(self._kinds()))).then(text).otherwise(pl.lit(""))

    def _profiles(self) -> tuple[str, ...]:
        fact = self.facts.get("profile")
        return fact.values if fact is not None else ()

    def _profile(self) -> pl.Expr:
        """Empty is unknown; the default counts only where the source says nothing at all."""
        fact, allowed = self.facts.get("profile"), self._profiles()
        if "profile" not in self.mapped:
            told = fact is not None and isinstance(fact.default, str)
            return pl.lit(str(fact.default) if fact is not None and told else "")
        text = pl.col("profile")
        return (
            pl.when(text.is_in(list(allowed))).then(text).otherwise(pl.lit("")) if allowed else text
        )

    def _reachable(self, cells: pl.DataFrame) -> pl.DataFrame:
        told = cells.with_columns(self._text(name).alias(name) for name in REACH_CODES)
        parts = [looked_at(told, how) for how in (EMAIL, PHONE, MOBILE_NUMBER)]
        joined = pl.concat([cells, *parts], how="horizontal")
        phone, mobile = pl.col("phone.clean"), pl.col("mobile.clean")
        also_mobile = pl.when(pl.col("phone.mobile")).then(phone).otherwise(pl.lit(""))
        return joined.with_columns(
            pl.col("email.clean").alias("is.email"),
            # a mobile is a telephone, and a mobile number given as telephone is a mobile
            pl.when(phone == "").then(mobile).otherwise(phone).alias("is.phone"),
            pl.when(mobile == "").then(also_mobile).otherwise(mobile).alias("is.mobile"),
        ).drop("is.region", *(f"{name}.{what}" for name in REACH_CODES for what in LOOKED))

    def _kind_checks(self) -> Iterator[Check]:
        text, unread = self._text("legal_kind"), pl.col("is.legal_kind") == ""
        reasons = {"csv/no-legal-kind": text == "", "csv/legal-kind": text != ""}
        for code, reason in reasons.items():
            yield Check(code=code, target="legal_kind", bad=unread & reason, refuses=True)
        if "profile" in self.mapped:
            text, unread = pl.col("profile"), pl.col("is.profile") == ""
            yield Check(code="csv/no-profile", target="profile", bad=unread & (text == ""))
            yield Check(code="csv/fact-value", target="profile", bad=unread & (text != ""))

    def _text_checks(self) -> Iterator[Check]:
        for target in (name for name in TEXTS if name in self.mapped):
            yield Check(code="csv/hidden", target=target, bad=hides(pl.col(target)))
            yield Check(code="csv/encoded-word", target=target, bad=encodes(pl.col(target)))
        for target in (name for name in ADDRESS if name in self.mapped):
            long = pl.col(f"is.{target}").str.len_chars() > LONGEST_LINE
            yield Check(code="csv/long-line", target=target, bad=long)
        if "debtor_name" in self.mapped:
            nameless = pl.col("is.debtor_name") == ""
            yield Check(code="csv/no-name", target="debtor_name", bad=nameless)

    def _reach_checks(self) -> Iterator[Check]:
        for target, codes in REACH_CODES.items():
            if target in self.mapped:
                for code in codes:
                    yield Check(code=code, target=target, bad=pl.col(f"{target}.code") == code)

    def _place_checks(self) -> Iterator[Check]:
        postcode = self._text("postcode")
        bad = (pl.col("is.postcode") == "") & (postcode != "")
        yield Check(code="csv/postcode", target="postcode", bad=bad)
        yield Check(code="csv/country", target="country", bad=pl.col("is.country") == "")
        language = self._text("language")
        strange = (language != "") & ~language.str.contains(LANGUAGE)
        yield Check(code="csv/language", target="language", bad=strange)


def _region() -> pl.Expr:
    """The region whose way of writing numbers applies: France has several, by postcode."""
    head = pl.col("is.postcode").str.slice(0, 3).replace_strict(OVERSEAS, default="FR")
    return pl.when(pl.col("is.country") == "FR").then(head).otherwise(pl.col("is.country"))


def _address() -> pl.Expr:
    """The lines joined; none where the country cannot be read, for no letter would arrive."""
    lines = [pl.when(pl.col(f"is.{name}") != "").then(pl.col(f"is.{name}")) for name in ADDRESS]
    joined = pl.concat_str(lines, separator="\n", ignore_nulls=True)
    return pl.when(pl.col("is.country") == "").then(pl.lit("")).otherwise(joined)
