"""What we wrote ourselves and read again: torn by a power cut, spoilt by a disk, edited by hand."""

import contextlib
import gzip
import io
import json
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import polars as pl

from dispatcher.checkpoints import checkpoint_line, checkpoints_of, newest_checkpoint
from dispatcher.deliver.journal import Journal, newest_mark
from dispatcher.deliver.journal_lines import (
    batch_line,
    end_line,
    going_line,
    gone_line,
    mark_line,
    numbered_lines,
    traces_of,
)
from dispatcher.deliver.journal_past import read_past
from dispatcher.deliver.recover import buried
from dispatcher.errors import StoreFault
from dispatcher.model.mark import Mark, Named
from dispatcher.model.merkle import Roots, paths
from dispatcher.model.record import Content, first_hash, seal
from dispatcher.model.tables import ANSWERS
from dispatcher.ports import Accepted, NotAccepted, Rejected, Unknown
from dispatcher.stopping import Watch, resume, standing, stop, tell, word
from dispatcher.store.answers import read_answers
from tests.deliver.doubles import claim
from tests.fuzz.fuzz_replied import settled
from tests.fuzz.fuzz_target import Target, judged


NOW: Final = datetime(2026, 11, 24, 8, tzinfo=UTC)
MARK: Final = Mark(store="s-1", seq=7, hash="ab" * 32, at=1_795_500_000_000, last=3)


# -- the journal ---------------------------------------------------------------------------------


def journal(raw: bytes, folder: Path) -> None:
    """As the journal, and whatever it says settles as something that the book can keep."""
    path = folder / "journal.jsonl"
    path.write_bytes(raw)
    with Journal(path) as opened:
        traces = opened.read()
        for (number, attempt), trace in traces.items():
            for same_boot in (True, False):
                ended = buried(
                    claim(min(max(number, 1), 9), attempt=max(1, min(attempt, 9))),
                    trace,
                    same_boot=same_boot,
                    delivery_class="none",
                    at=NOW,
                    draw=lambda: 0.5,
                )
                settled(ended.outcome)
        newest_mark(path)
        for same_boot in (True, False):
            for each in read_past(path, same_boot=same_boot).went:
                settled(each.outcome)
        before = {key: trace.outcome for key, trace in traces.items()}
        opened.compact(lambda: True, over=0)
        assert set(before) >= set(opened.read())


def traces(raw: bytes) -> int:
    """How many attempts a journal of these bytes knows the answer of."""
    lines = [line or {} for _, line in numbered_lines(raw)]
    return sum(trace.outcome is not None for line in lines for _, trace in traces_of(line))


def packed(raw: bytes, folder: Path) -> None:
    """As an older, packed part of it."""
    (folder / "journal.jsonl").write_bytes(end_line(MARK))
    (folder / "journal-20261101T080000-00000000.jsonl.gz").write_bytes(raw)
    for each in read_past(folder / "journal.jsonl", same_boot=True).went:
        settled(each.outcome)


def _lines() -> bytes:
    named = Named(mark=MARK, debtors={1: "C1", 2: "C2"}, cases={}, events={})
    one, two = claim(1), claim(2, attempt=3)
    return b"".join(
        (
            mark_line(MARK, "begun"),
            batch_line([one, two], named),
            going_line(one),
            gone_line(one, Accepted(provider_id="q7", receipt="250 ok")),
            going_line(two),
            gone_line(two, NotAccepted(code="smtp/450", evidence="later", retry_after=30)),
            batch_line([two], None),
            gone_line(two, Rejected(code="smtp/550", evidence="nobody")),
            gone_line(two, Unknown(stage="content", evidence="x")),
            end_line(MARK),
        )
    )


# -- small files of the home ---------------------------------------------------------------------


