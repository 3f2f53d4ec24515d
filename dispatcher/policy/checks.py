"""What must fit together inside one policy once all its parts are read."""

from dispatcher.policy.interpret import truth
from dispatcher.policy.scope import Findings
from dispatcher.policy.terms import Condition, Policy


def check_policy(policy: Policy, findings: Findings) -> None:
    """Report a hand-over after which nothing would keep us from writing on."""
    if policy.hand_over and not any(_holds_handed_over(rule.when) for rule in policy.stops):
        findings.say("policy/hand-over-stop", policy.hand_over[0].place)


def _holds_handed_over(when: Condition) -> bool:
    """Whether a stop is true of whoever is handed over, whatever else is known of him."""
    return truth(when, {"handed_over": True}) is True and truth(when, {}) is not True
