import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatcher.model.settings import Environment
from dispatcher.store.book import Book
from dispatcher.store.connection import Store
from dispatcher.store.open import open_store
from dispatcher.store.outbox import StoredOutbox
from tests.store.store_samples import book_on, filled, outbox_on


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A filled store, made once; each test has a copy."""
    store = filled(tmp_path_factory.mktemp("template"))
    store.close()
    return store.path


@pytest.fixture
def store(tmp_path: Path, template: Path) -> Iterator[Store]:
    path = Path(shutil.copy(template, tmp_path / template.name))
    store = open_store(path, environment=Environment.SANDBOX)
    yield store
    store.close()


@pytest.fixture
def book(store: Store) -> Book:
    return book_on(store)


@pytest.fixture
def outbox(store: Store) -> StoredOutbox:
    return outbox_on(store)
