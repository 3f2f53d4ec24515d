"""Prove this bundle with Python alone: python3 -I verify.py [SEQ:HASH of a checkpoint you kept].

Ends with 0 if everything holds; else it says what does not, and ends with 1.
"""

import email
import email.policy
import hashlib
import json
import sys
from pathlib import Path
from typing import Any


HERE = Path(__file__).resolve().parent

#: What goes along with every bundle; of these only `proof.json` and `opened.json` are proved.
ALONG = ("README.txt", "LISEZ-MOI.txt", "verify.py", "case.json")
READ = ("files.json", "proof.json", "opened.json")


def sha(*parts: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(b"".join(parts)).hexdigest()


def canonical(name: str) -> Any:  # noqa: ANN401 - JSON
    """A JSON file of ours; it must stand there exactly as we write it."""
    raw = (HERE / name).read_bytes()
    value = json.loads(raw)
    again = json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    check(raw == again.encode(), f"{name} was changed")
    return value


def check(holds: bool, otherwise: str) -> None:
    """Say what does not hold, and end."""
    if not holds:
        sys.exit(f"NOT PROVED: {otherwise}")


def files() -> set[str]:
    """Every file is the one that was written, and there is no other; their names."""
    listed = canonical("files.json")
    there = {p.relative_to(HERE).as_posix() for p in HERE.rglob("*") if p.is_file()}
    check(there == {*listed, "files.json"}, f"files: {sorted(there ^ {*listed, 'files.json'})}")
    for name, digest in listed.items():
        check(sha((HERE / name).read_bytes()) == digest, f"{name} was changed")
    return there


def root_of(record_hash: bytes, path: list[list[str]]) -> str:
    """The root over all records to which a path leads from one of them."""
    node = bytes.fromhex(sha(b"\x00", record_hash))
    for side, beside in path:
        pair = (bytes.fromhex(beside), node) if side == "left" else (node, bytes.fromhex(beside))
        node = bytes.fromhex(sha(b"\x01", *pair))
    return node.hex()


def records(proof: dict[str, Any]) -> dict[int, Any]:
    """Every record of this case is in the trail that the root speaks for."""
    root = proof["root"]
    top = json.loads(root["body"])
    digest = sha(bytes.fromhex(root["previous"]), root["body"].encode())
    check(proof["checkpoint"] == f"{top['seq']}:{digest}", "the root is not the checkpoint's")
    check(top["kind"] == "root" and top["size"] == top["seq"] - 1, "that is no root")
    found = {}
    for each in proof["records"]:
        body = json.loads(each["body"])
        one = bytes.fromhex(sha(bytes.fromhex(each["previous"]), each["body"].encode()))
        check(
            root_of(one, each["path"]) == top["root"], f"record {body['seq']} is not in the trail"
        )
        found[body["seq"]] = body
    return found


def mails(content: dict[str, Any], mail: Path) -> None:
    """The mail as it left carries the words and files that the trail commits to, and no others."""
    message = email.message_from_bytes(mail.read_bytes(), policy=email.policy.default)
    for kind, name in (("plain", "text"), ("html", "html")):
        part: Any = message.get_body((kind,))
        text = "" if part is None else part.get_content()
        check(text.split() == content.get(name, "").split(), f"{mail.name}: other words ({kind})")
    check(
        str(message["subject"]).split() == content["envelope"]["subject"].split(), "other subject"
    )
    files: Any = [each.get_payload(decode=True) for each in message.iter_attachments()]
    going = sorted(sha(file) for file in files)
    check(going == sorted(each["digest"] for each in content["envelope"]["files"]), "other files")
    leaves = [part for part in message.walk() if not part.is_multipart()]
    bodies = bool(content.get("text")) + bool(content.get("html"))
    check(len(leaves) == bodies + len(going), f"{mail.name}: more than was decided")


def committed(told: dict[int, Any], opened: list[dict[str, Any]]) -> set[str]:
    """What is opened is what the records commit to; the files that this accounts for."""
    found = {f"policies/{each['policy']}.txt" for each in told.values() if each.get("policy")}
    for each in opened:
        record = told[each["seq"]]
        plain = each["text"].encode() if "file" not in each else (HERE / each["file"]).read_bytes()
        said = record[each["name"]]
        check(sha(bytes.fromhex(each["salt"]), plain) == said, f"{each['name']} of {each['seq']}")
        if "file" in each:
            folder = f"messages/{record['message']}"
            check(each["file"] == f"{folder}/content.json", f"{each['file']} is another message's")
            letters = {f"{folder}/{name}.pdf" for name in json.loads(plain).get("files", {})}
            found |= {each["file"], f"{folder}/mail.eml", *letters}
    return found


def main() -> None:
    """All of it, the files first."""
    ours = files()
    proof = canonical("proof.json")
    told = records(proof)
    opened = canonical("opened.json")
    named = {each["file"] for each in opened if "file" in each}
    check(named <= ours, "it opens a file that is not of this bundle")
    strange = ours - committed(told, opened) - {*ALONG, *READ}
    check(not strange, f"no record speaks of {sorted(strange)}")
    for path in sorted(HERE.glob("policies/*.txt")):
        check(sha(path.read_bytes()) == path.stem, f"{path.name} is not that policy")
    for path in sorted(HERE.glob("messages/*/content.json")):
        content = json.loads(path.read_bytes())
        if (path.parent / "mail.eml").exists():
            mails(content, path.parent / "mail.eml")
        for name, digest in content.get("files", {}).items():
            file = path.parent / f"{name}.pdf"
            check(
                not file.exists() or sha(file.read_bytes()) == digest, f"{file.name}: other bytes"
            )
    if len(sys.argv) > 1:
        check(sys.argv[1] == proof["checkpoint"], "that is another checkpoint")
    print(  # noqa: T201 - it is what it is for
        f"proved: {len(told)} records of store {proof['store']}; checkpoint {proof['checkpoint']}"
    )


try:
    main()
except Exception as error:  # noqa: BLE001 - whatever a damaged file makes of it, it is no proof
    sys.exit(f"NOT PROVED: a file is damaged ({type(error).__name__})")
