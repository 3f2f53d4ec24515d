"""`relance test`: the tests and properties that stand beside the policies."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Final

import typer

from dispatcher.cli.asked import HomeOption, LangOption, asked


FAULTS: Final = 1


def run_tests(  # noqa: PLR0917 - one parameter per option of the command
    files: Annotated[
        list[Path] | None, typer.Argument(help="Test files; all of rules/ without.", metavar="FILE")
    ] = None,
    only: Annotated[
        str, typer.Option("--run", help="Only what is called so; * is anything.", metavar="PATTERN")
    ] = "",
    junit: Annotated[
        Path | None, typer.Option(help="Also write a JUnit report.", metavar="FILE")
    ] = None,
    uncovered: Annotated[
        bool, typer.Option("--coverage", help="Also what no test reaches, with tests to add.")
    ] = False,
    sides: Annotated[
        bool, typer.Option("--boundaries", help="Also both sides of every threshold.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="text or json.", metavar="FORM")] = "text",
    home: HomeOption = "",
    lang: LangOption = "",
) -> int:
    """Run the tests and properties of the policies."""
    # Days of a few debtors: threads cost more than they bring.
    os.environ.setdefault("POLARS_MAX_THREADS", "1")
    from dispatcher.cli.policies import tested, testgaps, testreports  # noqa: PLC0415 - Polars, not for --help
    from dispatcher.cli.policies.testfiles import read_tests  # noqa: PLC0415 - as above
    from dispatcher.cli.policies.testspeech import speaking  # noqa: PLC0415 - as above
    from dispatcher.prove.trials.running import run  # noqa: PLC0415 - as above

    testreports.check_format(form)
    found, speaker = asked(home, lang)
    tests = read_tests(found, files or (), only)
    with speaking(tests.writings) as speak:
        ran = run(tests.promises, replace(tests.world, speak=speak))
    tests.refuse(ran.problems)
    words = tested.Words(speaker, tests.world)
    if junit is not None:
        testreports.write_junit(words, ran, junit)
    if form == "json":
        wanted = {"coverage": uncovered, "boundaries": sides}
        testreports.show_json(words, ran, **testgaps.plain(words, tests, ran, wanted))
    else:
        tested.show(words, ran)
        if uncovered:
            testgaps.show_coverage(words, tests, ran)
        if sides:
            testgaps.show_boundaries(words, tests, ran)
    return FAULTS if ran.bad else 0
