"""The command ``stories``: texts in JSON lines to those that tell of the same event."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from detente.commands.shell import SOME_REJECTED, STDIN, called, complain, guarded, lines, sink
from detente.files import check_out

app = typer.Typer(rich_markup_mode="rich")

_STORIES_HELP = """\
Group texts that tell of the same event: one JSON object a line in, one out, in the same order.

In: [bold]text[/bold], and where known [bold]id[/bold], [bold]title[/bold], [bold]published[/bold] or date \
(YYYY-MM-DD) and [bold]language[/bold]. No record is needed, and none is changed.

Out: id, [bold]story[/bold] (different texts on one event), [bold]duplicate[/bold] (texts that repeat each other) \
and size (texts in the story); null where a text stands alone.

A bad line is reported as IN.jsonl:LINE: reason, and the rest goes on. All lines are read before the first is written.

Exit code: 0 if every line was read, 1 if some were rejected, 2 if the input cannot be used at all.

[bold]Examples[/bold]
  detente stories texts.jsonl groups.jsonl
  zcat texts.jsonl.gz | detente stories - > groups.jsonl
"""


@app.command(help=_STORIES_HELP)
@guarded
def stories(
    source: Annotated[str, typer.Argument(metavar="IN.jsonl", help="One JSON object a line; - is standard input.")],
    out: Annotated[
        str,
        typer.Argument(
            metavar="OUT.jsonl", show_default=False, help="Where to write; by default, and with -, standard output."
        ),
    ] = STDIN,
) -> None:
    """Group a file of texts."""
    from detente.event.stories import group_lines

    if out != STDIN:
        check_out(out, [source] if source != STDIN else [])
    texts = rejected = 0
    groups: dict[str, set[str]] = {"story": set(), "duplicate": set()}
    with lines(source, "stories") as stream, sink(out) as write:
        for line in group_lines(stream):
            answer = json.loads(line)
            if "error" in answer:
                complain(f"{called(source)}:{answer['line']}: {answer['error']}")
                rejected += 1
                continue
            write(line)
            texts += 1
            for kind, found in groups.items():
                if answer[kind]:
                    found.add(answer[kind])
    complain(
        f"texts: {texts}; stories of two or more: {len(groups['story'])}; "
        f"groups of duplicates: {len(groups['duplicate'])}; lines rejected: {rejected}"
    )
    if rejected:
        raise typer.Exit(SOME_REJECTED)
