"""What `check` and `doctor` remark that keeps nothing from being used: French words, rates."""

from collections.abc import Iterator

from dispatcher.clocks import clock_of
from dispatcher.legal.lint import Used, lint
from dispatcher.legal.watch import watch
from dispatcher.model.debtor import LegalKind
from dispatcher.model.problem import Problem
from dispatcher.model.settings import Settings
from dispatcher.policy.interpret import truth
from dispatcher.policy.terms import ALWAYS, Contact, Policy, Rulebook
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
