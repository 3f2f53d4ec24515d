"""A look at one target: so many damaged seeds, behind a fence, and how much memory they took."""

from pathlib import Path

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.fuzz.fuzz_damage import damaged
from tests.fuzz.fuzz_fence import Fence, fenced, forget_peak, peak
from tests.fuzz.fuzz_target import Target


def look(target: Target, folder: Path, *, examples: int, at: int | None = None) -> int:
    """Feed so many damaged seeds; the bytes by which the process swelled meanwhile.

    The same examples each time, or those that begin `at` a number. A failing one is made small
    and shown.

    Raises:
        Exception: whatever the reader raised, or an assertion of ours.
    """
    inside = folder / target.name.replace(" ", "-")
    inside.mkdir(exist_ok=True)
    if target.closed:
        target.feed(target.seeds[0], inside)  # what it makes for all of them

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=at is None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    @given(damaged(target.seeds, target.words))
    def fed(raw: bytes) -> None:
        fence = Fence(folder=str(folder.resolve()), closed=target.closed, loopback=target.loopback)
        with fenced(fence):
            target.feed(raw, inside)
        assert not fence.beyond, f"beyond the fence: {fence.beyond}"

    held = forget_peak()
    if at is None:
        fed()
    else:
        seed(at)(fed)()
    return peak() - held
