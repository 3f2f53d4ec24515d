"""What a template may do, checked on its parsed tree before it ever runs.

A template prints values, chooses with `if` and repeats with `for` over rows of its data. There is
no arithmetic, no call but `table("...")`, no inclusion, no attribute that is not in `context`:
what cannot be written cannot run away.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Final

from jinja2 import TemplateSyntaxError, nodes

from dispatcher.compose.context import Name
from dispatcher.compose.environment import ALLOWED_FILTERS, text_environment
from dispatcher.compose.tables import TABLES
from dispatcher.compose.torn import torn
from dispatcher.model.problem import Place, Problem
from dispatcher.problems.suggest import nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A piece of a file: its Jinja text and the line of the file on which it begins."""

    text: str
    file: str
    line: int = 1
    column: int = 1


def check(source: Source, context: Mapping[str, Name]) -> tuple[Problem, ...]:
    """Every mistake of one source; none means that it may be compiled and run."""
    try:
        tree = text_environment().parse(source.text)
    except TemplateSyntaxError as error:
        where = Place(file=source.file, line=source.line, column=source.column)
        return (torn(source.text, error, where),)
    except (RecursionError, ValueError) as error:  # the latter: a number of thousands of digits
        place = Place(file=source.file, line=source.line)
        what = _DEEP if isinstance(error, RecursionError) else _LONG
        return (Problem(code="template/forbidden", place=place, fields={"what": what}),)
    visit = _Visit(source=source, context=context)
    visit.node(tree)
    return tuple(visit.problems)


#: Never printed as what it is, always a reason to look twice; the words stand in the message.
_TOLD: Final = {
    nodes.Pow: "**",
    nodes.Mul: "*",
    nodes.Add: "+",
    nodes.Sub: "-",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
    nodes.Mod: "%",
    nodes.Include: "include",
    nodes.Import: "import",
    nodes.FromImport: "import",
    nodes.Extends: "extends",
    nodes.Block: "block",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.Assign: "set",
    nodes.AssignBlock: "set",
    nodes.With: "with",
    nodes.ScopedEvalContextModifier: "autoescape",
    nodes.Scope: "autoescape",
    nodes.Test: "is",
    nodes.List: "[...]",
    nodes.Dict: "{...}",
    nodes.Tuple: "(..., ...)",
    nodes.Getitem: "[...]",
    nodes.Slice: "[:]",
}

_DEEP: Final = "(((...)))"  # more levels than a parser bears
_LONG: Final = "999...999"  # more digits than Python makes a number of
_LOOP = {"index", "first", "last"}


@dataclass(slots=True, kw_only=True)
class _Visit:
    """A walk over one tree; `scope` knows the loop variables, `loops` how deep it stands."""

    source: Source
    context: Mapping[str, Name]
    scope: dict[str, str] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def node(self, node: nodes.Node) -> None:
        handler = _HANDLERS.get(type(node))
        if handler is None:
            self.forbid(node, _TOLD.get(type(node), type(node).__name__.lower()))
        else:
            handler(self, node)

    def children(self, node: nodes.Node) -> None:
        for child in node.iter_child_nodes():
            self.node(child)

    def output(self, node: nodes.Output) -> None:
        for child in node.nodes:
            self.node(child)
            for part in _parts(child):
                self._printable(part)

    def _printable(self, node: nodes.Node) -> None:
        path = _path(node, self.scope)
        found = self.context.get(path) if path else None
        if found is not None and found.kind in {"rows", "flag"}:
            name = _written(node)
            self._tell("template/not-printable", node, {"name": name}, find=name)

    def path(self, node: nodes.Node) -> None:
        """A name or a dotted name, which has to be in the context."""
        path = _path(node, self.scope)
        if path is None:
            self.forbid(node, _written(node), find=_written(node).removeprefix("(...)"))
        elif path.startswith("loop."):
            self._known(node, path, {f"loop.{name}" for name in _LOOP})
        elif not self._record(path):
            self._known(node, path, self.context)

    def _record(self, path: str) -> bool:
        # A record or a row is never used as a whole; only the head of a dotted name is one.
        return path in self.context

    def _known(self, node: nodes.Node, path: str, names: "Mapping[str, Name] | set[str]") -> None:
        if path in names:
            return
        written = _written(node)
        rows = tuple(f"{inner}." for inner in self.scope.values())
        best = nearest(path, [n for n in names if "[]" not in n or n.startswith(rows)])
        for variable, inner in self.scope.items():
            best = best.replace(f"{inner}.", f"{variable}.")
        self._tell("template/unknown-name", node, {"name": written}, best, written)

    def loop(self, node: nodes.For) -> None:
        """`for name in rows`, without a filter, an else or recursion."""
        if node.recursive or node.test is not None or not isinstance(node.target, nodes.Name):
            self.forbid(node, "for ... recursive, for ... if, for a, b", find="for")
            return
        self.node(node.iter)
        path = _path(node.iter, self.scope)
        found = self.context.get(path) if path else None
        if found is None or found.kind != "rows":
            self.forbid(node.iter, f"for ... in {_written(node.iter)}", find="for")
            return
        outer = dict(self.scope)
        self.scope |= {node.target.name: f"{path}[]", "loop": "loop"}
        for child in (*node.body, *node.else_):
            self.node(child)
        self.scope = outer

    def filter(self, node: nodes.Filter) -> None:
        if node.name not in ALLOWED_FILTERS:
            code, fields = "template/unknown-filter", {"name": node.name}
            if node.name in {"safe", "attr", "format", "center", "indent", "map", "xmlattr"}:
                code, fields = "template/forbidden", {"what": f"|{node.name}"}
            self._tell(code, node, fields, nearest(node.name, ALLOWED_FILTERS), node.name)
        if node.args or node.kwargs or node.dyn_args or node.dyn_kwargs:
            self.forbid(node, f"|{node.name}(...)", find=f"|{node.name}")
        if node.node is not None:
            self.node(node.node)

    def call(self, node: nodes.Call) -> None:
        """`table("name")` and nothing else."""
        callee = node.node
        if not isinstance(callee, nodes.Name) or callee.name != "table":
            find = _written(callee).removeprefix("(...)")
            self.forbid(node, f"{_written(callee)}(...)", find=find)
            return
        name = node.args[0] if len(node.args) == 1 and not node.kwargs else None
        if not isinstance(name, nodes.Const) or not isinstance(name.value, str):
            self.forbid(node, "table(...)", find="table")
        elif name.value not in TABLES:
            best = nearest(name.value, TABLES)
            self._tell("template/unknown-table", node, {"name": name.value}, best, name.value)

    def forbid(self, node: nodes.Node, what: str, find: str = "") -> None:
        self._tell("template/forbidden", node, {"what": what}, find=find or what)

    def _tell(
        self,
        code: str,
        node: nodes.Node,
        fields: Mapping[str, str],
        suggestion: str = "",
        find: str = "",
    ) -> None:
        place = self._place(_line(node), find)
        self.problems.append(Problem(code=code, place=place, fields=fields, suggestion=suggestion))

    def _place(self, lineno: int, find: str) -> Place:
        """The line, and the column where the words stand if they are found there."""
        lines = _lines(self.source.text)
        text = lines[lineno - 1] if 0 < lineno <= len(lines) else ""
        at = text.find(find) if find else -1
        line = self.source.line + lineno - 1
        if at < 0:
            return Place(file=self.source.file, line=line)
        column = at + (self.source.column if lineno == 1 else 1)
        return Place(file=self.source.file, line=line, column=column, length=len(find))


