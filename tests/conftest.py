"""What all tests share: the mark of a sentence that a later issue makes true, and what is kept."""

import gc
from collections.abc import Iterator

import pytest

import dispatcher.compose.library
import dispatcher.policy.read
import dispatcher.render.pool
import dispatcher.writings
from dispatcher.cli import LOOK_AFTER
from tests.kept import WarmPool, remembered


gc.set_threshold(LOOK_AFTER, 20, 20)  # as the command does


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A `todo` is expected to fail, and fails loudly (strict) once its feature works."""
    for item in items:
        todo = item.get_closest_marker("todo")
        if todo is not None:
            (title,) = todo.args
            item.add_marker(pytest.mark.xfail(reason=title, strict=True))


@pytest.fixture(scope="session", autouse=True)
def _kept() -> Iterator[None]:
    """What homes with equal texts have in common is read once, and rendered by one process."""
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (dispatcher.writings, "read_config"),
            (dispatcher.compose.library, "load"),
            (dispatcher.policy.read, "read_rules"),
        ):
            patch.setattr(module, name, remembered(getattr(module, name)))
        patch.setattr(dispatcher.render.pool, "Pool", WarmPool)
        yield
    WarmPool.cool(0)
