"""A cluster whose scheduler and workers are processes: the same bytes as one process, whatever dies."""

import os
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import warnings
import weakref
from functools import partial
from pathlib import Path
from threading import Thread

import dask
import pytest
from distributed import Client

import sim
from sim.execute import cluster as clusters
from sim.execute import inference, tree
from sim.execute.case import Case
from sim.execute.cluster import Cluster, ClusterError
from sim.execute.pool import WorkerError
from sim.execute.runner import Runner
from sim.folder import rows as parts
from sim.folder.counts import pack
from sim.folder.islands import KeptPast, write_past
from sim.forecast.island import Effort
from sim.rules.decisions import cut
from tests.cli.command import MINIMAL, command
from tests.execute.dask_processes import IN_WORKER, ROOT, processes, wait_until
from tests.forecast.closed import programme
from tests.studies.small_studies import KINDS, PART, SCENARIO, content, save_small

SMALL = sim.load(SCENARIO)


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with processes(tmp_path_factory.mktemp("dask"), workers=2) as found:
        yield found


@pytest.fixture(scope="module")
def shared(running):
    with Cluster(running.address) as cluster:
        yield cluster


@pytest.fixture
def no_more_here(monkeypatch):
    """Once called, nothing can be played in this process, so that what is found was found by the workers."""

    def play_piece(*_):
        raise AssertionError("played in the process that asked for it")

    return lambda: monkeypatch.setattr("sim.execute.runner.play_piece", play_piece)


@pytest.fixture
def small_parts(monkeypatch):
    """So small that a few runs fill several."""
    monkeypatch.setattr(parts, "_ROWS", PART * 6)


def on_a_worker():
    return IN_WORKER in os.environ


@pytest.mark.parametrize("kind", KINDS)
def test_a_saved_study_has_the_same_bytes(shared, no_more_here, small_parts, tmp_path, kind):
    save_small(kind, tmp_path / "one", jobs=1)
    no_more_here()
    save_small(kind, tmp_path / "other", jobs=None, executor=shared)  # what it is set beside is played there
    one, other = content(tmp_path / "one"), content(tmp_path / "other")
    assert one.keys() == other.keys()
    assert [name for name in one if one[name] != other[name]] == []


@pytest.mark.parametrize("pieces", [1, 4, 5, 17, 70])
def test_a_tree_of_any_size_has_every_piece_once(shared, no_more_here, monkeypatch, pieces):
    monkeypatch.setattr(tree, "HEIGHT", 2)  # so that several roots come here
    monkeypatch.setattr("sim.execute.piece._BLOCKS_A_PIECE", 1)
    alone = pack(sim.run(SMALL, 50 * pieces, jobs=1).tally)
    no_more_here()
    assert pack(sim.run(SMALL, 50 * pieces, executor=shared, block=50).tally) == alone


@pytest.mark.parametrize("kept", [False, True])
def test_one_tally_at_a_time_comes_here(shared, monkeypatch, small_parts, tmp_path, kept):
    """Beside the one sum that there is; whether parts are saved or not."""
    fetch, came, most = tree._Play._fetch, [], []

    def noted(self, future):
        found = fetch(self, future)
        came.append(weakref.ref(found[0] if isinstance(found, tuple) else found))
        most.append(sum(each() is not None for each in came))
        return found

    monkeypatch.setattr(tree, "HEIGHT", 1)
    monkeypatch.setattr(tree._Play, "_fetch", noted)
    monkeypatch.setattr("sim.execute.piece._BLOCKS_A_PIECE", 1)
    where = {"out": tmp_path, "keep": "counts"} if kept else {}
    sim.run(SMALL, 5000, executor=shared, block=100, **where)
    assert len(most) >= 5
    assert max(most) == 1


def test_a_past_of_many_megabytes_is_sent_without_a_word(shared, monkeypatch, recwarn):
    """Dask would warn of it, and the command line prints warnings."""
    monkeypatch.setitem(dask.config.config["distributed"]["admin"], "large-graph-warning-threshold", "1kB")
    assert sim.run(SMALL, 300, executor=shared).tally.runs == 300
    assert [str(each.message) for each in recwarn] == []


