"""Pieces on a cluster: what is counted stays with its workers and is added there, as a tree."""

from __future__ import annotations

import pickle
import time
import warnings
from collections import Counter, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from itertools import chain
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, NamedTuple

from sim.execute.cluster import Cluster, ClusterError, own_versions
from sim.execute.group import Group, Played
from sim.execute.piece import Found, Piece, RowWriter
from sim.execute.pool import WorkerError
from sim.execute.worker import add_up, play
from sim.folder.errors import ResultsWarning

if TYPE_CHECKING:
    from distributed import Future

FAN = 4
"""Sums that a worker adds to one: what it has to hold at once."""

HEIGHT = 4
"""Levels of a tree, whose root is sent here: so much, 256 pieces, is played again if its worker dies."""

A_THREAD = 3
"""Pieces a thread that are handed out: the next one is there when one is done, and few are lost."""

LOOKS_EVERY = 2.0
"""Seconds between two looks at how many workers there are."""

OnPiece = Callable[[Piece, Callable[[], Found[Any]]], None]
"""Told of each piece that is done, with what fetches it."""


class _Sum(NamedTuple):
    """A sum of the pieces of a group that is on its way here."""

    group: int


class _Tree:
    """What is played of one group: sums of `FAN` each, level by level."""

    def __init__(self, played: int) -> None:
        self.left = played  # pieces that are still to be played
        self._levels: list[list[Future[Any]]] = [[] for _ in range(HEIGHT)]

    def add(self, cluster: Cluster, leaf: Future[Any]) -> Future[Any] | None:
        """Take a piece that is done; return a root that is full, or the last one."""
        self.left -= 1
        found = leaf
        for level in self._levels:
            level.append(found)
            if len(level) < FAN:
                return None if self.left else self._rest(cluster)
            found = _submit_sum(cluster, level)
            level.clear()
        return found

    def futures(self) -> Iterator[Future[Any]]:
        """Give what waits for its fellows."""
        return chain(*self._levels)

    def _rest(self, cluster: Cluster) -> Future[Any]:
        return _submit_sum(cluster, list(self.futures()))


def _submit_sum(cluster: Cluster, parts: Sequence[Future[Any]]) -> Future[Any]:
    # Before what is still to be played, so that counts do not pile up.
    return cluster.ask(lambda client: client.submit(add_up, *parts, pure=False, priority=1))


def play_as_tree(
    cluster: Cluster,
    groups: Sequence[Group[Any]],
    pieces: Sequence[Piece],
    row_writer: RowWriter | None,
    on_piece: OnPiece,
) -> Iterator[tuple[int, Played[Any]]]:
    """Give sums of what was played, each with the number of its group; of any piece in exactly one of them.

    A worker that dies is the scheduler's to replace. Raises `ClusterError` where the scheduler goes or a
    worker that joins has other versions, `WorkerError` for a piece that ends its workers, and what a piece
    raises.
    """
    play = _Play(cluster, groups, pieces, row_writer, on_piece)
    try:
        yield from play.run()
    finally:
        play.give_up()


class _Play:
    """One set of pieces on its way through a cluster."""

    def __init__(
        self,
        cluster: Cluster,
        groups: Sequence[Group[Any]],
        pieces: Sequence[Piece],
        row_writer: RowWriter | None,
        on_piece: OnPiece,
    ) -> None:
        self._cluster, self._groups, self._row_writer, self._on_piece = cluster, groups, row_writer, on_piece
        self._waiting = deque(pieces)
        self._trees = {number: _Tree(n) for number, n in Counter(each.group for each in pieces).items()}
        self._sent: dict[int, Future[Any]] = {}  # groups that are there
        self._under_way: dict[Hashable, tuple[Piece | _Sum, Future[Any]]] = {}
        self._done: SimpleQueue[Future[Any]] = SimpleQueue()
        self._versions = own_versions()
        self._most, self._looked, self._warned = 0, -LOOKS_EVERY, False

    def run(self) -> Iterator[tuple[int, Played[Any]]]:
        """Hand out, add up, give sums."""
        while self._waiting or self._under_way:
            self._look()
            while self._waiting and len(self._under_way) < self._most:
                self._hand_out(self._waiting.popleft())
            try:
                future = self._done.get(timeout=LOOKS_EVERY)
            except Empty:
                continue
            what, _ = self._under_way.pop(future.key)
            self._raise_failure(future, what)
            if isinstance(what, _Sum):
                yield what.group, self._fetch(future)
            else:
                self._on_piece(what, partial(self._fetch, future))
                tree = self._trees[what.group]
                root = tree.add(self._cluster, future)
                if not tree.left:
                    self._sent.pop(what.group)
                if root is not None:
                    self._follow(root, _Sum(what.group))

    def give_up(self) -> None:
        """Have the scheduler forget what is left, so that no worker plays on for nobody."""
        left = [*self._sent.values(), *(future for _, future in self._under_way.values())]
        left += [future for each in self._trees.values() for future in each.futures()]
        if left and self._cluster.is_open:
            with suppress(Exception):  # the scheduler may be what is gone
                self._cluster.client.cancel(left)

    def _look(self) -> None:
        """See how many workers there are, now and then: they come and go."""
        if time.monotonic() - self._looked < LOOKS_EVERY:
            return
        self._looked = time.monotonic()
        threads = self._cluster.threads()
        self._most = max(self._most if not threads else A_THREAD * threads, 1)
        if not threads and not self._warned:
            self._warned = True
            text = f"cluster {self._cluster.address}: no worker is left; waiting for one"
            warnings.warn(text, ResultsWarning, stacklevel=2)

    def _hand_out(self, piece: Piece) -> None:
        group = self._sent.get(piece.group)
        if group is None:
            import cloudpickle

            # Sent once, and from worker to worker: what was inferred of a past has megabytes. As a task,
            # so that it is made again where the worker that had it is gone.
            code = cloudpickle.dumps(self._groups[piece.group])
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of how large it is
                group = self._cluster.ask(lambda client: client.submit(pickle.loads, code, pure=False))
            self._sent[piece.group] = group
        arguments = self._versions, group, piece.start, piece.stop, self._row_writer
        self._follow(self._cluster.ask(lambda client: client.submit(play, *arguments, pure=False)), piece)

    def _follow(self, future: Future[Any], what: Piece | _Sum) -> None:
        self._under_way[future.key] = what, future
        future.add_done_callback(self._done.put)

    def _fetch(self, future: Future[Any]) -> Any:
        return self._cluster.ask(lambda _: future.result())

    def _raise_failure(self, future: Future[Any], what: Piece | _Sum) -> None:
        if future.status in ("cancelled", "lost"):
            raise self._cluster.gone()
        if future.status != "error":
            return
        from distributed.scheduler import KilledWorker

        error = self._cluster.ask(lambda _: future.exception())
        if isinstance(error, KilledWorker):
            named = f"a sum of {self._groups[what.group].label}" if isinstance(what, _Sum) else str(what)
            raise WorkerError(
                f"cluster {self._cluster.address}: replications {named} ended one worker after "
                "another (too little memory, or code that ends them)"
            ) from None
        if not isinstance(error, ClusterError):
            # A worker without this program, or with another Python, cannot even read what it is to play.
            self._cluster.refuse_others()
        assert isinstance(error, BaseException)
        raise error
