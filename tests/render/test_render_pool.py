"""The pool: results in order, bad templates named, nothing left running."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from dispatcher.compose.contact import Data
from dispatcher.compose.library import load
from dispatcher.compose.render import render
from dispatcher.render.job import Job, Rendered
from dispatcher.render.pool import AHEAD, LOT, Pool
from tests.compose.compose_world import full_data, shipped_texts


UNCHECKED = "tests.render.unchecked_worker"

TEXTS = {
    "fr/bon/call.md.j2": "Bonjour {{ debtor.name }} {{ reference }}",
    "fr/faux/call.md.j2": "{{ absent }}",
    "fr/vide/call.md.j2": "{% if not debtor %}x{% endif %}",
    "fr/puissance/call.md.j2": "{{ 10 ** 1000000000 }}",
    "fr/lent/call.md.j2": "{% for a in range(999999) %}{% for b in range(999999) %}"
    "{% endfor %}{% endfor %}",
    "fr/gros/call.md.j2": "{{ 'a' * 1000000000 }}",
    "fr/mort/call.md.j2": "{{ reference|die }}",
}
GOOD = {"fr/bon/call.md.j2": TEXTS["fr/bon/call.md.j2"]}


def _data(number: int) -> Data:
    return {**full_data(), "reference": f"R{number}"}


def _job(number: int, template: str = "bon") -> Job:
    return Job(template=template, channel="call", tone="firm", data=_data(number))


def _said(number: int) -> dict[str, str]:
    return {"script": f"Bonjour Boulangerie Éloïse & Fils R{number}\n"}


def _processes(pool: Pool) -> list[int]:
    return [process.popen.pid for process in pool._processes]  # noqa: SLF001 - what must be gone


def _alive(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool({**GOOD, **shipped_texts()}) as opened:
        yield opened


def test_results_come_in_the_order_of_the_jobs(pool: Pool) -> None:
    found = list(pool.render(_job(number) for number in range(333)))
    assert [rendered.index for rendered in found] == list(range(333))
    assert [rendered.parts for rendered in found] == [_said(number) for number in range(333)]


def test_no_jobs_give_no_results(pool: Pool) -> None:
    assert list(pool.render([])) == []


def test_a_worker_renders_what_this_process_would(pool: Pool) -> None:
    library, _ = load(shipped_texts())
    assert library is not None
    for channel in ("email", "call", "sms"):  # letters: test_letter_pool
        here = render(
            library,
            "courteous-reminder",
            channel=channel,
            tone="courteous",
            lang="fr",
            data=full_data(),
        )
        job = Job(
            template="courteous-reminder", channel=channel, tone="courteous", data=full_data()
        )
        assert [rendered.parts for rendered in pool.render([job])] == [here]


def test_what_has_no_words_is_set_aside_alone(pool: Pool) -> None:
    jobs = [_job(0), _job(1, "inconnu"), _job(2)]
    first, second, third = pool.render(jobs)
    assert (first.parts, third.parts) == (_said(0), _said(2))
    assert second.problem is not None
    assert second.problem.code == "template/no-words"


def test_a_caller_that_goes_away_leaves_the_pool_usable(pool: Pool) -> None:
    results = pool.render(_job(number) for number in range(1000))
    assert next(results).index == 0
    results.close()  # type: ignore[attr-defined]
    assert [rendered.parts for rendered in pool.render([_job(7)])] == [_said(7)]


BOMBS = {
    "puissance": "template/too-slow",
    "lent": "template/too-slow",
    "gros": "template/too-much-memory",
    "mort": "template/crashed",
    "faux": "template/undefined",
    "vide": "template/empty",
}


def test_bad_templates_are_named_and_the_others_go_on() -> None:
    bad = {10: "puissance", 60: "gros", 61: "mort", 70: "lent", 110: "faux", 149: "vide"}
    jobs = [_job(number, bad.get(number, "bon")) for number in range(150)]
    with Pool(TEXTS, seconds=0.5, memory_mb=512, entry=UNCHECKED) as pool:
        found = list(pool.render(jobs))
        pids = _processes(pool)
    assert [rendered.index for rendered in found] == list(range(150))
    for number, rendered in enumerate(found):
        if number in bad:
            assert _code(rendered) == BOMBS[bad[number]]
            assert rendered.problem is not None
            assert rendered.problem.fields["template"] == bad[number]
        else:
            assert rendered.parts == _said(number)
    assert not any(map(_alive, pids))


def test_jobs_are_read_only_some_way_ahead_of_a_slow_one() -> None:
    read = []

    def jobs() -> Iterator[Job]:
        for number in range(20_000):
            read.append(number)
            yield _job(number, "bon" if number else "lent")

    with Pool(TEXTS, seconds=0.5, entry=UNCHECKED) as pool:
        first = next(pool.render(jobs()))
    assert _code(first) == "template/too-slow"
    assert len(read) <= AHEAD * LOT


def _code(rendered: Rendered) -> str:
    return "" if rendered.problem is None else rendered.problem.code


def test_a_killed_worker_costs_one_message_at_most(pool: Pool) -> None:
    results = pool.render(_job(number) for number in range(3000))
    found = [next(results)]
    os.kill(_processes(pool)[0], signal.SIGKILL)
    found += results
    assert [rendered.index for rendered in found] == list(range(3000))
    lost = [rendered for rendered in found if rendered.parts != _said(rendered.index)]
    assert {_code(rendered) for rendered in lost} <= {"template/crashed"}
    assert len(lost) <= 1


def test_a_worker_killed_before_it_is_ready_has_a_successor() -> None:
    with Pool(TEXTS, entry=UNCHECKED) as pool:
        os.kill(_processes(pool)[0], signal.SIGKILL)
        found = list(pool.render(_job(number) for number in range(200)))
    assert [rendered.parts for rendered in found] == [_said(number) for number in range(200)]


def test_templates_that_cannot_be_loaded_are_a_mistake_of_the_caller(
    capfd: pytest.CaptureFixture[str],
) -> None:
    unplaced = {**TEXTS, "fr/bon/lettre.md.j2": "Bonjour"}
    with Pool(unplaced) as pool, pytest.raises(RuntimeError, match="did not start"):
        list(pool.render([_job(0)]))
    assert "template/name" in capfd.readouterr().err


@pytest.mark.parametrize(("jobs", "workers"), [(0, 1), (1, 1), (50, 1), (51, 2), (500, 2)])
def test_a_second_worker_is_started_only_when_there_is_work_for_it(jobs: int, workers: int) -> None:
    with Pool(TEXTS, entry=UNCHECKED) as pool:
        assert len(list(pool.render(_job(number) for number in range(jobs)))) == jobs
        assert len(_processes(pool)) == workers


def test_leaving_ends_every_process_in_the_middle_of_work() -> None:
    with Pool(TEXTS, entry=UNCHECKED, seconds=60) as pool:
        results = pool.render([_job(0), *[_job(1, "lent")] * 60])
        pids = _processes(pool)
        with pytest.raises(KeyboardInterrupt):
            _interrupted(results)
        pids += _processes(pool)
    assert len(pids) == 3
    assert not any(map(_alive, pids))


def _interrupted(results: Iterator[Rendered]) -> None:
    signal.signal(signal.SIGALRM, lambda *_: signal.raise_signal(signal.SIGINT))
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    list(results)


def test_a_worker_ends_when_its_caller_is_killed() -> None:
    code = (
        "import os, sys; from dispatcher.render.pool import AHEAD, LOT, Pool;"
        "pool = Pool({}).__enter__();"
        "list(pool.render([]));"
        "print(*[p.popen.pid for p in pool._processes], flush=True);"
        "os.kill(os.getpid(), 9)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL, done.stderr
    for pid in map(int, done.stdout.split()):
        _gone(pid)


def _gone(pid: int) -> None:
    for _ in range(200):
        state = Path(f"/proc/{pid}/stat")
        if not state.exists() or state.read_text().split()[2] == "Z":
            return
        signal.sigtimedwait([], 0.05)
    pytest.fail(f"process {pid} still runs")


def test_workers_do_not_load_what_they_do_not_need() -> None:
    code = (
        "import sys, dispatcher.render.worker;"
        "print(*sorted({'polars', 'sqlalchemy', 'typer', 'pytest', 'asyncio'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""
