"""The nearest valid name to one that is not."""

from collections.abc import Iterable


CUTOFF = 65  # percent of likeness; below it a suggestion misleads more than it helps


def nearest(name: str, allowed: Iterable[str]) -> str:
    """The allowed name most like this one, or an empty text when none is near."""
    from rapidfuzz import fuzz, process  # noqa: PLC0415 - 20 ms, only when something is wrong

    found = process.extractOne(name, list(allowed), scorer=fuzz.ratio, score_cutoff=CUTOFF)
    return "" if found is None else str(found[0])
