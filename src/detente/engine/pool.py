"""A pool of processes of this machine: a dead worker fails its own task only, and a new one takes its place.

The standard library's pools break as a whole when a process dies, and start again the script that called them. Here
a worker is started by name (``python -c``), so that a script or a notebook needs no guard, and each stands alone.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Any

from detente.engine.worker import receive, send

PATIENCE = 600.0  # seconds without a sign after which a worker is taken for hung
_START = "import json, sys; sys.path[:] = json.loads(sys.argv[1]); from detente.engine.worker import main; main()"
_ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")

Hear = Callable[[Any], None]
Function = Callable[[Any, Hear], None]
Again = Callable[[Any, "WorkerDied"], Any]


class WorkerDied(Exception):
    """The process that worked on a task ended or hung; ``how`` says so for people."""

    def __init__(self, how: str) -> None:
        super().__init__(how)
        self.how = how


class Pool:
    """``workers`` processes that run functions, each at its own pace.

    A function must be importable; it is called with its argument and a callable that sends results home.
    Use as a context manager: at the end the processes are gone.
    ``patience`` is in seconds.
    """

    def __init__(self, workers: int, patience: float = PATIENCE) -> None:
        if workers < 1:
            raise ValueError("a pool needs one worker at least")
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="engine")
        self._local = threading.local()
        self._lock = threading.Lock()
        self._running: dict[_Process, float] = {}
        self._all: set[_Process] = set()
        self._patience = patience
        self._closed = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def __enter__(self) -> Pool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closed.set()
        if kind is not None:
            self._end()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self._end()

    def submit(self, function: Function, argument: Any, hear: Hear, again: Again | None = None) -> Future[None]:
        """Run ``function(argument, emit)`` in a worker; ``hear`` is called with all that it emits, in a thread.

        The future ends with the function and raises what the function raised. Where the worker dies, ``again`` is
        asked for the argument with which to try once more, or raises; without it the future raises WorkerDied.
        """
        return self._threads.submit(self._run, function, argument, hear, again)

    @property
    def processes(self) -> list[int]:
        """Ids of the worker processes that are alive."""
        with self._lock:
            return sorted(each.popen.pid for each in self._all)

    def _run(self, function: Function, argument: Any, hear: Hear, again: Again | None) -> None:
        while True:
            try:
                return self._once(function, argument, hear)
            except WorkerDied as died:
                if again is None or self._closed.is_set():
                    raise
                argument = again(argument, died)

    def _once(self, function: Function, argument: Any, hear: Hear) -> None:
        process = self._process()
        try:
            process.send((function, argument))
            while True:
                with self._lock:
                    self._running[process] = time.monotonic()
                kind, value = process.receive()
                if kind == "part":
                    hear(value)
                elif kind == "error":
                    raise value
                else:
                    return
        except (EOFError, BrokenPipeError, ConnectionError):
            how = process.bury()
            self._local.process = None
            with self._lock:
                self._all.discard(process)
            raise WorkerDied(how) from None
        finally:
            with self._lock:
                self._running.pop(process, None)

    def _process(self) -> _Process:
        process: _Process | None = getattr(self._local, "process", None)
        if process is None:
            with self._lock:
                if self._closed.is_set():
                    raise WorkerDied("the pool was closed")
                process = self._local.process = _Process()
                self._all.add(process)
        return process

    def _watch(self) -> None:
        while not self._closed.wait(min(1.0, self._patience / 4)):
            now = time.monotonic()
            with self._lock:
                for process, heard in self._running.items():
                    if now - heard > self._patience:
                        process.hung = True
                        process.popen.kill()

    def _end(self) -> None:
        with self._lock:
            for process in self._all:
                process.popen.kill()
            for process in self._all:
                process.bury()
            self._all.clear()


class _Process:
    """One worker with its two pipes."""

    def __init__(self) -> None:
        environment = {**os.environ, **dict.fromkeys(_ONE_THREAD, "1")}
        self.popen = subprocess.Popen(
            [sys.executable, "-c", _START, json.dumps(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment,
        )
        self.hung = False

    def send(self, value: Any) -> None:
        assert self.popen.stdin is not None
        send(self.popen.stdin, value)

    def receive(self) -> Any:
        assert self.popen.stdout is not None
        return receive(self.popen.stdout)

    def bury(self) -> str:
        """Wait for the end and say how it came."""
        for pipe in (self.popen.stdin, self.popen.stdout):
            assert pipe is not None
            try:
                pipe.close()
            except OSError:
                continue
        try:
            code = self.popen.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.popen.kill()
            code = self.popen.wait()
        if self.hung:
            return "it gave no sign for too long and was stopped"
        if code < 0:
            try:
                return f"signal {signal.Signals(-code).name}"
            except ValueError:
                return f"signal {-code}"
        return f"exit code {code}"
