"""The version of the code that makes the rows: a hash of its sources, its tables and the packages that it rests on."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import metadata
from pathlib import Path

_ROOMS = ("actor", "code", "dataset", "lang", "ontology", "reader", "text")
_MODULES = (
    "task.py",
    "adding.py",
    "importing.py",
    "model.py",
    "reading.py",
    "shard.py",
    "store/schema.py",
    "store/shards.py",
)
_PACKAGES = (
    "fastwarc", "feedparser", "lxml", "natasha", "navec", "numpy", "py3langid", "pyarrow", "pymorphy3",
    "pymorphy3-dicts-ru", "razdel", "slovnet", "trafilatura",
)  # fmt: skip


@cache
def code() -> str:
    """Sixteen hex digits that change with anything that could change a row of a shard."""
    return _digest(_MODULES, _ROOMS)


@cache
def building() -> str:
    """Sixteen hex digits that change with anything that could change a table made from shards."""
    return _digest(("grouping.py",), ("event", "store", "text", "lang"))


def _digest(modules: tuple[str, ...], rooms: tuple[str, ...]) -> str:
    root = Path(__file__).resolve().parents[1]
    paths = [root / name for name in modules]
    for room in rooms:
        paths += (path for path in (root / room).rglob("*") if path.is_file() and "__pycache__" not in path.parts)
    digest = hashlib.sha256()
    for path in sorted(paths):
        if path.suffix not in {".pyc", ".pyo"}:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    for package in _PACKAGES:
        try:
            version = metadata.version(package)
        except metadata.PackageNotFoundError:
            version = "none"
        digest.update(f"{package}={version}\n".encode())
    return digest.hexdigest()[:16]
