"""A store on another machine's disk is told by the list of what is mounted."""

from pathlib import Path

import pytest

from dispatcher.store.mounts import network_of


MOUNTS = r"""
22 1 8:1 / / rw,relatime - ext4 /dev/sda1 rw
30 22 0:40 / /srv/shared rw shared:1 - nfs4 server:/export rw
31 30 8:2 / /srv/shared/local rw - xfs /dev/sdb1 rw
32 22 0:41 / /mnt/the\040office rw - cifs //server/office rw
33 22 8:3 / /data rw - ext4 /dev/sdc1 rw
34 22 0:42 / /data rw - nfs server:/data rw
broken line
35 22 8:4 / /short
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/relance/var/relance.sqlite", ""),
        ("/srv/shared/var/relance.sqlite", "nfs4"),
        ("/srv/shared/local/relance.sqlite", ""),
        ("/srv/shared-not/relance.sqlite", ""),
        ("/mnt/the office/relance.sqlite", "cifs"),
        ("/data/relance.sqlite", "nfs"),
    ],
)
def test_a_network_file_system_is_told_by_the_deepest_mount(path: str, kind: str) -> None:
    assert network_of(Path(path), MOUNTS) == kind


def test_without_a_list_nothing_is_said() -> None:
    assert network_of(Path("/srv/shared/relance.sqlite"), "") == ""
