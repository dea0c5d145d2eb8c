"""What all commands share: messages, exit codes, errors without tracebacks, a console."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Annotated, NoReturn, ParamSpec, TypeVar

import typer

from detente.errors import DetenteError
from detente.files import is_address

if TYPE_CHECKING:
    from rich.console import Console

    from detente.fetch import Fetcher

P = ParamSpec("P")
R = TypeVar("R")

SOME_REJECTED, UNUSABLE, INTERRUPTED, BROKEN_PIPE = 1, 2, 130, 141
PIPE_WIDTH = 120  # columns of a table that goes to a file or a pipe


Private = Annotated[
    bool, typer.Option("--allow-private", help="Fetch from private and loopback addresses too; they are refused else.")
]


@contextmanager
def fetcher(names: Iterable[str], private: bool) -> Iterator[Fetcher | None]:
    """What fetches the addresses among the arguments of a command; None where there are none."""
    if not any(map(is_address, names)):
        yield None
        return
    from detente.fetch import Fetcher, cache_folder

    with Fetcher(cache_folder(), allow_private=private) as found:
        yield found


def complain(message: str) -> None:
    """A line on standard error that begins with the name of the program."""
    typer.echo(f"detente: {message}", err=True)


def fail(message: str) -> NoReturn:
    """Complain and end with the exit code for what cannot be used."""
    complain(message)
    raise typer.Exit(UNUSABLE)


def about(name: str, error: Exception) -> str:
    """An error as one line that names its input once."""
    if isinstance(error, IsADirectoryError):
        return f"{name}: is a directory; name the files in it"
    if isinstance(error, OSError):
        return f"{name}: {(error.strerror or str(error)).lower()}"
    message = " ".join(str(error).split())
    return message if message.startswith(name) else f"{name}: {message}"


def _silence() -> None:
    """Let nothing more go to standard output, so that the interpreter's last flush has no complaint."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def guarded(command: Callable[P, R]) -> Callable[P, R]:
    """A command that ends errors, Ctrl-C and a closed pipe in an exit code, never in a traceback."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        for stream in (sys.stdout, sys.stderr):
            with suppress(AttributeError, ValueError):
                stream.reconfigure(errors="replace")  # type: ignore[union-attr]
        try:
            result = command(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            complain("interrupted")
            raise typer.Exit(INTERRUPTED) from None
        except BrokenPipeError:
            _silence()
            raise typer.Exit(BROKEN_PIPE) from None
        except OSError as error:
            _silence()
            fail(about(str(error.filename or "standard output"), error))
        except DetenteError as error:
            fail(" ".join(str(error).split()))
        return result

    return run


def console() -> Console:
    """A console for standard output: wide where it is a pipe and nobody says how wide."""
    from rich.console import Console

    width = None if sys.stdout.isatty() or os.environ.get("COLUMNS") else PIPE_WIDTH
    return Console(width=width, highlight=False, emoji=False)