def stopped(raw: bytes, folder: Path) -> None:
    """What cannot be read stops everything, and a person can stop and let go all the same."""
    path = folder / "stop.json"
    path.write_bytes(raw)
    watch = Watch(path)
    for each in (*watch(), *word(path).stops):
        judged([standing(each, "Europe/Paris")], placed=False)
    watch.everything()
    watch.held("email")
    stop(path, channel="sms", reason="x", person="anne", now=NOW)
    assert watch.held("sms")
    tell(path, lambda said: [each.token.encode() for each in said])
    resume(path, channel="", person="anne", now=NOW)
    resume(path, channel="sms", person="anne", now=NOW)
    assert not watch.everything()


def checkpoints(raw: bytes, folder: Path) -> None:
    path = folder / "heads.jsonl"
    path.write_bytes(raw)
    found = checkpoints_of(path, MARK.store)
    newest = newest_checkpoint(path, MARK.store)
    assert newest is None or newest in found
    for mark in found:
        checkpoint_line(mark).encode()


def answers(raw: bytes, folder: Path) -> None:
    """With its digest it is another file; without one it is read, or refused with words."""
    path = folder / "answers.parquet"
    path.write_bytes(raw)
    for digest in ("0" * 64, ""):
        try:
            found, _ = read_answers(path, sha256=digest)
        except StoreFault as fault:
            judged(fault.problems, placed=False)
        else:
            assert not digest
            assert set(found.columns) == set(ANSWERS)


def _parquet() -> bytes:
    schema = {name: getattr(pl, kind) for name, kind in ANSWERS.items()}
    rows = {"case_id": [1, 2], "number": ["F1", "F2"], "amount_due": [100, 2_000]}
    table = pl.DataFrame(rows).select(
        pl.col(name).cast(kind) if name in rows else pl.lit(None, kind).alias(name)
        for name, kind in schema.items()
    )
    out = io.BytesIO()
    table.write_parquet(out, compression="zstd")
    return out.getvalue()


# -- evidence ------------------------------------------------------------------------------------

_VERIFY: Final = Path(__file__).resolve().parents[2] / "dispatcher" / "evidence_verify.py"


def bundle(raw: bytes, folder: Path) -> None:
    """One file of a bundle is this; nothing that was changed is proved, and nothing is a crash."""
    name, _, content = raw.partition(b"\n")
    known = name.decode("ascii", "replace")
    files = dict(_BUNDLE)
    changed = known not in files or files[known] != content
    if known in files:
        files[known] = content
        if known != "files.json" and content[:1] != b"!":  # a forger lists his file anew
            files["files.json"] = _listed(files)
    else:
        files["more.txt"] = raw
    with TemporaryDirectory(dir=folder) as made:
        for file, inside in files.items():
            path = Path(made) / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(inside)
        code, said = _verified(Path(made) / "verify.py")
    assert code in {0, 1}, said
    if changed and known in {"proof.json", "opened.json", "messages/1/content.json", ""}:
        assert code == 1 or _same(known, content), (known, said)


def _verified(script: Path) -> tuple[int, str]:
    """The script in this process; an exit with words is its way to say no."""
    out = io.StringIO()
    code = compile(_VERIFY.read_bytes(), str(script), "exec")
    before, sys.argv = sys.argv, [str(script)]
    try:
        with contextlib.redirect_stdout(out):
            exec(code, {"__file__": str(script), "__name__": "verify"})
    except SystemExit as ended:
        said = str(ended.code)
        assert said.startswith("NOT PROVED"), said
        return 1, said
    finally:
        sys.argv = before
    return 0, out.getvalue()


def _same(name: str, content: bytes) -> bool:
    """Whether two files say the same: what is proved is what they say."""
    with contextlib.suppress(ValueError, RecursionError):
        return bool(json.loads(content) == json.loads(_BUNDLE[name]))
    return False


