"""The messages whose words tests ask for; nothing of it is loaded for tests that ask for none."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from typing import TYPE_CHECKING

from dispatcher.prove.trials.spoken import Speak, Speech
from dispatcher.wiring import rendering
from dispatcher.writings import Usable


if TYPE_CHECKING:
    from dispatcher.messages.freeze import Render
    from dispatcher.model.problem import Problem


@contextmanager
def speaking(writings: Usable) -> Iterator[Speak]:
    """Makes messages in rendering processes, which start with the first that is asked for."""
    with ExitStack() as stack:

        @cache
        def render() -> "Render":
            return stack.enter_context(rendering(writings.templates))

        def speak(speech: Speech) -> "str | Problem":
            from dispatcher.preview.spoken import spoken  # noqa: PLC0415 - e-mail, store: 400 ms

            return spoken(speech, writings, render())

        yield speak
