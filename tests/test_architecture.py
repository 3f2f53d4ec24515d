"""The shape of the house: imports go down, no cycles, pure layers pure, public names pinned."""

import ast
from collections.abc import Iterator
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

from dispatcher import ports


ROOT = Path(__file__).parent.parent

#: Folder or module -> what it may import of ours besides itself (docs/architecture.md).
MAY_IMPORT = {
    "model": {"errors"},
    "errors": {"model"},
    "ports": {"model", "errors"},
    "problems": {"model"},
    "nodes": {"problems", "model"},
    "config": {"nodes", "problems", "model"},
    "policy": {"nodes", "problems", "model", "errors"},
    "decide": {"policy", "problems", "ports", "model"},
    "prove": {"decide", "policy", "nodes", "problems", "ports", "model"},
    "compose": {"nodes", "problems", "model"},
    "render": {"compose", "problems", "model"},
    "legal": {"nodes", "problems", "model"},
    "intake": {"problems", "ports", "model", "errors"},
    "deliver": {"ports", "model", "errors"},
    "store": {"ports", "model", "errors"},
    "returns": {"ports", "model", "errors"},
    "testing": {"ports", "model", "errors"},
    "sample": {"model"},
    "messages": {
        "compose",
        "decide",
        "errors",
        "legal",
        "model",
        "policy",
        "ports",
        "problems",
        "render",
        "store",
    },
}

#: May import everything below them.
TOP = {
    "acting",
    "ahead",
    "app",
    "arrivals",
    "backup",
    "caution",
    "checklist",
    "checkpoints",
    "cli",
    "clocks",
    "erasing",
    "evidence",
    "evidence_verify",
    "hearing",
    "home",
    "house",
    "inboxes",
    "ledgers",
    "listening",
    "mailroom",
    "month",
    "other_days",
    "outages",
    "outlets",
    "people",
    "posting",
    "preview",
    "proving",
    "questions",
    "recompute",
    "references",
    "remarks",
    "restoring",
    "revisions",
    "schemas",
    "sending",
    "stopping",
    "timings",
    "why_not",
    "wiring",
    "writings",
}

PURE = ("model", "problems", "nodes", "config", "policy", "decide", "compose", "prove")

#: Modules that a pure layer has no business with.
IMPURE = {
    "asyncio",
    "logging",
    "multiprocessing",
    "os",
    "random",
    "secrets",
    "shutil",
    "socket",
    "sqlite3",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib",
}

CLOCKS = {"now", "utcnow", "today"}  # datetime.now(), date.today()

FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes"}

PUBLIC = {
    "Accepted",
    "Answered",
    "Attempted",
    "BadInput",
    "Channel",
    "ChannelSettings",
    "Claim",
    "Clock",
    "DeliveryClass",
    "Environment",
    "Frames",
    "Frozen",
    "Going",
    "Guard",
    "Heard",
    "Hears",
    "LooksUp",
    "Message",
    "News",
    "NewsKind",
    "NotAccepted",
    "OpenChannel",
    "Outbox",
    "Outcome",
    "Polls",
    "Problem",
    "Rejected",
    "Sought",
    "Unknown",
    "Withheld",
    "is_loopback",
}


def sources(folder: str) -> list[Path]:
    found = sorted((ROOT / folder).rglob("*.py"))
    assert found, folder
    return found


def dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[tuple[str, int]]:
    """Every imported module with its line; `from a import b` counts as `a.b` where that exists."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            for alias in node.names:
                deeper = f"{node.module}.{alias.name}"
                yield (deeper if is_module(deeper) else str(node.module), node.lineno)


def is_module(name: str) -> bool:
    path = ROOT.joinpath(*name.split("."))
    return path.with_suffix(".py").exists() or (path / "__init__.py").exists()


def stage(module: str) -> str:
    return module.split(".")[1]


OURS = [path for path in sources("dispatcher") if dotted(path) != "dispatcher"]


@pytest.mark.parametrize("path", OURS, ids=dotted)
def test_imports_go_down(path: Path) -> None:
    here = stage(dotted(path))
    for name, line in imports(path):
        root, _, rest = name.partition(".")
        if root == "channels":
            allowed = {"outlets", "checklist", "cli"}
            assert here in allowed, f"{path}:{line}: channels are found by entry point"
        if root != "dispatcher":
            continue
        if not rest:
            assert here in TOP, f"{path}:{line}: imports the package root"
            continue
        there = stage(name)
        if here not in TOP and there != here:
            assert there in MAY_IMPORT[here], f"{path}:{line}: {here} may not import {there}"


@pytest.mark.parametrize("path", sources("channels"), ids=dotted)
def test_channels_see_only_the_ports(path: Path) -> None:
    for name, line in imports(path):
        if name.split(".")[0] == "dispatcher":
            assert name == "dispatcher.ports", f"{path}:{line}: imports {name}"


def test_only_wiring_names_concrete_stores_and_channels() -> None:
    for path in OURS:
        here = stage(dotted(path))
        if here in {"wiring", "store", "cli"}:
            continue
        for name, line in imports(path):
            assert name != "dispatcher.store.open", f"{path}:{line}: opens a store"


def test_there_are_no_import_cycles() -> None:
    graph = {}
    for path in [*sources("dispatcher"), *sources("channels")]:
        name = dotted(path)
        graph[name] = {there for there, _ in imports(path) if is_module(there) and there != name}
    TopologicalSorter(graph).prepare()  # raises CycleError with the cycle


@pytest.mark.parametrize(
    "path", [path for layer in PURE for path in sources(f"dispatcher/{layer}")], ids=dotted
)
def test_pure_layers_are_pure(path: Path) -> None:
    for name, line in imports(path):
        assert name.split(".")[0] not in IMPURE, f"{path}:{line}: imports {name}"
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if not isinstance(node, ast.Call):
            continue
        match node.func:
            case ast.Attribute(attr=attr) if attr in FILES:
                pytest.fail(f"{path}:{node.lineno}: reads or writes a file")
            case ast.Attribute(attr=attr, value=ast.Name(id="datetime" | "date")) if attr in CLOCKS:
                pytest.fail(f"{path}:{node.lineno}: reads the clock")
            case ast.Name(id="open" | "print" | "input"):
                pytest.fail(f"{path}:{node.lineno}: does input or output")
            case _:
                pass


def test_the_public_names_are_pinned() -> None:
    assert set(ports.__all__) == PUBLIC


def test_every_module_says_what_it_is_for() -> None:
    for path in [*sources("dispatcher"), *sources("channels")]:
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path}: no docstring"
