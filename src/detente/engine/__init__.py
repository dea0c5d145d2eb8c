"""Engines that map a function over tasks: processes of this machine."""

from detente.engine.pool import Pool, WorkerDied

__all__ = ["Pool", "WorkerDied"]
