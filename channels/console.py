"""The console: prints what would be sent. The example in docs/writing-a-channel.md, whole."""

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


class Console:
    """Every message on standard output, and nowhere else."""

    delivery_class: DeliveryClass = "none"  # printed twice is read twice
    batch = 25

    def __init__(self, name: str) -> None:
        self.name = name

    async def send(self, message: Message, going: Going) -> Outcome:
        words = [f"{part}: {text.strip()}" for part, text in message.parts.items()]
        going()  # from here on it may be read; raises Withheld when `stop` was said
        print(f"--- {self.name} to {message.to}", *words, sep="\n", flush=True)  # noqa: T201
        return Accepted(provider_id=message.token)

    async def close(self) -> None:
        """Nothing is open."""


def open_channel(settings: ChannelSettings) -> Console:
    """The channel of these settings; BadInput names every one that it does not have."""
    problems = [
        Problem(
            code="deliver/option-unknown",
            place=settings.place,
            fields={"channel": settings.name, "option": option, "allowed": "adapter"},
        )
        for option in [*settings.options, *settings.secrets]
    ]
    if problems:
        raise BadInput(problems)
    return Console(settings.name)
