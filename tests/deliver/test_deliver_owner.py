import os
import signal
import subprocess
import sys
from pathlib import Path

from dispatcher.deliver.owner import boot_id, is_alive, living_owner, sweep


WORKER = """
import sys
from pathlib import Path
from dispatcher.deliver.owner import living_owner
with living_owner(Path(sys.argv[1])) as owner:
    print(owner.token, flush=True)
    sys.stdin.read()
"""


def worker(folder: Path) -> tuple["subprocess.Popen[str]", str]:
    process = subprocess.Popen(
        [sys.executable, "-c", WORKER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(process: "subprocess.Popen[str]") -> None:
    process.kill()
    process.communicate()


def test_an_owner_is_alive_exactly_in_its_block(tmp_path: Path) -> None:
    with living_owner(tmp_path) as owner:
        assert is_alive(tmp_path, owner.token)
    assert not is_alive(tmp_path, owner.token)


def test_a_killed_worker_is_dead_at_once(tmp_path: Path) -> None:
    process, token = worker(tmp_path)
    assert is_alive(tmp_path, token)
    end(process)
    assert not is_alive(tmp_path, token)


def test_a_paused_worker_is_alive_however_long(tmp_path: Path) -> None:
    process, token = worker(tmp_path)
    process.send_signal(signal.SIGSTOP)
    assert is_alive(tmp_path, token)
    end(process)


def test_nobody_ever_made_this_token(tmp_path: Path) -> None:
    assert not is_alive(tmp_path, "1.boot.ffff")


def test_asking_does_not_disturb_two_who_ask(tmp_path: Path) -> None:
    process, token = worker(tmp_path)
    end(process)
    reader = os.open(tmp_path / token, os.O_RDONLY)
    try:
        assert not is_alive(tmp_path, token)
        assert not is_alive(tmp_path, token)
    finally:
        os.close(reader)


def test_a_sweep_takes_the_dead_and_leaves_the_living(tmp_path: Path) -> None:
    process, dead = worker(tmp_path)
    end(process)
    with living_owner(tmp_path) as owner:
        assert sweep(tmp_path) == 1
        assert [path.name for path in tmp_path.iterdir()] == [owner.token]
        assert is_alive(tmp_path, owner.token)
    assert not is_alive(tmp_path, dead)


def test_tokens_name_process_and_boot_and_never_repeat(tmp_path: Path) -> None:
    with living_owner(tmp_path, boot="b1") as one, living_owner(tmp_path, boot="b1") as two:
        assert one.token.startswith(f"{os.getpid()}.b1.")
        assert one.token != two.token


def test_without_a_boot_id_every_start_counts_as_another(tmp_path: Path) -> None:
    missing = tmp_path / "none"
    assert boot_id(missing) != boot_id(missing)
    assert boot_id() == boot_id()
