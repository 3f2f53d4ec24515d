"""Where each channel writes to: the debtor's addresses as they stand."""

from typing import Final

import polars as pl


#: Channel -> what it writes to, and the reason when the debtor has none.
NEEDS: Final = {
    "email": ("to_email", "no-email"),
    "sms": ("to_mobile", "no-mobile"),
    "call": ("to_phone", "no-phone"),
    "letter": ("to_address", "no-address"),
    "registered_letter": ("to_address", "no-address"),
    "visit": ("to_address", "no-address"),
}


def addresses(debtors: pl.DataFrame) -> pl.DataFrame:
    """Where each channel would write to; empty where it cannot.

    A postal address is the debtor's name and lines, then postcode and city, then the country.
    """
    lines = [pl.col(name).fill_null("") for name in ("name", "address", "postcode", "city")]
    name, street, postcode, city = lines
    abroad = pl.when(~pl.col("country").is_in(["", "FR"])).then(
        pl.concat_str(pl.lit("\n"), pl.col("country"))
    )
    postal = pl.concat_str(
        name, pl.lit("\n"), street, pl.lit("\n"), postcode, pl.lit(" "), city, abroad.fill_null("")
    )
    whole = (street != "") & (postcode != "") & (city != "")
    mobile = pl.col("mobile").fill_null("")
    phone = pl.col("phone").fill_null("")
    return debtors.select(
        pl.col("id").alias("debtor_id"),
        to_email=pl.col("email").fill_null(""),
        to_mobile=mobile,
        to_phone=pl.when(phone != "").then(phone).otherwise(mobile),
        to_address=pl.when(whole).then(postal).otherwise(pl.lit("")),
    )
