"""On what kind of file system a file lies: over a network SQLite's locks promise nothing."""

import re
from pathlib import Path, PurePath
from typing import Final


#: Kinds of file systems behind which another machine answers.
NETWORK: Final = frozenset(
    {
        "afs",
        "beegfs",
        "ceph",
        "cifs",
        "davfs",
        "fuse.davfs2",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "smb3",
        "smbfs",
    }
)

MOUNTS: Final = Path("/proc/self/mountinfo")

_ESCAPE: Final = re.compile(r"\\([0-7]{3})")


def network_of(path: Path, mounts: str) -> str:
    """The kind of network file system that a path lies on, or nothing.

    `mounts` is the kernel's list of what is mounted (`/proc/self/mountinfo`); where there is none,
    nothing is known and nothing is said.
    """
    kind, deepest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        point, found = _point(before.split()), after.split()
        if point is None or not found or not path.is_relative_to(point):
            continue
        if len(point.parts) >= deepest:  # a later mount covers an earlier one at the same place
            kind, deepest = found[0], len(point.parts)
    return kind if kind in NETWORK else ""


def mounts() -> str:
    """The kernel's list of what is mounted; nothing where it keeps none."""
    try:
        return MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return ""


def _point(fields: list[str]) -> PurePath | None:
    try:
        written = fields[4]
    except IndexError:
        return None
    return PurePath(_ESCAPE.sub(lambda found: chr(int(found[1], 8)), written))
