"""The command ``correct``: a person has the last word on what was read and merged."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from detente.commands.record import HERE, Folder, Json
from detente.commands.shell import SOME_REJECTED, STDIN, complain, guarded, show_json, show_table, sink
from detente.files import check_out

app = typer.Typer(rich_markup_mode="rich")

_CORRECT_HELP = """\
Overrule what was read or merged, for good: what is decided is kept, and applied on every rebuild.

[bold]Verbs[/bold]
  EVENT reject               it did not happen so; it is left out
  EVENT recode FIELD VALUE   another type, mode, status, start, ...
  EVENT split REPORT…        these reports tell of another act
  EVENT merge EVENT…         these events are the same act
  EVENT actor CODE \\[CODE]    another actor in place of this one, or none
  DOCUMENT duplicate         this document repeats nothing
  CORRECTION undo            take a correction back

The ids of reports are in what [bold]detente events --evidence --json[/bold] prints. \
Ids that an event had before are good. A correction that cannot be applied, now or on a later rebuild, is kept and \
listed with the reason.

Exit code: 0 if it was applied, 1 if it was kept but cannot be applied now, 2 if it makes no sense.

[bold]Examples[/bold]
  detente correct ID recode status cancelled --who "A. Reader" --why "called off"
  detente correct --list -r desk
  detente correct --export ours.jsonl -r desk
  detente correct --import theirs.jsonl -r desk
"""
_COUNTS = {"reject": (0, 0), "recode": (2, 2), "actor": (1, 2), "duplicate": (0, 0), "undo": (0, 0)}
_FORMS = {
    "reject": "EVENT reject",
    "recode": "EVENT recode FIELD VALUE",
    "split": "EVENT split REPORT…",
    "merge": "EVENT merge EVENT…",
    "actor": "EVENT actor CODE [CODE]",
    "duplicate": "DOCUMENT duplicate",
    "undo": "CORRECTION undo",
}


@app.command(help=_CORRECT_HELP)
@guarded
def correct(
    target: Annotated[
        str | None, typer.Argument(metavar="EVENT", help="The event, document or correction.", show_default=False)
    ] = None,
    verb: Annotated[
        str | None, typer.Argument(metavar="VERB", help=f"One of {', '.join(_FORMS)}.", show_default=False)
    ] = None,
    rest: Annotated[
        list[str] | None, typer.Argument(metavar="...", help="What the verb takes, as above.", show_default=False)
    ] = None,
    who: Annotated[
        str | None, typer.Option(metavar="NAME", envvar="DETENTE_WHO", help="Who decides it.", show_default=False)
    ] = None,
    why: Annotated[str | None, typer.Option(metavar="TEXT", help="Why.", show_default=False)] = None,
    listed: Annotated[bool, typer.Option("--list", help="List all corrections and what became of them.")] = False,
    out: Annotated[
        str | None,
        typer.Option("--export", metavar="FILE", help="Write all corrections as JSON lines; - is standard output."),
    ] = None,
    taken: Annotated[
        str | None,
        typer.Option("--import", metavar="FILE", help="Take over corrections of others; - is standard input."),
    ] = None,
    folder: Folder = HERE,
    as_json: Json = False,
) -> None:
    """Overrule what was read or merged."""
    from detente.event.correct import dump
    from detente.record import Record

    asked = (target is not None) + listed + (out is not None) + (taken is not None)
    if asked != 1:
        raise typer.BadParameter("say one thing: EVENT VERB, --list, --export FILE or --import FILE")
    record = Record(folder)
    if listed:
        _show(record.corrected(), as_json)
    elif out is not None:
        if out != STDIN:
            check_out(out, [])
        made = record.corrections()
        with sink(out) as write:
            write(dump(made))
        complain(f"corrections written: {len(made)}")
    elif taken is not None:
        data = sys.stdin.buffer.read() if taken == STDIN else Path(taken).read_bytes()
        before = len({row.id for row in record.corrections()})
        found = record.import_corrections(data)
        new = len({row.id for row in record.corrections()}) - before
        if as_json:
            show_json(found)
        complain(f"corrections read: {len(found)}; new: {new}; applied: {sum(row['applied'] for row in found)}")
        _end(found)
    else:
        field, value, items = _taken(verb, rest or [])
        if not who or not why:
            raise typer.BadParameter("say who decides it and why", param_hint="--who, --why")
        row = record.correct(
            verb or "", target or "", who=who, why=why, field=field, value=value, items=items
        )  # fmt: skip
        if as_json:
            show_json(row)
        elif row["applied"]:
            typer.echo(row["correction"])
            complain(f"applied{' to ' + row['event'] if row['event'] else ''}; to take it back: undo, with its id")
        _end([row])


def _taken(verb: str | None, rest: Sequence[str]) -> tuple[str, str, Sequence[str]]:
    """Field, value and items of a correction, from the words after its verb."""
    if verb not in _FORMS:
        told = "no verb" if verb is None else f"{verb!r} is no correction"
        raise typer.BadParameter(f"{told}; use one of {', '.join(_FORMS)}", param_hint="VERB")
    fewest, most = _COUNTS.get(verb, (1, None))
    if len(rest) < fewest or (most is not None and len(rest) > most):
        raise typer.BadParameter(f"write it as {_FORMS[verb]}", param_hint="VERB")
    if verb == "recode":
        return rest[0], rest[1].upper() if rest[0] == "type" else rest[1], ()
    if verb == "actor":
        return rest[0].upper(), rest[1].upper() if len(rest) > 1 else "", ()
    return "", "", rest


def _show(rows: Sequence[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        show_json(rows)
        return
    heads = ("time", "correction", "who", "what", "why", "became")
    cells = []
    for row in rows:
        said = " ".join(filter(None, (row["target"], row["verb"], row["field"], row["value"], row["items"])))
        became = (row["event"] or "applied") if row["applied"] else f"not applied: {row['reason']}"
        cells.append((f"{row['time']:%Y-%m-%d %H:%M}", row["correction"], row["who"], said, row["why"], became))
    show_table(cells, heads)
    complain(f"corrections: {len(rows)}")


def _end(rows: Sequence[dict[str, Any]]) -> None:
    """Tell what could not be applied, and end with the exit code for it."""
    failed = [row for row in rows if not row["applied"]]
    for row in failed:
        complain(f"{row['correction']} is kept but not applied: {row['reason']}")
    if failed:
        raise typer.Exit(SOME_REJECTED)