@lru_cache(maxsize=4)
def _lines(text: str) -> Sequence[str]:
    return text.splitlines()


def _line(node: nodes.Node) -> int:
    """The parser gives some nodes no line, but what they hold has one."""
    within = (each.lineno for each in node.find_all(nodes.Node) if each.lineno)
    return node.lineno or next(within, 1)


def _nothing(_visit: _Visit, _node: Any) -> None:  # noqa: ANN401 - any leaf
    return


_HANDLERS: Final[Mapping[type[nodes.Node], Callable[[_Visit, Any], None]]] = {
    nodes.Template: _Visit.children,
    nodes.Output: _Visit.output,
    nodes.TemplateData: _nothing,
    nodes.Const: _nothing,
    nodes.Name: _Visit.path,
    nodes.Getattr: _Visit.path,
    nodes.If: _Visit.children,
    nodes.For: _Visit.loop,
    nodes.CondExpr: _Visit.children,
    nodes.Compare: _Visit.children,
    nodes.Operand: _Visit.children,
    nodes.And: _Visit.children,
    nodes.Or: _Visit.children,
    nodes.Not: _Visit.children,
    nodes.Concat: _Visit.children,
    nodes.Filter: _Visit.filter,
    nodes.Call: _Visit.call,
}


def _parts(node: nodes.Node) -> Iterator[nodes.Node]:
    """What an expression may come to: both sides of a choice, each piece of a chain."""
    match node:
        case nodes.CondExpr(expr1=one, expr2=other):
            children: list[nodes.Node | None] = [one, other]
        case nodes.Concat() | nodes.Or() | nodes.And():
            children = list(node.iter_child_nodes())
        case nodes.Filter(name="length"):
            children = []
        case nodes.Filter(node=inner):
            children = [inner]
        case _:
            yield node
            return
    for child in children:
        if child is not None:
            yield from _parts(child)


def _path(node: nodes.Node, scope: Mapping[str, str]) -> str | None:
    """`creditor.name`, with a loop variable replaced by its rows; None for anything computed."""
    if isinstance(node, nodes.Name):
        return scope.get(node.name, node.name)
    if isinstance(node, nodes.Getattr):
        inner = _path(node.node, scope)
        return None if inner is None else f"{inner}.{node.attr}"
    return None


def _written(node: nodes.Node) -> str:
    """The name as the template has it; what is computed before a dot is `(...)`."""
    match node:
        case nodes.Getattr(node=inner, attr=attr) if _path(inner, {}) is None:
            return f"(...).{attr}"
        case nodes.Call(node=callee):
            return f"{_written(callee)}(...)"
        case _:
            return _path(node, {}) or "(...)"
