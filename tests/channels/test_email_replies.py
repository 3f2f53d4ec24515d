from importlib.resources import files

import pytest
import yaml

from channels.email_replies import enhanced_code, meaning
from dispatcher.deliver.schedule import SCHEDULES
from dispatcher.ports import NotAccepted, Rejected


TABLE = yaml.safe_load(files("channels").joinpath("email_errors.yaml").read_text("utf-8"))["rows"]
PHASES = {"connect", "auth", "mail", "rcpt", "data", "content"}


def test_the_table_is_written_in_known_words() -> None:
    for row in TABLE:
        phases = row["phase"] if isinstance(row["phase"], list) else [row["phase"]]
        assert set(phases) <= PHASES, row
        assert row.keys() <= {"phase", "code", "enhanced", "outcome", "scope", "schedule"}, row
        if row["outcome"] == "rejected":
            assert row["scope"] in {"recipient", "message", "configuration"}, row
        else:
            assert row["outcome"] == "not_accepted", row
            assert row["schedule"] in SCHEDULES, row


@pytest.mark.parametrize("phase", sorted(PHASES))
def test_every_refusal_has_a_proven_meaning_and_garbage_has_none(phase: str) -> None:
    for code in range(-1, 1000):
        found = meaning(phase, code, "words")  # type: ignore[arg-type]  # one of the phases
        assert isinstance(found, NotAccepted | Rejected) == (400 <= code < 600), code


ENHANCED = {
    (550, "5.1.1 no such user"): "5.1.1",
    (550, "no such user 5.1.1"): "",
    (450, "5.1.1 contradicts itself"): "",
    (550, "5.1.1.1 an address"): "",
    (250, "2.0.0 ok"): "2.0.0",
}


@pytest.mark.parametrize(("reply", "code"), ENHANCED.items())
def test_the_enhanced_code_stands_first_and_agrees_with_the_digits(
    reply: tuple[int, str], code: str
) -> None:
    assert enhanced_code(*reply) == code
