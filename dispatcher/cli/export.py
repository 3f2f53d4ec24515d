"""A plan for machines: JSON with codes and figures, CSV for a spreadsheet."""

import json
from datetime import date

import polars as pl

from dispatcher.decide.plan import Plan


#: A cell that begins so is a formula to a spreadsheet; a quote before it makes it a text
#: (OWASP ASVS 1.2.10).
FORMULA = r"^[=+\-@\t\r]"


def as_json(plan: Plan, day: date) -> str:
    """The plan as one object: its day and digest, what safety says, an answer per open case.

    Amounts are integer minor units, days ISO 8601, what does not apply is null or empty.
    """
    whole = {
        "day": day.isoformat(),
        "digest": plan.digest,
        "exceeded": [
            {"policy": each.policy, "share": each.share, "limit": each.limit}
            for each in plan.exceeded
        ],
        "contacts": len(plan.contacts),
        "tasks": len(plan.tasks),
        "answers": plan.answers.to_dicts(),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=str)


def as_csv(plan: Plan) -> str:
    """The answers, a row per open case; nothing in it is a formula to a spreadsheet."""
    texts = pl.col(pl.String)
    safe = pl.when(texts.str.contains(FORMULA)).then(pl.lit("'") + texts).otherwise(texts)
    return plan.answers.with_columns(safe.name.keep()).write_csv()
