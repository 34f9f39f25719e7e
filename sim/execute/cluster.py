"""A cluster: a Dask scheduler with its workers, reached by an address; asked first whether it fits."""

from __future__ import annotations

import hashlib
import logging
import re
import socket
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future
from contextlib import ExitStack, contextmanager, suppress
from functools import cache, partial
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

if TYPE_CHECKING:
    from distributed import Client

T = TypeVar("T")

ANSWERS_WITHIN = 10.0
"""Seconds in which a scheduler must answer."""

JOINS_WITHIN = 30.0
"""Seconds in which a first worker must have joined."""

PACKAGES = ("evalsched", "numpy", "scipy", "simpy", "pydantic", "pyarrow", "cloudpickle", "distributed")
"""On what results, and what travels, depend: the same versions everywhere, or no run."""

_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[^\s:/\[\]]+):[0-9]{1,5}")


class ClusterError(RuntimeError):
    """What is amiss with a cluster; one line says where, what, and what to do."""


class Cluster:
    """A Dask scheduler and its workers, in the place of an executor.

    What is played there stays there until it is added up. Close it, or use it as a context manager; what is
    still under way is given up then. Raises `ValueError` for what is no address, and `ClusterError` where no
    scheduler answers, no worker is, or a machine has other versions.
    """

    def __init__(self, address: str) -> None:
        self.address = check_address(address)
        self._client: Client | None = None
        self._after = ExitStack()  # what is done when it is closed
        try:
            self._client = self._connect()
            self._wait_for_worker()
            self.refuse_others()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Whether it was not closed."""
        return self._client is not None

    @property
    def client(self) -> Client:
        """Dask's connection to the scheduler. Raises `ClusterError` once it is closed."""
        if self._client is None:
            raise ClusterError(f"cluster {self.address}: closed")
        return self._client

    def close(self) -> None:
        """Leave the cluster; the scheduler drops the tasks of whoever leaves it. It and its workers go on."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(Exception):  # a scheduler that is gone is not told goodbye
                client.close(timeout=2)
        self._after.close()

    def ask(self, question: Callable[[Client], T]) -> T:
        """Return what the scheduler answers. Raises `ClusterError` where it has gone."""
        from distributed.client import ClosedClientError, FutureCancelledError

        client = self.client
        if client.status != "running":  # it tries to connect again, and whoever asks would wait for that
            raise self.gone()
        try:
            return question(client)
        # Time-outs and closed connections are errors of the system; what was asked for is cancelled.
        except (OSError, ClosedClientError, FutureCancelledError) as error:
            raise self.gone() from error

    def gone(self) -> ClusterError:
        """Return what to raise once the scheduler has gone."""
        return ClusterError(
            f"cluster {self.address}: the scheduler has gone, and with it what was not saved; a folder of "
            "--out can be gone on with, here by sim resume or there by the same command"
        )

    def threads(self) -> int:
        """Return how many tasks the workers that are there now play at a time."""
        return sum(self.ask(lambda client: client.nthreads()).values())

    def refuse_others(self) -> None:
        """Raise `ClusterError` where the scheduler or a worker has other versions than this process."""
        found: Any = self.ask(lambda client: client.get_versions(packages=list(PACKAGES)))
        machines: dict[str, Any] = {"the scheduler": found["scheduler"]}
        machines |= {f"worker {address}": told for address, told in found["workers"].items()}
        here = _versions_of(found["client"])
        for machine, told in machines.items():
            if isinstance(told, dict) and (wrong := describe_difference(_versions_of(told), here)):
                raise ClusterError(f"cluster {self.address}: {machine} has {wrong}; install the same there")

    def _connect(self) -> Client:
        try:
            from distributed import Client
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"cluster {self.address}: the package {error.name} is not installed here; "
                'pip install ".[cluster]" in a checkout, or pip install distributed'
            ) from None
        if self.address.startswith("tls:"):
            self._refuse_missing_certificates()
        self._after.enter_context(_silence())
        try:
            # Dask would go on trying where nobody listens.
            socket.create_connection(_host_and_port(self.address), ANSWERS_WITHIN).close()
            return _within(
                2 * ANSWERS_WITHIN,
                partial(Client, self.address, timeout=ANSWERS_WITHIN, set_as_default=False),
            )
        except Exception:  # whatever another server answers
            if self.address.startswith("tls:"):
                raise ClusterError(
                    f"cluster {self.address}: no Dask scheduler answers there, or it does not accept the "
                    "certificate of distributed.comm.tls in Dask's configuration"
                ) from None
            raise ClusterError(
                f"cluster {self.address}: no Dask scheduler answers there; "
                "docs/cluster.md says how to start one"
            ) from None

    def _refuse_missing_certificates(self) -> None:
        from distributed.security import Security

        try:
            context = Security().get_connection_args("client")["ssl_context"]
        except (OSError, ValueError) as error:  # no such file, or none that holds what it should
            raise ClusterError(
                f"cluster {self.address}: {' '.join(str(error).split())}, of a file that is named under "
                "distributed.comm.tls in Dask's configuration"
            ) from None
        if context is None:
            raise ClusterError(
                f"cluster {self.address}: expected ca-file, client.cert and client.key under "
                "distributed.comm.tls in Dask's configuration; docs/cluster.md shows how"
            )

    def _wait_for_worker(self) -> None:
        from distributed.exceptions import WorkerStartTimeoutError

        try:
            self.client.wait_for_workers(1, timeout=JOINS_WITHIN)
        except WorkerStartTimeoutError:
            raise ClusterError(
                f"cluster {self.address}: no worker within {JOINS_WITHIN:g} s; "
                f"start one by dask worker {self.address}"
            ) from None
        except OSError:
            raise self.gone() from None


def check_address(text: str) -> str:
    """Return the address of a scheduler. Raises `ValueError` for anything else."""
    if not _ADDRESS.fullmatch(text):
        raise ValueError(
            f"cluster {text}: expected tcp://HOST:PORT or tls://HOST:PORT, as the scheduler prints it"
        )
    return text


def own_versions() -> dict[str, str]:
    """Return what this process has of all that must be the same on every machine."""
    return {"python": _python(), **{name: _version(name) for name in PACKAGES}, "code": code_hash()}


def describe_difference(there: Mapping[str, str], here: Mapping[str, str]) -> str:
    """Say which versions differ; empty if none does."""
    differ = [f"{name} {there.get(name)} (here {of})" for name, of in here.items() if there.get(name) != of]
    return ", ".join(differ)


def _host_and_port(address: str) -> tuple[str, int]:
    host, _, port = address.partition("://")[2].rpartition(":")
    return host.strip("[]"), int(port)


@cache
def code_hash() -> str:
    """Return a hash of this package's code: between two releases it changes, and its version does not."""
    found = hashlib.sha256()
    home = Path(__file__).parents[1]
    for path in sorted(home.rglob("*.py")):
        found.update(str(path.relative_to(home)).encode() + b"\0" + path.read_bytes() + b"\0")
    return found.hexdigest()[:12]


@cache
def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "missing"


def _python() -> str:
    import platform

    return platform.python_version()


def _versions_of(told: Any) -> dict[str, str]:
    """What matters here of what Dask tells of one machine."""
    packages = told["packages"]
    python = ".".join(str(packages["python"]).split(".")[:3])
    return {"python": python, **{name: packages.get(name) or "missing" for name in PACKAGES}}


def _within(seconds: float, connect: Callable[[], T]) -> T:
    """Return what a connection comes to. Raises `TimeoutError`: Dask may wait for another server for ever."""
    found: Future[T] = Future()

    def run() -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of other versions, which we tell by ourselves
                found.set_result(connect())
        except BaseException as error:
            found.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return found.result(seconds)


@contextmanager
def _silence() -> Iterator[None]:
    """Keep Dask from printing what it thinks of a lost connection: what is amiss is said once, and by us."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client", "tornado")]
    before = [each.level for each in loggers]
    for each in loggers:
        each.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for each, level in zip(loggers, before, strict=True):
            each.setLevel(level)
