"""What `check` and `doctor` remark that keeps nothing from being used: words, rates, policies."""

from collections.abc import Iterable, Iterator

from dispatcher.clocks import clock_of
from dispatcher.inboxes import inbox_problems
from dispatcher.legal.lint import Used, lint
from dispatcher.legal.watch import watch
from dispatcher.model.debtor import LegalKind
from dispatcher.model.problem import Place, Problem
from dispatcher.model.settings import Environment, Settings
from dispatcher.nodes.node import Map, Node
from dispatcher.nodes.read import read_yaml
from dispatcher.outlets import channel_problems, unsigned
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import ALWAYS, Contact, Policy, Rulebook
from dispatcher.prove.findings.look import findings
from dispatcher.prove.findings.scene import World
from dispatcher.prove.findings.unused import Written, unused
from dispatcher.prove.findings.weigh import weighed
from dispatcher.writings import Writings, placed


def about_words(writings: Writings) -> tuple[Problem, ...]:
    """Remarks on the templates of a home, by how its active policies use them."""
    if writings.library is None:
        return ()
    legal = {n: writings.library.legal_effect(n) for n in writings.library.templates}
    used = _uses(writings.rulebook)
    uses = {
        name: Used(
            kinds=used.get(name, Used()).kinds,
            tones=used.get(name, Used()).tones,
            legal_effect=effect,
        )
        for name, effect in legal.items()
    }
    return tuple(placed(writings.home.templates, lint(writings.templates, uses)))


def about_channels(writings: Writings) -> tuple[Problem, ...]:
    """What adapters refuse of their settings; of secrets only in production, where they are used.

    Only where nothing else is wrong: an adapter would say the same once more.
    """
    settings = writings.settings
    if settings is None or writings.errors:
        return ()
    found = channel_problems(settings, writings.home)
    found += tuple(inbox_problems(settings, writings.home)) + tuple(unsigned(settings))
    if settings.environment is Environment.PRODUCTION:
        return found
    return tuple(each for each in found if each.code != "config/secret-missing")


def about_policies(writings: Writings) -> tuple[Problem, ...]:
    """What exact analysis finds in policies that can be used.

    Only where nothing is wrong with them: a mistake would be said once more.
    """
    settings, rulebook, names = writings.settings, writings.rulebook, writings.names
    if settings is None or rulebook is None or names is None or writings.errors:
        return ()
    world = World(names=names, deadlines=settings.deadlines)
    found = tuple(placed(writings.home.rules, findings(rulebook, world)))
    return (*found, *unused(rulebook, _written(writings, settings)))


def as_weighed(problems: Iterable[Problem], writings: Writings) -> tuple[Problem, ...]:
    """The problems at the levels that the home gives them."""
    weights = writings.settings.check if writings.settings is not None else {}
    return tuple(weighed(problems, weights))


def _written(writings: Writings, settings: Settings) -> Written:
    """The names that operators gave, with their places."""
    config = writings.home.config.name
    top, _ = read_yaml(writings.sources.get(config, ""), file=config)
    kinds = {kind: _entries(top, kind) for kind in ("tasks", "offers", "people")}
    rules = writings.home.rules.name
    conditions: dict[str, Place] = {}
    for name, text in writings.rules.items():
        read, _ = read_yaml(text, file=f"{rules}/{name}")
        conditions |= _entries(read, "conditions")
    folders = {path.split("/")[1]: path for path in sorted(writings.templates) if "/" in path}
    known = writings.names.templates or {} if writings.names is not None else {}
    files = {name: folders[name] for name in sorted(known) if name in folders}
    templates = {n: Place(file=f"{writings.home.templates.name}/{f}") for n, f in files.items()}
    stand_ins = {person.stand_in for person in settings.people.values()}
    used = frozenset({*(task.assign_to for task in settings.tasks.values()), *stand_ins})
    places = {**kinds, "conditions": conditions, "templates": templates}
    return Written(places=places, used={"people": used})


def _entries(top: Map | None, kind: str) -> dict[str, Place]:
    """The keys of a map that stands under a key, with their places."""
    found: Node | None = None if top is None else top.get(kind)
    return {entry.key: entry.key_place for entry in found} if isinstance(found, Map) else {}


def about_today(writings: Writings) -> tuple[Problem, ...]:
    """Remarks on the configuration, by the calendar of the home and by whom it writes to."""
    settings = writings.settings
    if settings is None:
        return ()
    today = clock_of(settings, "", writes=False).today()
    return (*watch(settings, today), *_mediator(settings, writings.rulebook))


def _mediator(settings: Settings, rulebook: Rulebook | None) -> Iterator[Problem]:
    """Consumers have to be told of the mediator (C. conso. L. 616-1): one has to be named."""
    if settings.creditor.mediator or rulebook is None:
        return
    writing = [policy.name for policy in rulebook.active if LegalKind.CONSUMER in _kinds(policy)]
    if writing:
        yield Problem(code="config/no-mediator", fields={"policies": ", ".join(writing)})


def _uses(rulebook: Rulebook | None) -> dict[str, Used]:
    found: dict[str, Used] = {}
    for policy in rulebook.active if rulebook is not None else ():
        kinds = frozenset(_kinds(policy))
        for template, tone in _spoken(policy):
            before = found.get(template, Used())
            found[template] = Used(kinds=before.kinds | kinds, tones=before.tones | {tone})
    return found


def _kinds(policy: Policy) -> Iterator[str]:
    """The legal kinds of debtors that the policy may be chosen for."""
    for kind in LegalKind:
        if truth(policy.applies_to or ALWAYS, {"legal_kind": str(kind)}) is not False:
            yield str(kind)


def _spoken(policy: Policy) -> Iterator[tuple[str, str]]:
    """Every template of the policy with its tone."""
    for choice in policy.choices:
        if isinstance(choice.then, Contact):
            yield choice.then.template, choice.then.tone
            if choice.then.follow_up:
                yield choice.then.follow_up, "courteous"
    for answer in policy.answers:
        yield answer.template, answer.tone
