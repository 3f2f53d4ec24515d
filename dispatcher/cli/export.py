"""A plan for machines: JSON with codes and figures, CSV for a spreadsheet."""

import json
from dataclasses import asdict
from datetime import date

import polars as pl

from dispatcher.decide.costs import Prices, cost, shares
from dispatcher.decide.plan import Plan


#: A cell that begins so is a formula to a spreadsheet; a quote before it makes it a text
#: (OWASP ASVS 1.2.10).
FORMULA = r"^[=+\-@\t\r]"


def as_json(plan: Plan, day: date, prices: Prices) -> str:
    """The plan as one object: its day and digest, what safety says, an answer per open case.

    Amounts are integer minor units, costs texts in euros, days ISO 8601, what does not apply or is
    not known is null or empty.
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
        "shares": [asdict(share) for share in shares(plan.contacts, prices)],
        "answers": _with_costs(plan, prices).to_dicts(),
    }
    return json.dumps(whole, ensure_ascii=False, indent=2, default=str)


def as_csv(plan: Plan, prices: Prices) -> str:
    """The answers, a row per open case; nothing in it is a formula to a spreadsheet."""
    texts = pl.col(pl.String)
    safe = pl.when(texts.str.contains(FORMULA)).then(pl.lit("'") + texts).otherwise(texts)
    return _with_costs(plan, prices).with_columns(safe.name.keep()).write_csv()


def _with_costs(plan: Plan, prices: Prices) -> pl.DataFrame:
    """The answers with `cost`: that of a contact at its leader's case, so that a sum is right."""
    costs = [(each.leader, cost(each, prices)) for each in plan.contacts]
    schema = {"case_id": pl.Int64, "cost": pl.String}
    rows = [(leader, None if euros is None else str(euros)) for leader, euros in costs]
    told = pl.DataFrame(rows, schema=schema, orient="row")
    answers = pl.concat(part.for_file()[0] for part in plan.parts)
    return answers.join(told, on="case_id", how="left", maintain_order="left")
