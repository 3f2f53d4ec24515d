"""`relance audit export`: one case as a bundle that others can prove without our software."""

from pathlib import Path
from typing import Annotated

import typer

from dispatcher.cli.asked import CaseArgument, HomeOption, LangOption, asked, opened


def export(
    case: CaseArgument,
    to: Annotated[
        str, typer.Option("--to", help="A new folder, or a new file .zip.", metavar="TARGET")
    ] = "",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Write all that proves what was done in one case: records, messages, policies, a verifier."""
    from dispatcher.evidence import export_case, file_name  # noqa: PLC0415 - heavy, not for --help
    from dispatcher.proving import keep_configured  # noqa: PLC0415 - as below

    with opened(home, lang, writes=True) as (house, speaker):
        made = export_case(house, case, Path(to or file_name(case)).absolute())
    fields = {"path": made.path, "records": made.records, "files": made.files}
    speaker.say("evidence/done", **fields)
    if made.unopened:
        speaker.note("evidence/erased", count=made.unopened)
    kept = keep_configured(asked(home, lang)[0])
    if kept is not None:
        speaker.problems([kept], {})
    speaker.say("evidence/checkpoint", checkpoint=made.checkpoint)
    return 0
