"""The command line: ``read`` for single texts, ``annotate`` for many; all others are in ``commands``."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from detente import __version__
from detente.commands import correct, record, stories
from detente.commands.shell import INTERRUPTED, SOME_REJECTED, STDIN, UNUSABLE
from detente.commands.shell import Private as _Private
from detente.commands.shell import about as _about
from detente.commands.shell import called as _called
from detente.commands.shell import complain as _complain
from detente.commands.shell import console as _console
from detente.commands.shell import fail as _fail
from detente.commands.shell import fetcher as _fetcher
from detente.commands.shell import guarded as _guarded
from detente.commands.shell import lines as _lines
from detente.commands.shell import sink as _sink
from detente.errors import DetenteError
from detente.files import check_out, is_address, replacing

if TYPE_CHECKING:
    from detente.batch import Tally
    from detente.fetch import Fetcher
    from detente.model import Document, Reading

_DAY = re.compile(r"\d{4}-\d\d-\d\d$")

_ROOT_HELP = """\
Read Russian news into dated, sourced events between states.

Every event leads to its sentence, every sentence to who says so. Nothing leaves this machine: \
no account, no download, no network but for the addresses that you give.

[bold]Examples[/bold]
  detente read article.txt --date 2024-10-17    one article, on the screen
  detente read page.html --html reading.html    the same as a page to keep
  detente read URL --json                       everything, with offsets
  detente annotate texts.jsonl out.jsonl        many texts, one a line
  detente add FOLDER -r desk                    all that a desk has, into a record
  detente events -r desk --dyad KAZ TUR         what happened, newest first
  detente correct EVENT reject -r desk          a person has the last word
  detente stories texts.jsonl                   which texts tell of the same event
  detente types                                 what the types of events mean
"""
_READ_HELP = """\
Read articles and show what they report: who did what to whom, when, and who says so.

The table has one row for each event, and the raised number at an act in the text is its row. Without \
a day of publication, dates such as «накануне» stay relative, and the reading says so.

Exit code: 0 if every file was read, 2 if any could not be; the others are still read, and it is said \
how many.

[bold]Examples[/bold]
  detente read article.txt --date 2024-10-17
  detente read page.html other.txt --html reading.html
  detente read - --json < article.txt
"""
_TYPES_HELP = """\
Show what the types and modes of events mean.

They are PLOVER's sixteen types; a mode says how. Without TYPE all are shown.

[bold]Examples[/bold]
  detente types
  detente types CONSULT --json
"""
_ANNOTATE_HELP = """\
Read many texts: one JSON object a line in, one out, in the same order.

In: [bold]id[/bold] and [bold]text[/bold]; optionally [bold]published[/bold] or date (YYYY-MM-DD), \
[bold]language[/bold], [bold]title[/bold] and [bold]source[/bold]. Other fields are ignored. Without an id, \
a hash of title, day and text stands for it.

Out: id, language, title, published, source, sentences, mentions, reports, attributions and warnings. \
Offsets count the characters of text from 0, the end exclusive. docs/output.md describes every field.

A bad line is reported as IN.jsonl:LINE: reason, and the rest goes on. OUT.jsonl takes its place only \
when all is written, so a run that fails leaves what was there before.

Exit code: 0 if every line was read, 1 if some were rejected, 2 if the input cannot be used at all.

[bold]Examples[/bold]
  detente annotate texts.jsonl readings.jsonl
  zcat texts.jsonl.gz | detente annotate - --gold-form > events.jsonl
"""

app = typer.Typer(
    name="detente",
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

for _module in (record, correct, stories):
    app.add_typer(_module.app)


def main() -> None:
    """Entry point of the ``detente`` command."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by whoever started the command
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: SIM115
    try:
        app(prog_name="detente")
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"detente {__version__}")
        raise typer.Exit()


@app.callback(help=_ROOT_HELP)
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """The options that stand before a command."""


# --- read -------------------------------------------------------------------------------------------


