"""One writer: a lock on a file of the record, held by the operating system, gone with the process that held it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from detente.errors import StoreError


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Hold the only right to write to the record in ``folder``. Raises StoreError where another process has it."""
    path = folder / "lock"
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        if not _take(descriptor):
            holder = os.pread(descriptor, 32, 1).decode("ascii", "replace").strip() if sys.platform != "win32" else ""
            who = f"process {holder}" if holder else "another process"
            raise StoreError(f"the record {folder} is being written by {who}; try again when it has ended")
        os.ftruncate(descriptor, 0)
        os.lseek(descriptor, 1, os.SEEK_SET)  # the first byte is what Windows locks
        os.write(descriptor, str(os.getpid()).encode("ascii"))
        yield
    finally:
        os.close(descriptor)


if sys.platform == "win32":
    import msvcrt

    def _take(descriptor: int) -> bool:
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import fcntl

    def _take(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