def test_islands_are_the_same(shared, monkeypatch, tmp_path):
    effort = Effort(islands=4, particles=20, lines=5, singles=2, numbers=2)
    case = Case(programme("AB", [{"first": {"of": "total", "first": "A"}}]), 1, "batch", effort=effort)
    for name, runner in (("one", Runner(jobs=1)), ("other", Runner(executor=shared))):
        monkeypatch.setattr(inference, "_known", {})
        monkeypatch.setenv("EVALSCHED_CACHE", str(tmp_path / name))
        found = inference.infer(case, runner)
        kept = KeptPast(found.islands, found.prior.numbers, found.posterior.evidence.answers)
        write_past(tmp_path / f"{name}.npz", kept)
        # Then nobody can infer them here: they have to be read where they were kept.
        monkeypatch.setattr(inference, "play_island", None)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


VERBS = {
    "run": ("run", MINIMAL, "--runs", 300),
    "run for programs": ("run", MINIMAL, "--runs", 300, "--json"),
    "sweep": ("sweep", MINIMAL, "--runs", 200, "--vary", "stages.first.cut.keep=1,2"),
    "compare": ("compare", MINIMAL, f"{MINIMAL} --set stages.first.cut.keep=1", "--runs", 200),
    "sensitivity": ("sensitivity", MINIMAL, "--points", 64),
}


@pytest.mark.parametrize("verb", VERBS)
def test_a_verb_prints_the_same(running, no_more_here, verb):
    alone = command(*VERBS[verb])
    no_more_here()
    there = command(*VERBS[verb], "--cluster", running.address)
    assert there == alone
    assert (there.code, there.err) == (0, "")


def test_a_folder_is_that_of_whoever_asks_for_it(shared, tmp_path, monkeypatch):
    """Workers work in another folder, and write rows to the one that is meant."""
    monkeypatch.chdir(tmp_path)
    sim.run(SMALL, 300, executor=shared, out="there")
    sim.run(SMALL, 300, jobs=1, out="here")
    there, here = content(tmp_path / "there"), content(tmp_path / "here")
    assert there == here
    assert any(name.startswith("rows/") for name in here)


def test_what_fails_there_fails_here_in_the_same_words(shared, tmp_path):
    """A replication that raises is told of, and where all do, the run raises what they do."""
    with pytest.raises(RuntimeError, match="no good at all"):
        sim.run(SMALL, 300, rules={"cut": partial(fail_there, "no good at all")}, executor=shared)


def fail_there(words, rank, field, keep, drop):
    if on_a_worker():
        raise RuntimeError(words)
    return cut(rank, field, keep, drop)


def test_a_closed_cluster_is_not_asked_again(running):
    """What is asked of a result later is played here then."""
    with Cluster(running.address) as cluster:
        found = sim.run(SMALL, 300, executor=cluster)
    assert not cluster.is_open
    assert found.effects
    assert found.effects == sim.run(SMALL, 300, jobs=1).effects


def die(marks, most, rank, field, keep, drop):
    """The built-in cut, which kills the first workers that apply it, each at its first time."""
    if on_a_worker():
        for number in range(most):
            try:
                (Path(marks) / f"{number}").touch(exist_ok=False)
            except FileExistsError:
                continue
            os.kill(os.getpid(), signal.SIGKILL)
    return cut(rank, field, keep, drop)


def test_two_workers_die_and_one_comes_later(small_parts, tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    rules = {"cut": partial(die, str(marks), 2)}
    save_small("run", tmp_path / "one", rules=rules, jobs=1)
    with processes(tmp_path / "dask", workers=2) as found, Cluster(found.address) as cluster:
        two = found.started[-2:]
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always")

            def replace_them():
                for each in two:
                    each.wait()
                wait_until(lambda: told)
                found.add_worker()

            helper = Thread(target=replace_them)
            helper.start()
            save_small("run", tmp_path / "other", rules=rules, jobs=None, executor=cluster)
        helper.join()
        waits = f"cluster {found.address}: no worker is left; waiting for one"
        assert [str(each.message) for each in told] == [waits]
        assert [each.returncode for each in two] == [-signal.SIGKILL] * 2
        assert len(list(marks.iterdir())) == 2
        assert content(tmp_path / "one") == content(tmp_path / "other")

        # The one that is left goes, and another comes, whose code is not the same: both have one version.
        found.started[-1].kill()
        wait_until(lambda: not found.workers())
        shutil.copytree(
            ROOT / "sim", tmp_path / "edited" / "sim", ignore=shutil.ignore_patterns("__pycache__")
        )
        with (tmp_path / "edited" / "sim" / "api.py").open("a") as file:
            file.write("# edited\n")
        found.add_worker(path=[tmp_path / "edited"])
        wait_until(found.workers)
        with pytest.raises(ClusterError, match=r"worker tcp://127.* has code \w+ \(here \w+\)"):
            sim.run(SMALL, 300, executor=cluster)


def test_who_ends_every_worker_is_named(tmp_path):
    marks = tmp_path / "marks"
    marks.mkdir()
    once = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "1"}
    with processes(tmp_path / "dask", workers=2, **once) as found, Cluster(found.address) as cluster:
        rules = {"cut": partial(die, str(marks), 2)}
        named = f"cluster {found.address}: replications 0:300 ended one worker after another"
        with pytest.raises(WorkerError, match=named):
            sim.run(SMALL, 300, rules=rules, executor=cluster)