@app.command(help=_READ_HELP)
@_guarded
def read(
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE|URL", help="Plain text or HTML in any usual encoding, or its address; - is standard input."
        ),
    ],
    day: Annotated[
        str | None,
        typer.Option(
            "--date", metavar="YYYY-MM-DD", help="Day of publication; by default what the page or text itself states."
        ),
    ] = None,
    title: Annotated[str | None, typer.Option(metavar="TEXT", help="Title, in place of the one found.")] = None,
    language: Annotated[
        str | None, typer.Option(metavar="CODE", help="Language (ru), where it is not to be told from the text.")
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the whole reading as JSON: an object, or an array for several files.")
    ] = False,
    html: Annotated[
        str | None,
        typer.Option(metavar="OUT", help="Write a self-contained page instead of printing; - is standard output."),
    ] = None,
    private: _Private = False,
) -> None:
    """Read single articles."""
    published = _day(day)
    _check_language(language)
    if html is not None and html != STDIN:
        check_out(html, [name for name in files if name != STDIN and not is_address(name)])
    if as_json and html == STDIN:
        raise typer.BadParameter("--json and --html - both write to standard output")
    with _fetcher(files, private) as source:
        names, readings = _read_files(files, published, title, language, source)
    if readings:
        if html is not None:
            _write_page(readings, names, html)
        if as_json:
            _print_json(readings, names, several=len(files) > 1)
        elif html is None:
            _print_readings(readings, names)
    if len(readings) < len(files):
        if readings:
            _complain(f"read {len(readings)} of {len(files)} files")
        raise typer.Exit(UNUSABLE)


def _read_files(
    files: list[str], published: date | None, title: str | None, language: str | None, fetcher: Fetcher | None
) -> tuple[list[str], list[Reading]]:
    """The files that can be read, and their readings; what is wrong with each of the others is said."""
    from detente import batch

    items: list[batch.Item] = []
    for place, name in enumerate(files):
        try:
            document = _load(name, published, title, language, fetcher)
        except (DetenteError, OSError) as error:
            _complain(_about(_called(name), error))
        else:
            items.append(batch.Item(place, document.id, document))
    if not items:
        return [], []
    found = list(batch.read(items, lambda place, reason: _complain(f"{_called(files[place])}: {reason}")))
    return [files[item.line] for item, _ in found], [reading for _, reading in found]


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    try:
        if _DAY.match(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a date; write it as YYYY-MM-DD", param_hint="--date")


def _check_language(language: str | None) -> None:
    if language is None:
        return
    from detente.reading import LANGUAGES

    if language not in LANGUAGES:
        known = ", ".join(LANGUAGES)
        raise typer.BadParameter(f"{language!r} is not read; Detente reads: {known}", param_hint="--language")


def _load(
    name: str, published: date | None, title: str | None, language: str | None, fetcher: Fetcher | None
) -> Document:
    from detente.reader import read_bytes

    charset = None
    if name == STDIN:
        if sys.stdin.isatty():
            _complain("reading standard input; end it with Ctrl-D")
        data = sys.stdin.buffer.read()
    elif fetcher is not None and is_address(name):
        found = fetcher.fetch(name)
        data, charset = found.bytes, found.charset
    else:
        data = Path(name).read_bytes()
    document = read_bytes(data, _called(name), title=title, language=language, charset=charset)
    if published is not None:
        document = _dated(document, published, _called(name))
    return document if title is not None else _with_headline(document)


def _dated(document: Document, published: date, name: str) -> Document:
    """The document as of the day that --date gives; said where the text or page itself states another."""
    from dataclasses import replace

    own = document.published
    if own is not None and own != published:
        _complain(f"{name}: note: it states {own} as its day of publication; it is read as of {published} (--date)")
    return replace(document, published=published)


def _with_headline(document: Document) -> Document:
    """The headline stands above the text that is read: it often tells the event itself."""
    from dataclasses import replace

    if not document.title or document.text.startswith(document.title):
        return document
    return replace(document, text=f"{document.title}\n\n{document.text}")


def _print_readings(readings: list[Reading], names: list[str]) -> None:
    from rich.text import Text

    from detente.view.terminal import show
    from detente.view.words import clean

    console = _console()
    for number, (reading, name) in enumerate(zip(readings, names, strict=True)):
        with console.capture() as captured:
            if number:
                console.print()
                console.rule(style="dim")
                console.print()
            show(console, reading, _called(name))
        typer.echo(captured.get(), nl=False, color=True)
    first = shlex.quote(clean(names[0]))
    hints = [
        (f"detente read {first} --html reading.html", "a page, with the evidence of every event"),
        (f"detente read {first} --json", "everything, with offsets"),
        ("detente annotate texts.jsonl", "the same for many texts"),
        ("detente types", "what the types and modes of events mean"),
    ]
    if readings[0].document.published is None:
        hints.insert(0, (f"detente read {first} --date YYYY-MM-DD", "with the day of publication, for its dates"))
    widest = max(len(command) for command, _ in hints)
    with console.capture() as captured:
        console.print()
        console.print("Where to go next", style="bold")
        for command, gives in hints:
            console.print(Text.assemble("  ", command.ljust(widest), (f"  {gives}", "dim")), soft_wrap=True)
    typer.echo(captured.get(), nl=False, color=True)


def _print_json(readings: list[Reading], names: list[str], several: bool) -> None:
    from detente.wire import reading_to_dict

    found = [
        {"id": reading.document.id, "file": name, "text": reading.document.text, **reading_to_dict(reading)}
        for reading, name in zip(readings, names, strict=True)
    ]
    text = json.dumps(found if several else found[0], ensure_ascii=False, indent=2)
    typer.echo(text.encode("utf-8", "replace") + b"\n", nl=False)


def _write_page(readings: list[Reading], names: list[str], out: str) -> None:
    from dataclasses import replace

    from detente.view.page import page
    from detente.view.words import count_words

    sourced = [
        reading
        if reading.document.source
        else replace(reading, document=replace(reading.document, source=Path(_called(name)).name))
        for reading, name in zip(readings, names, strict=True)
    ]
    data = page(sourced).encode("utf-8", "replace")
    if out == STDIN:
        typer.echo(data, nl=False)
        return
    try:
        with replacing(out) as target:
            target.write(data)
    except OSError as error:
        _fail(_about(out, error))
    events = sum(len(reading.reports) for reading in readings)
    _complain(f"wrote {out}: {count_words(len(readings), 'reading')}, {count_words(events, 'event')}")


# --- annotate ---------------------------------------------------------------------------------------


@app.command(help=_ANNOTATE_HELP)
@_guarded
def annotate(
    source: Annotated[str, typer.Argument(metavar="IN.jsonl", help="One JSON object a line; - is standard input.")],
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT.jsonl", show_default=False, help="Where to write; by default, and with -, standard output."
        ),
    ] = STDIN,
    gold_form: Annotated[
        bool,
        typer.Option(
            "--gold-form",
            help="Write only id and events, in the form that the scorer takes: codes and words without offsets, "
            "the speaker as source, and sure, which is 1 where the score is .7 or more.",
        ),
    ] = False,
) -> None:
    """Read a file of JSON lines."""
    from detente import batch

    tally = batch.Tally()
    if out != STDIN:
        check_out(out, [source] if source != STDIN else [])
    bar = sys.stderr.isatty() and not (out == STDIN and sys.stdout.isatty())
    try:
        with _lines(source, "annotate") as stream, _sink(out) as write, _progress(source, bar) as (say, moved):

            def reject(line: int, reason: str) -> None:
                say(f"{_called(source)}:{line}: {reason}")

            for line in batch.annotate(batch.json_lines(stream, _called(source)), reject, tally, gold_form):
                write(line)
                moved(tally)
    except BrokenPipeError:
        raise
    except OSError as error:
        _fail(_about(str(error.filename or _written(out)), error))
    _complain(
        f"lines read: {tally.lines}; readings written: {tally.written}; events: {tally.events}; "
        f"lines rejected: {tally.rejected}"
    )
    if tally.rejected:
        raise typer.Exit(SOME_REJECTED)


