"""Calls and visits: the message is the task, and handing it over is putting it on the list."""

from dispatcher.ports import (
    Accepted,
    BadInput,
    ChannelSettings,
    DeliveryClass,
    Going,
    Message,
    Outcome,
    Problem,
)


def open_channel(settings: ChannelSettings) -> "CallChannel":
    """The channel of these settings; it has none of its own.

    Raises:
        BadInput: there are settings.
    """
    problems = [
        Problem(
            code="deliver/option-unknown",
            place=settings.place,
            fields={"channel": settings.name, "option": name, "allowed": "adapter"},
        )
        for name in [*settings.options, *settings.secrets]
    ]
    if problems:
        raise BadInput(problems)
    return CallChannel(settings.name)


class CallChannel:
    """Gives messages to people; a task given twice is the same task, by its token."""

    def __init__(self, name: str) -> None:
        self._name = name

    @property
    def name(self) -> str:
        return self._name

    @property
    def delivery_class(self) -> DeliveryClass:
        return "idempotent"

    @property
    def batch(self) -> int:
        return 25

    async def send(self, message: Message, going: Going) -> Outcome:
        """Accepted at once: the stored message is on the list of calls from now on."""
        going()
        return Accepted(provider_id=message.token, receipt="on the list")

    async def close(self) -> None:
        """Nothing is open."""
