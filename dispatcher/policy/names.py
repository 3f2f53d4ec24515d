"""What a policy may name outside itself: templates, channels, tasks, offers, roles."""

from collections.abc import Mapping
from dataclasses import dataclass


#: The channels that the language knows; an installation may add its own.
CHANNELS = ("email", "sms", "letter", "registered_letter", "call", "visit")


@dataclass(frozen=True, slots=True, kw_only=True)
class TemplateWords:
    """A template as policies see it: the channels it has words for, and its legal effect."""

    channels: frozenset[str]
    legal_effect: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The known names of each kind; None leaves that kind unchecked.

    `default_policy` takes the debtors of its currency that no policy is for; empty: there is none.
    """

    templates: Mapping[str, TemplateWords] | None = None
    channels: frozenset[str] | None = None
    tasks: frozenset[str] | None = None
    offers: frozenset[str] | None = None
    roles: frozenset[str] | None = None
    default_policy: str = ""