def test_the_scheduler_dies_and_the_folder_is_gone_on_with_here(small_parts, tmp_path):
    save_small("run", tmp_path / "one", jobs=1)
    out = tmp_path / "other"
    with processes(tmp_path / "dask", workers=1) as found, Cluster(found.address) as cluster:

        def kill(*_):
            found.scheduler.kill()
            found.scheduler.wait()

        with pytest.raises(ClusterError, match=f"cluster {found.address}: the scheduler has gone"):
            save_small("run", out, jobs=None, executor=cluster, progress=kill)
        with pytest.raises(ClusterError, match=f"cluster {found.address}: the scheduler has gone"):
            sim.run(SMALL, 300, executor=cluster)
        assert 1 <= len(list(out.glob("counts/*.gz"))) < 4
    sim.resume(out, jobs=1)
    assert content(out) == content(tmp_path / "one")


def fake_version(folder, package, number):
    """A folder that says, on a path, that a package has another version."""
    told = folder / f"{package}-{number}.dist-info"
    told.mkdir(parents=True)
    (told / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: {number}\n")
    return folder


def test_other_versions_are_refused_by_name(tmp_path):
    with processes(tmp_path / "dask", workers=0) as found:
        path = [fake_version(tmp_path, "numpy", "1.0"), fake_version(tmp_path, "evalsched", "0.0.9")]
        found.add_worker(path=path)
        wait_until(found.workers)
        with pytest.raises(ClusterError, match=r"has evalsched 0\.0\.9"):  # before anything is asked of it
            Cluster(found.address)
        printed = command("run", MINIMAL, "--cluster", found.address)
    assert (printed.code, printed.out) == (2, "")
    assert re.fullmatch(
        rf"sim: cluster {found.address}: worker tcp://127\.0\.0\.1:\d+ has "
        r"evalsched 0\.0\.9 \(here [\d.]+\), numpy 1\.0 \(here [\d.]+\); install the same there\n",
        printed.err,
    )


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ({"python": "3.11.7", "numpy": "2.4"}, ""),
        ({"python": "3.12.1", "numpy": "2.4"}, "python 3.12.1 (here 3.11.7)"),
        ({"python": "3.11.7"}, "numpy None (here 2.4)"),
    ],
)
def test_a_difference_is_told_with_both_sides(there, told):
    assert clusters.describe_difference(there, {"python": "3.11.7", "numpy": "2.4"}) == told


SIM = """
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)  # it may be ignored where the tests run
sys.argv[0] = "sim"
from sim.__main__ import main
sys.exit(main())
"""