def _written(out: str) -> str:
    return "standard output" if out == STDIN else out


@contextmanager
def _progress(source: str, bar: bool) -> Iterator[tuple[Callable[[str], None], Callable[[Tally], None]]]:
    """A bar on standard error, if wanted: how to say a line beside it, and how to tell it the tally."""
    if not bar:
        yield (lambda message: typer.echo(message, err=True)), (lambda _: None)
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    size = Path(source).stat().st_size if source != STDIN and Path(source).is_file() else None
    columns = (BarColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("loading the models", total=size)

        def moved(tally: Tally) -> None:
            told = f"readings: {tally.written}, rejected: {tally.rejected}"
            progress.update(task, completed=tally.position, description=told)

        def say(message: str) -> None:
            progress.console.print(message, soft_wrap=True, markup=False, highlight=False)

        yield say, moved


# --- types ------------------------------------------------------------------------------------------


@app.command(help=_TYPES_HELP)
@_guarded
def types(
    names: Annotated[list[str] | None, typer.Argument(metavar="TYPE", help="Types to show, such as CONSULT.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print them as a JSON array.")] = False,
) -> None:
    """Show the ontology."""
    from detente.ontology.plover import TYPES

    wanted = [name.upper() for name in names or TYPES]
    for name in wanted:
        if name not in TYPES:
            raise typer.BadParameter(f"{name!r} is not a type; the types are: {', '.join(TYPES)}", param_hint="TYPE")
    found = [TYPES[name] for name in wanted]
    if as_json:
        rows = [
            {"type": each.name, "quad": each.quad, "gloss": each.gloss, "modes": dict(each.meanings())}
            for each in found
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    from detente.view.terminal import ontology

    console = _console()
    with console.capture() as captured:
        console.print(ontology(found))
    typer.echo(captured.get(), nl=False, color=True)


if __name__ == "__main__":
    main()
