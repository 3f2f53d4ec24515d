"""The analysis starts without Polars: a check in an editor must not wait for it."""

import ast
from pathlib import Path

import dispatcher


HOUSE = Path(dispatcher.__file__).parent.parent

ANALYSIS = (
    "dispatcher.prove.exact.table",
    "dispatcher.prove.exact.properties",
    "dispatcher.prove.changes.compare",
    "dispatcher.prove.exact.sampling",
)


def imported(module: str) -> set[str]:
    """Every module that one names in its imports."""
    path = HOUSE.joinpath(*module.split(".")).with_suffix(".py")
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
    return found


def test_the_analysis_imports_no_polars() -> None:
    coming, seen = [*ANALYSIS], set(ANALYSIS)
    while coming:
        found = imported(coming.pop())
        assert not {name for name in found if name.partition(".")[0] == "polars"}
        ours = {name for name in found if name.startswith("dispatcher.")} - seen
        seen |= ours
        coming += [name for name in ours if HOUSE.joinpath(*name.split(".")).is_dir() is False]
    assert "dispatcher.policy.interpret" in seen
