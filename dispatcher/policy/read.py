"""Policy files to a rulebook: the vocabulary and every policy, or all that is wrong with them."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from dispatcher.model.problem import Level, Problem
from dispatcher.nodes.node import Map, Scalar
from dispatcher.nodes.read import read_yaml
from dispatcher.policy.checks import check_policy
from dispatcher.policy.choose import check_choice
from dispatcher.policy.document import read_policy
from dispatcher.policy.extends import resolve
from dispatcher.policy.ladder import ids_of
from dispatcher.policy.names import Names
from dispatcher.policy.scope import Findings, Scope
from dispatcher.policy.terms import Policy, Rulebook
from dispatcher.policy.vocabulary import Vocabulary, read_vocabulary
from dispatcher.problems.registry import level


TEST_SUFFIX = ".test.yaml"


def read_rules(
    texts: Mapping[str, str], *, names: Names | None = None, faulty: bool = False
) -> tuple[Rulebook | None, tuple[Problem, ...]]:
    """The rulebook of these files (name to text) and every problem in them.

    The vocabulary is the file whose top has `facts:`; `*.test.yaml` are left aside. There is no
    rulebook exactly when one of the problems is an error; with `faulty` there is one, to be looked
    at, where everything could be read and only what the rules say together is wrong.
    """
    findings = Findings()
    files = _read_files(texts, findings)
    resolved = resolve(files.policies, findings)
    scope = Scope(findings=findings, names=names or Names())
    vocabulary = _vocabulary(files, resolved, scope)
    policies = _policies(resolved, vocabulary, scope)
    rulebook = Rulebook(facts=vocabulary.facts, invariants=vocabulary.invariants, policies=policies)
    readable = not _has_error(findings)
    if readable:
        for policy in policies.values():
            check_policy(policy, findings)
        check_choice(rulebook, findings, default_policy=scope.names.default_policy)
    usable = readable and (faulty or not _has_error(findings))
    return (rulebook if usable else None), tuple(findings.problems)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Files:
    """The files by what they are."""

    vocabulary: Map | None = None
    policies: Mapping[str, Map] = field(default_factory=dict)


def _read_files(texts: Mapping[str, str], findings: Findings) -> _Files:
    vocabularies: list[Map] = []
    policies: dict[str, Map] = {}
    for file in sorted(texts):
        if file.endswith(TEST_SUFFIX):
            continue
        top, problems = read_yaml(texts[file], file=file)
        for problem in problems:
            findings.add(problem)
        if top is None:
            continue
        if top.get("facts") is not None:
            vocabularies.append(top)
        else:
            _file_policy(top, policies, findings)
    return _Files(vocabulary=_only_one(vocabularies, texts, findings), policies=policies)


def _file_policy(top: Map, policies: dict[str, Map], findings: Findings) -> None:
    name = top.get("policy")
    if not isinstance(name, Scalar):
        findings.say("policy/not-a-policy", top.place)
    elif name.text in policies:
        second = policies[name.text].entries["policy"].value.place
        findings.say("policy/duplicate-policy", name.place, second=second, name=name.text)
    else:
        policies[name.text] = top


def _only_one(vocabularies: list[Map], texts: Mapping[str, str], findings: Findings) -> Map | None:
    if not vocabularies:
        if not findings.problems:  # else the file with the facts may be the one that is broken
            findings.say("policy/no-vocabulary", None, files=", ".join(sorted(texts)) or "-")
        return None
    first, *others = vocabularies
    for other in others:  # which of them is meant, nobody knows: none is read
        at = other.entries["facts"].key_place
        second = first.entries["facts"].key_place
        findings.say("policy/two-vocabularies", at, second=second)
    return None if others else first


def _vocabulary(files: _Files, resolved: Mapping[str, Map], scope: Scope) -> Vocabulary:
    if files.vocabulary is None:
        return Vocabulary()
    active = {name: top for name, top in resolved.items() if "applies_to" in top.entries}
    steps = dict.fromkeys(step for top in active.values() for step in ids_of(top.get("steps")))
    return read_vocabulary(files.vocabulary, scope, steps=tuple(steps), policies=tuple(active))


def _policies(
    resolved: Mapping[str, Map], vocabulary: Vocabulary, scope: Scope
) -> Mapping[str, Policy]:
    if not vocabulary.facts:  # every name would be unknown: one problem is enough
        return {}
    inside = Scope(findings=scope.findings, facts=vocabulary.facts, names=scope.names)
    read = [read_policy(top, inside) for top in resolved.values()]
    return {policy.name: policy for policy in read if policy is not None}


def _has_error(findings: Findings) -> bool:
    return any(level(problem) is Level.ERROR for problem in findings.problems)
