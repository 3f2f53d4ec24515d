"""`extends`: a policy's map merged into its parent's, on nodes, so that every place survives."""

from collections.abc import Mapping
from dataclasses import replace

from dispatcher.model.problem import Place
from dispatcher.nodes.node import Entry, Map, Node, Scalar, Sequence
from dispatcher.policy.scope import Findings, cut, shown
from dispatcher.problems.suggest import nearest


NOT_INHERITED = frozenset({"policy", "version", "label", "applies_to", "keep", "was", "extends"})
LISTS_WITH_IDS = frozenset({"stops", "steps", "hand_over"})
#: Maps of facts and lists without ids: replaced whole.
_WHOLE = frozenset({"start", "applies_to"})
_CONDITIONS = "conditions"
_MOVES = ("before", "after")


def resolve(policies: Mapping[str, Map], findings: Findings) -> Mapping[str, Map]:
    """Each policy with all it inherits; one whose parent is missing or circular stands alone."""
    resolved: dict[str, Map] = {}
    for name in policies:
        _resolve(name, policies, resolved, (), findings)
    return resolved


def _resolve(
    name: str,
    policies: Mapping[str, Map],
    resolved: dict[str, Map],
    path: tuple[str, ...],
    findings: Findings,
) -> Map:
    if name in resolved:
        return resolved[name]
    own = policies[name]
    parent = _parent(name, own, policies, path, findings)
    if parent is None:
        merged = _alone(own, findings)
    else:
        above = _resolve(parent, policies, resolved, (*path, name), findings)
        merged = _merge(_heritage(above), own, findings)
    resolved[name] = merged
    return merged


def _parent(
    name: str, own: Map, policies: Mapping[str, Map], path: tuple[str, ...], findings: Findings
) -> str | None:
    node = own.get("extends")
    if not isinstance(node, Scalar):
        return None
    if node.text not in policies:
        findings.say(
            "policy/unknown-parent",
            node.place,
            suggestion=nearest(node.text, policies),
            name=cut(node.text),
            allowed=shown(policies),
        )
        return None
    if node.text in (*path, name):
        findings.say(
            "policy/extends-circle", node.place, circle=" -> ".join((*path, name, node.text))
        )
        return None
    return node.text


def _heritage(parent: Map) -> Map:
    kept = {key: entry for key, entry in parent.entries.items() if key not in NOT_INHERITED}
    return replace(parent, entries=kept)


def _alone(own: Map, findings: Findings) -> Map:
    """A policy without a parent: there is nothing to override, remove or stand before."""
    nothing = Map(entries={}, place=own.place)
    return _merge(nothing, own, findings)


def _merge(parent: Map, own: Map, findings: Findings) -> Map:
    entries = dict(parent.entries)
    for entry in own:
        above = parent.get(entry.key)
        value = entry.value
        if entry.key in LISTS_WITH_IDS:
            value = _merge_lists(above, value, findings)
        elif entry.key == _CONDITIONS:
            value = _merge_maps(above, value, depth=1)
        elif entry.key not in _WHOLE:
            value = _merge_maps(above, value)
        entries[entry.key] = replace(entry, value=value)
    return Map(entries=entries, place=own.place)


def _merge_maps(above: Node | None, own: Node, *, depth: int = 20) -> Node:
    """Maps by key, `depth` levels down; anything else is replaced whole."""
    if not isinstance(above, Map) or not isinstance(own, Map) or depth == 0:
        return own
    entries = dict(above.entries)
    for entry in own:
        value = _merge_maps(above.get(entry.key), entry.value, depth=depth - 1)
        entries[entry.key] = replace(entry, value=value)
    return Map(entries=entries, place=own.place)


def _merge_lists(above: Node | None, own: Node, findings: Findings) -> Node:
    if not isinstance(own, Sequence):
        return own
    items = list(above.items) if isinstance(above, Sequence) else []
    for item in own:
        _apply(item, items, findings)
    return Sequence(items=tuple(items), place=own.place)


def _apply(item: Node, items: list[Node], findings: Findings) -> None:
    """One entry of a child's list, put into the parent's list."""
    if not isinstance(item, Map):
        items.append(item)  # the reader of the list says what is wrong with it
        return
    removed, overridden = item.get("remove"), item.get("override")
    if isinstance(removed, Scalar):
        _remove(removed, item, items, findings)
    elif isinstance(overridden, Scalar):
        _override(overridden, item, items, findings)
    else:
        _insert(_without(item, _MOVES), item, items, findings)


def _remove(name: Scalar, item: Map, items: list[Node], findings: Findings) -> None:
    position = _find(name, items, findings)
    if position is not None:
        del items[position]
    for entry in item:
        if entry.key != "remove":
            findings.say("policy/remove-only", entry.key_place, key=entry.key)


def _override(name: Scalar, item: Map, items: list[Node], findings: Findings) -> None:
    position = _find(name, items, findings)
    if position is None:
        return
    old = items[position]
    written = _without(item, ("override", *_MOVES))
    entries = {**old.entries, **written.entries} if isinstance(old, Map) else written.entries
    new = Map(entries=entries, place=item.place)
    if any(item.get(move) is not None for move in _MOVES):
        del items[position]
        _insert(new, item, items, findings)
    else:
        items[position] = new


def _insert(new: Map, item: Map, items: list[Node], findings: Findings) -> None:
    for offset, move in enumerate(_MOVES):
        anchor = item.get(move)
        if isinstance(anchor, Scalar):
            position = _find(anchor, items, findings)
            if position is not None:
                items.insert(position + offset, new)
                return
    items.append(new)


def _find(name: Scalar, items: list[Node], findings: Findings) -> int | None:
    ids = [_id(item) for item in items]
    if name.text in ids:
        return ids.index(name.text)
    known = [known for known in ids if known]
    findings.say(
        "policy/unknown-id",
        name.place,
        suggestion=nearest(name.text, known),
        name=cut(name.text),
        allowed=shown(known) or "-",
    )
    return None


def _id(item: Node) -> str:
    node = item.get("id") if isinstance(item, Map) else None
    return node.text if isinstance(node, Scalar) else ""


def _without(item: Map, keys: tuple[str, ...]) -> Map:
    kept: dict[str, Entry] = {key: e for key, e in item.entries.items() if key not in keys}
    return replace(item, entries=kept)


def place_of_id(item: Node) -> Place:
    """Where an entry names itself, else where it begins."""
    node = item.get("id") if isinstance(item, Map) else None
    return item.place if node is None else node.place
