"""What all tests share: the mark of a sentence that a later issue makes true."""

import pytest


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A `todo` is expected to fail, and fails loudly (strict) once its feature works."""
    for item in items:
        todo = item.get_closest_marker("todo")
        if todo is not None:
            (title,) = todo.args
            item.add_marker(pytest.mark.xfail(reason=title, strict=True))
