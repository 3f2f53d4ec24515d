"""The assumption in words: it stands before every figure that rests on it."""

from collections.abc import Sequence

from dispatcher.cli.policies.sections import Section
from dispatcher.cli.say import Speaker
from dispatcher.prove.days.assumptions import Assumption, Payments


def assumed(
    speaker: Speaker,
    assumption: Assumption,
    *,
    late: int = 0,
    real: bool = False,
    runs: int,
    working: bool,
    more: Sequence[str] = (),
) -> Section:
    """What all figures rest on; `real`: payments are those of a ledger."""
    words = speaker.words
    lines = list[str]()
    if real:
        lines.append(words("assume/real"))
    elif assumption.payments is Payments.HISTORY:
        lines.append(words("assume/history", late=late))
    else:
        lines.append(words("assume/none"))
    for step, told in sorted(assumption.after.items()):
        lines.append(words("assume/after", step=step, share=told.share, within=told.within))
    if not real:
        made, kept = assumption.made.share, assumption.kept
        if made or kept:
            lines.append(words("assume/promises", kept=kept, made=made))
        lines.append(words("assume/new-again" if assumption.again else "assume/new-none"))
    people = {"reached": assumption.reached, "approved": assumption.approved}
    lines += [words("assume/people", **people), words("assume/all-done"), *more]
    how = words("assume/working" if working else "assume/every-day")
    lines.append(words("assume/runs", runs=runs, how=how))
    if not real or assumption.after:
        lines.append(words("assume/seed", seed=assumption.seed))
    return Section(title=words("assume/title"), lines=tuple(lines))
