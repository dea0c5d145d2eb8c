"""A worker: a process that takes functions with their arguments from its standard input and sends what they emit.

Frames are pickles with their length before them. A worker ends with its parent: when standard input closes, also in
the middle of a task, the process is gone at once.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import threading
import traceback
from typing import IO, Any

_LENGTH = struct.Struct("<Q")


def send(stream: IO[bytes], value: Any) -> None:
    """Write one frame. Raises OSError (a broken pipe) where nobody reads."""
    data = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read one frame. Raises EOFError where the stream ends, also inside a frame."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    size = _LENGTH.unpack(head)[0]
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return pickle.loads(data)


def main() -> None:
    """Serve until standard input closes."""
    source = os.fdopen(os.dup(0), "rb")
    target = os.fdopen(os.dup(1), "wb")
    with open(os.devnull, "rb") as nothing:
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)  # whatever a library prints must not get between the frames
    tasks: queue.SimpleQueue[tuple[Any, Any]] = queue.SimpleQueue()

    def listen() -> None:
        try:
            while True:
                tasks.put(receive(source))
        except BaseException:
            os._exit(0)

    def emit(part: Any) -> None:
        try:
            send(target, ("part", part))
        except BrokenPipeError:
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        function, argument = tasks.get()
        try:
            function(argument, emit)
            answer: tuple[str, Any] = ("done", None)
        except Exception as error:
            answer = ("error", _portable(error))
        send(target, answer)


def _portable(error: Exception) -> Exception:
    """The error itself where it survives the way to the parent, else one that says as much."""
    error.__traceback__ = error.__context__ = error.__cause__ = None
    try:
        if type(pickle.loads(pickle.dumps(error))) is type(error):
            return error
    except Exception:
        pass
    return RuntimeError("".join(traceback.format_exception_only(error)).strip())
