"""Files that a command writes: refused where they would harm, and in place only when they are whole."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from detente.errors import InputError


def is_address(text: str) -> bool:
    """Whether what is named is to be fetched rather than opened: http://... or https://..."""
    return text[:8].lower().startswith(("http://", "https://"))


def check_out(out: str, sources: Sequence[str]) -> None:
    """Raise InputError for an output that is a folder, lies nowhere or is one of the inputs."""
    path = Path(out)
    if path.is_dir():
        raise InputError(f"{out}: is a directory; name a file to write")
    if not path.absolute().parent.is_dir():
        raise InputError(f"{out}: the folder to write to does not exist")
    for source in sources:
        with suppress(OSError):
            if path.samefile(source):
                raise InputError(f"{out}: is the input itself; name another file to write")


@contextmanager
def replacing(out: str) -> Iterator[IO[bytes]]:
    """A binary file that takes the place of ``out`` only when all is written; pipes and devices as they are."""
    path = Path(os.path.realpath(out))
    if path.exists() and not path.is_file():
        with path.open("wb") as direct:
            yield direct
        return
    descriptor, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(descriptor, "wb") as target:
            yield target
            target.flush()
            os.fsync(target.fileno())
        os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
        os.replace(name, path)
    except BaseException:
        with suppress(OSError):
            os.unlink(name)
        raise


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
