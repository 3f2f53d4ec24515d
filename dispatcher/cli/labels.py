"""What tasks are called on the terminal."""

from dispatcher.cli.say import Speaker
from dispatcher.model.plan import HAND_OVER
from dispatcher.model.settings import TaskText


def task_label(speaker: Speaker, name: str, text: TaskText | None) -> str:
    """The operator's words for a task; a hand-over has ours, any other without words its name."""
    if text is not None:
        return text.labels.get(speaker.lang, name)
    return speaker.words("tasks/hand-over") if name == HAND_OVER else name
