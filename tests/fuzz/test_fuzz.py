"""Whatever is read may be damaged: nothing crashes, hangs, swells or reaches for the world.

Some examples of each on every change; for minutes with `./run fuzz --minutes 10 [NAME ...]`.
"""

import os
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dispatcher.compose.library import load
from dispatcher.config.read import read_config
from dispatcher.ports import Accepted
from tests.fuzz import fuzz_heard, fuzz_imap, fuzz_kept, fuzz_replied
from tests.fuzz.fuzz_all import TARGETS
from tests.fuzz.fuzz_damage import damaged
from tests.fuzz.fuzz_fence import ROOT, Fence, fenced
from tests.fuzz.fuzz_kept import STOP as _STOP
from tests.fuzz.fuzz_look import look
from tests.fuzz.fuzz_target import MOST_MEMORY, Target
from tests.returns.mails import EXIM


@pytest.mark.timeout(60)  # what hangs is a fault of the reader
@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_a_damaged_one_is_read_or_refused(
    target: Target,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    swollen = look(target, tmp_path, examples=target.examples)
    assert swollen < MOST_MEMORY
    assert "Traceback" not in "".join(capsys.readouterr())


def test_what_must_be_read_is_among_them() -> None:
    assert {target.name for target in TARGETS} >= {
        "policy", "promises", "config", "table", "workbook", "template", "command line",
        "request", "mail", "news", "smtp reply", "smtp talk", "sms answer", "sms list",
        "imap talk", "journal", "packed journal", "stop file", "checkpoints", "answers", "evidence",
    }  # fmt: skip


@pytest.mark.parametrize("target", TARGETS, ids=[target.name for target in TARGETS])
def test_every_seed_is_taken_as_it_is(
    target: Target, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if target.closed:
        pytest.skip("a command line each")
    monkeypatch.chdir(tmp_path)
    for seed in target.seeds:
        target.feed(seed, tmp_path)


#: What was found once, by the name of the target: nothing of it comes back.
FOUND: tuple[tuple[str, bytes], ...] = (
    ("template", b"Bonjour {{ today |\n| }}"),
    ("template", b"{{ " + b"9" * 5_000 + b" }}"),
    ("template", b"{{ today }}" * 400 + b"{{ today | }}"),
    ("checkpoints", b"[" * 3_000),
    ("stop file", b"[" * 3_000),
    ("stop file", _STOP.replace(b'"sms"', b'["sms"]')),
    ("stop file", _STOP.replace(b'"r"', b'"\\ud800"')),
    ("stop file", _STOP.replace(b"2026-11-24T07:00:00+00:00", b"0001-01-01T00:00:00+23:59")),
    ("stop file", _STOP.replace(b"2026-11-24T07:00:00+00:00", b"2026-11-24")),
    ("journal", b'{"gone":1,"attempt":1,"outcome":{"kind":"accepted","provider_id":[1]}}\n'),
    ("journal", b'{"gone":1,"attempt":1,"outcome":{"kind":"accepted","receipt":"\\ud800"}}\n'),
    (
        "journal",
        (
            b'{"gone":1,"attempt":1,"outcome":'
            b'{"kind":"not_accepted","code":"x","evidence":"","retry_after":"soon"}}\n'
        ),
    ),
    (
        "journal",
        b'{"gone":1,"attempt":1,"outcome":'
        b'{"kind":"not_accepted","code":"x","evidence":"","retry_after":1' + b"0" * 30 + b"}}\n",
    ),
    ("journal", b'{"batch":[[1,1]],"what":7}\n'),
    (
        "journal",
        b'{"mark":{"store":"s","seq":1,"hash":"0","at":99999999999999999,"last":1},"why":"x"}\n',
    ),
    ("mail", b"From: \nSubject: failure notice\n\nundeliverable\n"),
    ("mail", b"From: Jeanne <\x00a@b.test>\nTo: c@exemple.test\nSubject: Re: x\n\nBonjour\n"),
    ("mail", EXIM.replace(b"compta@", b"\x1bcompta@")),
    (
        "mail",
        b"From: a@b.test\nContent-Type: text/html\n\n<p>Bonjour &#" + b"9" * 5_000 + b";</p>\n",
    ),
    ("imap talk", b"* OK IMAP4rev1\r\n|* C\r\nTAG OK x\r\n|TAG OK\r\n|TAG OK x\r\n|TAG OK x\r\n"),
    ("evidence", b"proof.json\n\x80"),
    ("evidence", b"opened.json\n[]"),
    ("evidence", b'opened.json\n[\n {\n  "file": "../verify.py"\n }\n]\n'),
)


@pytest.mark.parametrize(("name", "raw"), FOUND, ids=[f"{n}-{raw[:24]!a}" for n, raw in FOUND])
def test_what_was_found_once_stays_mended(
    name: str,
    raw: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    (target,) = (each for each in TARGETS if each.name == name)
    with fenced(Fence(folder=str(tmp_path.resolve()), loopback=target.loopback)) as fence:
        target.feed(raw, tmp_path)
    assert fence.beyond == []
    assert "Traceback" not in "".join(capsys.readouterr())


def test_good_ones_are_understood() -> None:
    """Else all that is spoilt of them would be refused at the door."""
    seeds = {target.name: target.seeds for target in TARGETS}
    assert fuzz_imap.found(seeds["imap talk"][0]) == 2 * [b"From: a@b.test\r\n\r\nhi"]
    assert isinstance(fuzz_replied.talked(seeds["smtp talk"][0])[0], Accepted)
    assert all(fuzz_heard.requested(seed) for seed in seeds["request"][:4])
    assert all(fuzz_heard.mailed(seed) for seed in seeds["mail"])
    assert read_config(seeds["config"][0].decode(), file="x", home=ROOT)[0] is not None
    assert load({"fr/rappel/body.md.j2": seeds["template"][0].decode()})[0] is not None
    assert fuzz_kept.traces(seeds["journal"][0])


# -- the looking itself --------------------------------------------------------------------------


def planted(feed: Callable[[bytes, Path], object]) -> Target:
    def fed(raw: bytes, folder: Path) -> None:
        feed(raw, folder)

    return Target(name="planted", seeds=(b"abc",), feed=fed)


def test_a_crash_is_found(tmp_path: Path) -> None:
    def feed(raw: bytes, _folder: Path) -> None:
        if b"\xff" in raw:
            raise KeyError(raw)

    with pytest.raises(KeyError):
        look(planted(feed), tmp_path, examples=300)


DEEDS: dict[str, Callable[[], object]] = {
    "reads another file": lambda: Path("/etc/passwd").read_bytes(),
    "writes beside it": lambda: Path("/tmp/planted").open("w").close(),
    "removes": lambda: Path("/tmp/planted-nothing").unlink(missing_ok=True),
    "runs a program": lambda: subprocess.run(["true"], check=False),
    "asks for a name": lambda: socket.getaddrinfo("localhost", 80),
    "runs a command": lambda: os.system("true"),
}


@pytest.mark.parametrize("deed", DEEDS.values(), ids=DEEDS)
def test_a_reader_that_reaches_for_the_world_is_seen(
    deed: Callable[[], object], tmp_path: Path
) -> None:
    with fenced(Fence(folder=str(tmp_path), closed=True)), pytest.raises(PermissionError):
        deed()
    with pytest.raises(AssertionError, match="beyond"):
        look(planted(lambda _raw, _folder: deed()), tmp_path, examples=1)


def test_what_readers_need_is_no_fault(tmp_path: Path) -> None:
    with fenced(Fence(folder=str(tmp_path))) as fence:
        (tmp_path / "mine").write_text("x", encoding="utf-8")
        Path(sys.executable).exists()
        Path(__file__).read_bytes()
    assert fence.beyond == []


def test_a_reader_that_swells_is_seen(tmp_path: Path) -> None:
    size = 80_000_000

    def feed(_raw: bytes, _folder: Path) -> None:
        assert len(bytearray(b"x") * size) == size

    assert look(planted(feed), tmp_path, examples=1) > size // 2


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_seeds_are_damaged_and_stay_bounded(data: st.DataObject) -> None:
    assert len(data.draw(damaged([b"a" * 1_000], [b"word"]))) <= 200_000