def test_ctrl_c_leaves_no_task_behind(running):
    arguments = ("run", MINIMAL, "--runs", 10**9, "--cluster", running.address)
    child = subprocess.Popen(
        [sys.executable, "-c", SIM, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    with Client(running.address, set_as_default=False) as client:

        def tasks():
            return client.run_on_scheduler(lambda dask_scheduler: len(dask_scheduler.tasks))

        def under_way():
            return sum(client.run(lambda dask_worker: len(dask_worker.state.tasks)).values())

        wait_until(lambda: tasks() and under_way())
        child.send_signal(signal.SIGINT)
        printed, errors = child.communicate(timeout=120)
        assert (child.returncode, printed) == (130, "")
        assert errors.splitlines()[-1] == "sim: stopped"
        assert "Traceback" not in errors
        wait_until(lambda: not tasks() and not under_way())
        assert len(client.scheduler_info(n_workers=-1)["workers"]) == 2


REFUSED = {
    "localhost:8786": "expected tcp://HOST:PORT or tls://HOST:PORT, as the scheduler prints it",
    "tcp://127.0.0.1": "expected tcp://HOST:PORT or tls://HOST:PORT, as the scheduler prints it",
    "http://127.0.0.1:8787": "expected tcp://HOST:PORT or tls://HOST:PORT, as the scheduler prints it",
    "tcp://127.0.0.1:1": "no Dask scheduler answers there; docs/cluster.md says how to start one",
    "tls://127.0.0.1:1": "expected ca-file, client.cert and client.key under distributed.comm.tls in Dask's "
    "configuration; docs/cluster.md shows how",
}


@pytest.mark.parametrize("address", REFUSED)
def test_no_scheduler_is_one_line(address):
    printed = command("run", MINIMAL, "--cluster", address)
    assert printed == (2, "", f"sim: cluster {address}: {REFUSED[address]}\n")


@pytest.mark.parametrize("verb", ["run", "sweep", "sensitivity"])
def test_two_places_to_play_are_refused(verb):
    vary = ["--vary", "stages.first.cut.keep=1,2"] if verb == "sweep" else []
    printed = command(verb, MINIMAL, *vary, "--cluster", "tcp://127.0.0.1:1", "--jobs", 2)
    assert printed == (2, "", "sim: --jobs and --cluster: expected one of them\n")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Folders with an authority and a certificate, made as docs/cluster.md says: ours, and a stranger's."""
    if shutil.which("openssl") is None:
        assert "CI" not in os.environ, "openssl is missing, and nothing may be left out here"
        pytest.skip("openssl, which makes certificates, is not there")
    said = re.findall(r"^openssl .*$", (ROOT / "docs" / "cluster.md").read_text("utf-8"), re.MULTILINE)
    assert len(said) == 3
    found = [tmp_path_factory.mktemp(name) for name in ("ours", "strange")]
    for folder in found:
        for command_line in said:
            subprocess.run(shlex.split(command_line), cwd=folder, check=True, capture_output=True)
    return found


def tls_of(authority, own, roles):
    """Dask's configuration for some roles, as docs/cluster.md has it."""
    each = {
        f"distributed.comm.tls.{role}.{what}": f"{own}/{what}.pem"
        for role in roles
        for what in ("cert", "key")
    }
    return {"distributed.comm.tls.ca-file": f"{authority}/ca.pem", **each}


def test_tls_lets_in_whoever_has_a_certificate_and_nobody_else(certificates, tmp_path, monkeypatch):
    ours, strange = certificates
    alone = command(*VERBS["run"])
    for_processes = {
        "DASK_" + name.replace(".", "__").replace("-", "_").upper(): value
        for name, value in tls_of(ours, ours, ("scheduler", "worker", "client")).items()
    }
    monkeypatch.setattr(clusters, "ANSWERS_WITHIN", 3.0)
    ask = ("run", MINIMAL, "--runs", 300, "--cluster")
    client = tls_of(ours, ours, ["client"])
    with dask.config.set(client), processes(tmp_path / "dask", 1, protocol="tls", **for_processes) as found:
        assert found.address.startswith("tls://127.0.0.1:")
        assert command(*ask, found.address) == alone
        with dask.config.set(tls_of(ours, strange, ["client"])):
            printed = command(*ask, found.address)
        assert printed.err == (
            f"sim: cluster {found.address}: no Dask scheduler answers there, or it does not accept the "
            "certificate of distributed.comm.tls in Dask's configuration\n"
        )
        plain = found.address.replace("tls:", "tcp:")
        printed = command(*ask, plain)
        assert printed.err == f"sim: cluster {plain}: {REFUSED['tcp://127.0.0.1:1']}\n"
        assert is_kept_out(found.address, ours / "ca.pem")


def is_kept_out(address, authority):
    """Whether a client that has no certificate at all gets no answer."""
    context = ssl.create_default_context(cafile=authority)
    context.check_hostname = False  # as Dask does
    host, port = address.removeprefix("tls://").split(":")
    with socket.create_connection((host, int(port)), 60) as plain:
        try:
            with context.wrap_socket(plain) as secure:
                return not secure.recv(1)  # Dask's scheduler speaks first
        except ssl.SSLError:
            return True


def test_a_scheduler_without_workers_is_one_line(tmp_path, monkeypatch):
    monkeypatch.setattr(clusters, "JOINS_WITHIN", 0.2)
    with processes(tmp_path / "dask", workers=0) as found:
        printed = command("run", MINIMAL, "--cluster", found.address)
    assert printed.err == (
        f"sim: cluster {found.address}: no worker within 0.2 s; start one by dask worker {found.address}\n"
    )


def test_without_dask_it_is_said_what_to_install(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    printed = command("run", MINIMAL, "--cluster", "tcp://127.0.0.1:1")
    assert printed.code == 2
    assert printed.err == (
        "sim: cluster tcp://127.0.0.1:1: the package distributed is not installed here; "
        'pip install ".[cluster]" in a checkout, or pip install distributed\n'
    )
