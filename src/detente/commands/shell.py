"""What all commands share: messages, exit codes, errors without tracebacks, a console, files of lines."""

from __future__ import annotations

import functools
import json
import os
import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Annotated, NoReturn, ParamSpec, TypeVar

import typer

from detente.errors import DetenteError, InputError
from detente.files import is_address, replacing

if TYPE_CHECKING:
    from rich.console import Console

    from detente.fetch import Fetcher

P = ParamSpec("P")
R = TypeVar("R")

STDIN = "-"
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


def called(name: str) -> str:
    """A file's name, or what to call standard input."""
    return "standard input" if name == STDIN else name


@contextmanager
def lines(source: str, command: str) -> Iterator[IO[bytes]]:
    """The input of ``command`` as a stream of byte lines. Raises InputError for bytes that can be no JSON lines."""
    from detente.text.decode import decode

    if source == STDIN:
        yield sys.stdin.buffer
        return
    with Path(source).open("rb") as stream:
        head = stream.peek(4096)[:4096]
        if head.startswith(b"\x1f\x8b"):
            raise InputError(
                f"{source}: this is gzip; unpack it first: zcat {shlex.quote(source)} | detente {command} -"
            )
        if b"\x00" in head:
            decode(head, source)  # says what it is, if it is no text at all
            raise InputError(f"{source}: this is UTF-16; {command} takes JSON lines in UTF-8")
        yield stream


@contextmanager
def sink(out: str) -> Iterator[Callable[[bytes], None]]:
    """How to write bytes to standard output, or to a file that takes its place when all is written."""
    if out == STDIN:
        yield lambda data: typer.echo(data, nl=False)
        return
    with replacing(out) as target:

        def write(data: bytes) -> None:
            target.write(data)

        yield write


def show_json(value: object) -> None:
    """Print a value as JSON in UTF-8; days and times in ISO 8601."""
    text = json.dumps(value, ensure_ascii=False, indent=2, default=_plain)
    typer.echo(text.encode("utf-8", "replace") + b"\n", nl=False)


def _plain(value: object) -> object:
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def show_table(rows: Sequence[Sequence[object]], heads: Sequence[str], right: Sequence[int] = ()) -> None:
    """Print rows as a table; control characters of what was read are taken out."""
    from rich.table import Table
    from rich.text import Text

    from detente.view.words import clean

    table = Table(box=None, pad_edge=False, header_style="bold")
    for number, head in enumerate(heads):
        table.add_column(head, justify="right" if number in right else "left", overflow="fold")
    for row in rows:
        table.add_row(*(Text("" if cell is None else clean(str(cell))) for cell in row))
    screen = console()
    with screen.capture() as captured:
        screen.print(table)
    typer.echo(captured.get(), nl=False, color=True)