def _json(value: object) -> bytes:
    return (json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _listed(files: Mapping[str, bytes]) -> bytes:
    """The list of all the others, with their digests."""
    digests = {n: sha256(raw).hexdigest() for n, raw in files.items() if n != "files.json"}
    return _json(digests)


def _made() -> dict[str, bytes]:
    """A small bundle: a frozen message with its content, a note, a policy."""
    content = _json({"text": "Bonjour", "envelope": {"subject": "Facture", "files": []}})
    policy = b"policy: x\n"
    salt = b"0123456789abcdef"
    note = "il paie vendredi"
    bodies: list[tuple[str, dict[str, Any]]] = [
        ("store", {"store": "s-1"}),
        ("message-frozen", {"message": 1, "content": sha256(salt + content).hexdigest()}),
        ("event", {"event": 1, "note": sha256(salt + note.encode()).hexdigest()}),
    ]
    roots, hashes, records = Roots(), [], []
    previous = first_hash("s-1")
    for seq, (kind, told) in enumerate(bodies, start=1):
        record = seal(previous=previous, seq=seq, at=seq, kind=kind, content=told)
        records.append({"body": record.body.decode(), "previous": previous.hex()})
        hashes.append(record.hash)
        roots.add(record.hash)
        previous = record.hash
    top: dict[str, Content] = {"root": roots.root().hex(), "size": len(bodies)}
    last = seal(previous=previous, seq=len(bodies) + 1, at=9, kind="root", content=top)
    ways = paths(hashes, range(len(bodies)))
    for number, each in enumerate(records):
        each["path"] = [[side, beside.hex()] for side, beside in ways[number]]  # type: ignore[assignment]  # JSON
    proof = {
        "store": "s-1",
        "checkpoint": f"{last.seq}:{last.hash.hex()}",
        "root": {"body": last.body.decode(), "previous": previous.hex()},
        "records": records,
    }
    opened = [
        {"seq": 2, "name": "content", "salt": salt.hex(), "file": "messages/1/content.json"},
        {"seq": 3, "name": "note", "salt": salt.hex(), "text": note},
    ]
    mail = b"Subject: Facture\r\nContent-Type: text/plain\r\n\r\nBonjour\r\n"
    files = {
        "proof.json": _json(proof),
        "opened.json": _json(opened),
        "messages/1/content.json": content,
        "messages/1/mail.eml": mail,
        f"policies/{sha256(policy).hexdigest()}.txt": policy,
        "verify.py": b"# run by the test\n",
    }
    return {**files, "files.json": _listed(files)}


_BUNDLE: Final[Mapping[str, bytes]] = _made()

STOP: Final = (
    b'{"stops": [{"token": "t1", "act": "stop", "channel": "sms", "reason": "r", "person": "p",'
    b' "at": "2026-11-24T07:00:00+00:00"}], "untold": []}'
)
_JSON: Final = (b'"', b"null", b"[]", b"{}", b'"\\ud800"', b"1e999", b"true", b", ", b": ", b"7")

TARGETS: Final = (
    Target(
        name="journal",
        seeds=(_lines(),),
        feed=journal,
        words=(*_JSON, b'{"gone":1,"attempt":1,"outcome":', b'{"batch":', b'"kind":', b'"what":7'),
        examples=120,
    ),
    Target(name="packed journal", seeds=(gzip.compress(_lines()),), feed=packed),
    Target(name="stop file", seeds=(STOP, b'{"stops": [], "untold": []}'), feed=stopped,
           words=(*_JSON, b'"channel": [', b'"at": "0001-01-01T00:00:00"'), examples=80),
    Target(
        name="checkpoints",
        seeds=("\n".join(checkpoint_line(MARK) for _ in range(3)).encode(),),
        feed=checkpoints,
        words=_JSON,
        examples=80,
    ),
    Target(name="answers", seeds=(_parquet(),), feed=answers, words=(b"PAR1",), examples=40),
    Target(
        name="evidence",
        seeds=tuple(f"{name}\n".encode() + raw for name, raw in _BUNDLE.items()),
        feed=bundle,
        words=(*_JSON, b"../../x", b'"path": []', b'"left"', b"00"),
        examples=80,
    ),
)  # fmt: skip
