"""Files that are whole or not there: written beside their place, brought to the disk, then renamed."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMPORARY = ".tmp-"


def sync(path: Path) -> None:
    """Bring a file or a folder's list of names to the disk."""
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except PermissionError:  # folders cannot be opened on Windows
        return
    try:
        with suppress(OSError):  # some file systems cannot sync a folder
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of ``path`` in one step. Raises OSError where the disk refuses."""
    descriptor, name = tempfile.mkstemp(prefix=TEMPORARY, dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as target:
            target.write(data)
            target.flush()
            os.fsync(target.fileno())
        os.chmod(name, 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise
    sync(path.parent)


def append(path: Path, data: bytes) -> None:
    """Add whole lines to a file, on the disk when this returns; a line that a kill tore off before is cut away."""
    new = not path.exists()
    with path.open("ab") as target:
        if size := target.tell():
            with path.open("rb") as source:
                source.seek(size - 1)
                if source.read(1) != b"\n":
                    target.truncate(len(lines(path)))
        target.write(data)
        target.flush()
        os.fsync(target.fileno())
    if new:
        sync(path.parent)


def lines(path: Path) -> bytes:
    """The whole lines of a file, without one that was torn; nothing where there is no file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return b""
    return data[: data.rfind(b"\n") + 1]


@contextmanager
def folder(path: Path) -> Iterator[Path]:
    """A temporary folder that takes the place ``path`` as a whole at the end, unless ``path`` is there by then."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=TEMPORARY, dir=path.parent))
    try:
        os.chmod(temporary, 0o777 & ~_umask())
        yield temporary
        for each in temporary.iterdir():
            sync(each)
        sync(temporary)
        try:
            os.rename(temporary, path)
        except OSError:
            if not path.is_dir():
                raise
        sync(path.parent)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def sweep(parent: Path) -> None:
    """Remove what writers that were killed left behind in a folder."""
    if not parent.is_dir():
        return
    for each in parent.iterdir():
        if each.name.startswith(TEMPORARY):
            shutil.rmtree(each, ignore_errors=True) if each.is_dir() else each.unlink(missing_ok=True)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
