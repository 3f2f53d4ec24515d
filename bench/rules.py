"""Rules against other engines, in one run: `python -m bench.rules` (or `./run bench rules`).

Every engine decides the same generated cases and must give the same rule for each before anything
is timed. Input is prebuilt for all: dictionaries for those that take one case, columns for those
that take all. Figures are medians; ratios carry over to other machines, seconds do not.
"""

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

import polars as pl

from bench import rule_cases, rule_peers
from bench.timing import machine, peak_mb, raced
from dispatcher.policy.columns import verdicts
from dispatcher.policy.function import compile_policy
from dispatcher.policy.interpret import interpret
from dispatcher.policy.terms import Policy


COLUMNS = "relance, columns"
FUNCTION = "relance, function"
ZEN = "zen-engine, engine.evaluate"
BY_HAND = "Polars by hand, coalesce"

GOALS = {
    "1 M cases, 40 rules, against ZEN": (400.0, "at least"),
    "1 M cases, 40 rules, time against Polars by hand": (1.5, "at most"),
    "1 M cases, time of 1,000 rules against 40": (10.0, "at most"),
    "one case, 40 rules, against ZEN": (10.0, "at least"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One engine: cases a second, over so many cases."""

    engine: str
    cases: int
    rate: float


def main() -> None:
    """Check, time and print both sizes, then the goals."""
    options = _options()
    frame = rule_cases.cases(options.cases)
    print(f"# Rules: {machine()}, Polars {pl.__version__}, median of {options.runs} runs\n")
    rates: dict[int, dict[str, Row]] = {}
    for rules in (40, 1000):
        policy = rule_cases.policy(rules)
        _check(policy, frame.head(options.checked))
        rows = list(_timed(policy, frame, options.runs, few=options.few * 40 // rules))
        rates[rules] = {row.engine: row for row in rows}
        _print(policy, rows)
    _goals(rates)
    print(f"\npeak memory of this process: {peak_mb()} MB")


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(prog="python -m bench.rules", description=__doc__)
    options.add_argument("--cases", type=int, default=1_000_000)
    options.add_argument("--few", type=int, default=20_000, help="cases for the slow engines")
    options.add_argument("--checked", type=int, default=5_000, help="cases compared beforehand")
    options.add_argument("--runs", type=int, default=5)
    return options.parse_args()


# -- engines --------------------------------------------------------------------------------------


def _one_by_one(policy: Policy) -> dict[str, Callable[[rule_cases.Case], int | None]]:
    decide = compile_policy(policy, rule_cases.FACTS)
    return {
        FUNCTION: lambda case: decide(case).hand_over,
        "relance, interpreter": lambda case: interpret(policy, case).hand_over,
        ZEN: rule_peers.zen_table(policy),
        "datalogic-py, compiled rule": rule_peers.datalogic(policy),
        "Python if-chain by hand": rule_peers.python_by_hand(policy),
        "Python interpreter by hand": rule_peers.python_interpreter(policy),
    }


def _at_once(policy: Policy) -> dict[str, Callable[[pl.DataFrame], pl.DataFrame]]:
    ours = verdicts(policy, rule_cases.FACTS)
    by_hand = rule_peers.polars_by_hand(policy).alias("hand_over")
    return {
        # As the day does it: expressions are built for every run, and all four columns come.
        COLUMNS: lambda frame: frame.select(verdicts(policy, rule_cases.FACTS)),
        "relance, columns, 2 slices": lambda frame: _sliced(frame, list(ours)),
        BY_HAND: lambda frame: frame.select(by_hand),
        "Polars by hand, 2 slices": lambda frame: _sliced(frame, [by_hand]),
    }


def _sliced(frame: pl.DataFrame, expressions: list[pl.Expr]) -> pl.DataFrame:
    half = -(-frame.height // 2)
    halves = [frame.lazy().slice(start, half).select(expressions) for start in (0, half)]
    return pl.concat(pl.collect_all(halves))


# -- the run --------------------------------------------------------------------------------------


def _check(policy: Policy, frame: pl.DataFrame) -> None:
    """Every engine gives the rule that ours gives, for every case."""
    cases = frame.to_dicts()
    expected = [interpret(policy, case).hand_over for case in cases]
    hit, rules = len(set(expected)), len(policy.hand_over)
    for name, decide in _one_by_one(policy).items():
        found = [_index(decide(case)) for case in cases]
        assert found == expected, f"{name} differs"
    for name, decide_all in _at_once(policy).items():
        column = decide_all(frame)["hand_over"].to_list()
        assert [_index(each) for each in column] == expected, f"{name} differs"
    print(f"equal over {len(cases):,} cases; {hit} different outcomes of {rules:,} rules")


def _index(found: int | None) -> int | None:
    return None if found == rule_peers.NONE else found


def _timed(policy: Policy, frame: pl.DataFrame, runs: int, *, few: int) -> Iterator[Row]:
    all_at_once = {
        name: partial(decide_all, frame) for name, decide_all in _at_once(policy).items()
    }
    for name, took in raced(all_at_once, runs=runs).items():
        yield Row(engine=name, cases=frame.height, rate=frame.height / took)
    cases = frame.head(few).to_dicts()
    each = {
        name: partial(_decide_each, decide, cases) for name, decide in _one_by_one(policy).items()
    }
    for name, took in raced(each, runs=runs).items():
        yield Row(engine=name, cases=len(cases), rate=len(cases) / took)


def _decide_each(
    decide: Callable[[rule_cases.Case], int | None], cases: list[rule_cases.Case]
) -> None:
    for case in cases:
        decide(case)


def _print(policy: Policy, rows: list[Row]) -> None:
    rates = {row.engine: row.rate for row in rows}
    print(f"\n## {len(policy.hand_over):,} rules\n")
    print(
        "| engine | cases | cases/s | 1 M cases | columns are faster by | function is faster by |"
    )
    print("|---|---|---|---|---|---|")
    for row in rows:
        columns, function = rates[COLUMNS] / row.rate, rates[FUNCTION] / row.rate
        print(
            f"| {row.engine} | {row.cases:,} | {row.rate:,.0f} | {1e6 / row.rate:.3f} s "
            f"| {columns:,.2f} | {function:,.2f} |"
        )
    print()


def _goals(rates: dict[int, dict[str, Row]]) -> None:
    few, many = ({name: row.rate for name, row in rates[n].items()} for n in (40, 1000))
    found = (
        few[COLUMNS] / few[ZEN],
        few[BY_HAND] / few[COLUMNS],
        few[COLUMNS] / many[COLUMNS],
        few[FUNCTION] / few[ZEN],
    )
    print("## Goals\n\n| goal | wanted | found |\n|---|---|---|")
    for (goal, (limit, word)), ratio in zip(GOALS.items(), found, strict=True):
        kept = ratio >= limit if word == "at least" else ratio <= limit
        print(f"| {goal} | {word} {limit:g} | {ratio:,.2f} {'' if kept else '**missed**'} |")


if __name__ == "__main__":
    main()
