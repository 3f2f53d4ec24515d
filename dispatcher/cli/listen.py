"""`relance listen`: what providers report, as it comes."""

from typing import Annotated

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


def listen(
    host: Annotated[
        str, typer.Option("--host", help="The address to listen on.", metavar="ADDRESS")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", help="The port.", min=0, max=65_535, metavar="PORT")
    ] = 8010,
    public: Annotated[
        bool, typer.Option("--public", help="Listen where others reach us, in clear text.")
    ] = False,
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Listen for what providers report of messages and debtors answer. Sends nothing.

    It stays until it is ended (SIGTERM, Ctrl-C). A web server in front of it speaks TLS and passes
    on the paths of the channels' `public_url`.
    """
    from dispatcher.errors import BadInput  # noqa: PLC0415 - heavy, and not for --help
    from dispatcher.listening import ear, refuse_strangers  # noqa: PLC0415 - as above
    from dispatcher.model.problem import Problem  # noqa: PLC0415 - as above
    from dispatcher.returns.serving import serve  # noqa: PLC0415 - as above

    found, speaker = asked(home, lang)
    refuse_strangers(host, public=public)

    def told(channel: str, status: int, why: str) -> None:
        speaker.note("listen/heard", channel=channel, status=status, why=why)

    def ready(host: str, port: int) -> None:
        speaker.note("listen/ready", host=host, port=port)

    with ear(found, told=told) as one:
        for url in one.urls:
            speaker.note("listen/url", url=url)
        if not serve(one.application, host=host, port=port, ready=ready):
            raise BadInput(Problem(code="listen/taken", fields={"host": host, "port": str(port)}))
    speaker.note("listen/ended")
    return 0
