"""The commands on a record: add, rebuild, status, runs, rejects, outlets, events, export."""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detente.commands.shell import SOME_REJECTED, Private, complain, fetcher, guarded
from detente.commands.shell import show_json as _json
from detente.commands.shell import show_table as _table

if TYPE_CHECKING:
    from detente.adding import Progress
    from detente.query import FoundEvent
    from detente.record import Record

app = typer.Typer(rich_markup_mode="rich")

_ADD_HELP = """\
Add files, folders, archives and addresses (an article, a feed, a channel's page) to the record: read, coded, merged.

What is in the record already is not read again; an adding that was stopped goes on where it was when the same is \
asked for again. Every item ends as a document, a duplicate or a reject with its reason, and the sum is printed.

Exit code: 0 if every item was read, 1 if some were rejected, 2 if nothing could be done.

[bold]Examples[/bold]
  detente add export.json pages/ -r desk
  detente add https://t.me/s/CHANNEL -r desk
  detente events -r desk
"""
_EVENTS_HELP = """\
List events, newest first.

[bold]Examples[/bold]
  detente events --dyad KAZ TUR --domain military --since 2024-01-01
  detente events --event ID --evidence
  detente events --actor KAZ --csv > events.csv
"""

Folder = Annotated[
    Path,
    typer.Option(
        "-r", "--record", metavar="DIR", envvar="DETENTE_RECORD", help="The record's folder.", show_default=True
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Workers = Annotated[
    int | None, typer.Option(min=1, metavar="N", help="Processes; by default one a core, four at most.")
]
HERE = Path("record")


def _record(folder: Path) -> Record:
    from detente.record import Record

    return Record(folder)


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise typer.BadParameter(f"{text!r} is not a date; write it as YYYY-MM-DD", param_hint=option)


def _sum(sums: Mapping[str, Any]) -> str:
    """What items became, as a sum; rows of datasets only where there are some."""
    rows = f" + rows of datasets: {sums['rows']}" if sums["rows"] else ""
    return (
        f"{sums['items']} = documents: {sums['documents']}{rows} + duplicates: {sums['duplicates']} + "
        f"rejected: {sums['rejects']}"
    )


@contextmanager
def _progress() -> Iterator[Callable[[Progress], None]]:
    """How far an adding is, on standard error, where somebody sees it."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("looking at the inputs") as shown:

        def tell(progress: Progress) -> None:
            shown.update(f"inputs: {progress.inputs}, known: {progress.known}; items read: {progress.items}")

        yield tell


@app.command(help=_ADD_HELP)
@guarded
def add(
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH|URL", help="Files, folders, archives, http and https addresses.")
    ],
    folder: Folder = HERE,
    day: Annotated[
        str | None, typer.Option("--date", metavar="YYYY-MM-DD", help="Day of publication of what states none.")
    ] = None,
    charset: Annotated[str | None, typer.Option(metavar="NAME", help="Encoding of bytes that state none.")] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option("--column", metavar="FIELD=COLUMN", help="Column of a table that holds a field; may be repeated."),
    ] = None,
    workers: Workers = None,
    private: Private = False,
    as_json: Json = False,
) -> None:
    """Add documents to the record."""
    from dataclasses import asdict

    record = _record(folder)
    published = _day(day, "--date")
    mapped = dict(each.partition("=")[::2] for each in columns or ())
    if not all(mapped.values()):
        raise typer.BadParameter("write it as FIELD=COLUMN, such as text=body", param_hint="--column")
    with _progress() as tell, fetcher(paths, private) as source:
        run = record.add(
            paths, published=published, charset=charset, columns=mapped, workers=workers, progress=tell, fetcher=source
        )
    if as_json:
        _json(asdict(run))
    else:
        known = f" ({run.known} known already)" if run.known else ""
        typer.echo(f"inputs: {run.inputs}{known}; items: {_sum(asdict(run))}" + ("" if run.new else "; nothing new"))
    if run.rejects:
        complain(f"why items were rejected: detente rejects -r {folder}")
        raise typer.Exit(SOME_REJECTED)


@app.command()
@guarded
def rebuild(folder: Folder = HERE, workers: Workers = None) -> None:
    """Make the database anew from what is kept; what older code had read is read again."""
    with _progress() as tell:
        again = _record(folder).rebuild(workers, tell)
    complain(f"rebuilt {folder}; inputs read again: {again}")


@app.command()
@guarded
def status(folder: Folder = HERE, as_json: Json = False) -> None:
    """Show what is in the record, and whether it is up to date."""
    found = _record(folder).status()
    if as_json:
        _json(found)
        return
    typer.echo(f"{found['folder']}: {found['bytes'] / 1e6:.1f} MB\nitems: {_sum(found['sums'])}")
    _table(list(found["rows"].items()), ("table", "rows"), right=(1,))
    if found["inputs_of_older_code"]:
        complain(f"inputs read by older code: {found['inputs_of_older_code']}; 'detente rebuild' reads them again")
    if not found["up_to_date"]:
        complain("the database is older than what it is made from; 'detente rebuild' makes it anew")


@app.command()
@guarded
def runs(folder: Folder = HERE, as_json: Json = False) -> None:
    """List the addings with their sums."""
    from dataclasses import asdict

    record = _record(folder)
    found = record.runs()
    if as_json:
        _json([asdict(run) for run in found])
        return
    heads = (
        "run", "started", "inputs", "known", "items", "documents", "rows", "duplicates", "rejects",
        "seconds",
    )  # fmt: skip
    rows = [
        (
            run.run, f"{run.started:%Y-%m-%d %H:%M}", run.inputs, run.known, run.items, run.documents, run.rows,
            run.duplicates, run.rejects, f"{(run.stopped - run.started).total_seconds():.1f}",
        )
        for run in found
    ]  # fmt: skip
    _table(rows, heads, right=range(2, 10))


@app.command()
@guarded
def rejects(folder: Folder = HERE, as_json: Json = False) -> None:
    """List the items that became no document, and why."""
    found = _record(folder).rejects()
    if as_json:
        _json(found)
        return
    _table([(row["input"], row["position"], row["reason"]) for row in found], ("input", "item", "reason"), right=(1,))


@app.command()
@guarded
def outlets(
    folder: Folder = HERE,
    edit: Annotated[str | None, typer.Option(metavar="OUTLET", help="Say what is known of this outlet.")] = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="With --edit: its name.")] = None,
    country: Annotated[str | None, typer.Option(metavar="CODE", help="With --edit: ISO 3166-1 alpha-3.")] = None,
    owner: Annotated[str | None, typer.Option(metavar="TEXT", help="With --edit: its owner.")] = None,
    kind: Annotated[str | None, typer.Option(metavar="TEXT", help="With --edit: agency, paper, channel, ...")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="With --edit: ISO 639-1.")] = None,
    as_json: Json = False,
) -> None:
    """List outlets, or edit one; the edits stand in outlets.csv of the record."""
    record = _record(folder)
    fields = {"name": name, "country": country, "owner": owner, "kind": kind, "language": language}
    if edit is not None:
        record.edit_outlet(edit, **fields)
    elif any(value is not None for value in fields.values()):
        raise typer.BadParameter("say with --edit OUTLET whose that is")
    found = [row for row in record.outlets() if edit is None or row["outlet"] == edit.lower()]
    if as_json:
        _json(found)
        return
    heads = ("outlet", "name", "country", "owner", "kind", "language", "documents", "reports", "first", "last")
    _table([[row[head] for head in heads] for row in found], heads, right=(6, 7))


@app.command(help=_EVENTS_HELP)
@guarded
def events(
    folder: Folder = HERE,
    event: Annotated[str | None, typer.Option(metavar="ID", help="This event.")] = None,
    actor: Annotated[str | None, typer.Option(metavar="CODE", help="An actor on any side.")] = None,
    dyad: Annotated[tuple[str, str] | None, typer.Option(metavar="CODE CODE", help="Two actors.")] = None,
    type: Annotated[str | None, typer.Option(metavar="TYPE", help="PLOVER's type.")] = None,
    domain: Annotated[str | None, typer.Option(metavar="DOMAIN", help="military, economic, ...")] = None,
    aspect: Annotated[str | None, typer.Option(metavar="ASPECT", help="exercise, contact, ...")] = None,
    status: Annotated[str | None, typer.Option(metavar="STATUS", help="occurred, planned, denied, ...")] = None,
    since: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="On this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="On this day or earlier.")] = None,
    outlet: Annotated[str | None, typer.Option(metavar="OUTLET", help="Reported by this outlet.")] = None,
    speaker: Annotated[str | None, typer.Option(metavar="TEXT|CODE", help="Said by: a part of a name, a code.")] = None,
    language: Annotated[str | None, typer.Option(metavar="CODE", help="Reported in this language.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, metavar="N", help="The newest N.")] = None,
    evidence: Annotated[bool, typer.Option("--evidence", help="Show sentences and sources.")] = False,
    as_json: Json = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Print CSV; formulas are neutralised.")] = False,
) -> None:
    """List events."""
    from detente.event.rows import EVENT_STATUSES
    from detente.model import ASPECTS, DOMAINS
    from detente.ontology.plover import TYPES
    from detente.query import Filter

    if as_json and as_csv:
        raise typer.BadParameter("--json and --csv exclude each other")
    _known(type and type.upper(), "--type", TYPES)
    _known(domain, "--domain", DOMAINS)
    _known(aspect, "--aspect", ASPECTS)
    _known(status, "--status", EVENT_STATUSES)
    upper = (actor.upper() if actor else None, (dyad[0].upper(), dyad[1].upper()) if dyad else None)
    wanted = Filter(
        event, *upper, type.upper() if type else None, domain, aspect, status, _day(since, "--since"),
        _day(until, "--until"), outlet, speaker, language, limit,
    )  # fmt: skip
    record = _record(folder)
    found = record.events(wanted, evidence=evidence or as_json)
    if as_json:
        from dataclasses import asdict

        _json([{**each.flat(), "evidence": [asdict(proof) for proof in each.evidence]} for each in found])
    elif as_csv:
        _csv(found, evidence)
    elif evidence:
        _proofs(found, {row["correction"]: row for row in record.corrected()})
    else:
        heads = ("date", "event", "actors", "recipients", "type", "domain", "status", "reports", "sources")
        _table([_line(each) for each in found], heads, right=(7, 8))
        complain(f"events: {len(found)}")
        if wanted.since or wanted.until:
            from dataclasses import replace

            without = sum(each.row["start"] is None for each in record.events(replace(wanted, since=None, until=None)))
            if without:
                complain(f"left out, since the texts give them no date: {without}")


def _known(value: str | None, option: str, names: Collection[str]) -> None:
    """Refuse a value that no event can have, so that a slip does not read as «no events»."""
    if value is not None and value not in names:
        near = get_close_matches(value, names, 1)
        hint = f"did you mean {near[0]}?" if near else f"one of {', '.join(sorted(names))}"
        raise typer.BadParameter(f"{option}: no such value {value!r}: {hint}")


def _when(row: dict[str, Any]) -> str:
    if row["start"] is None:
        return str(row["precision"])
    return str(row["start"]) if row["start"] == row["stop"] else f"{row['start']}/{row['stop']}"


def _line(each: FoundEvent) -> list[object]:
    row = each.row
    kind = f"{row['type']} {row['mode']}" if row["mode"] else row["type"]
    domain = f"{row['domain']}/{row['aspect']}" if row["aspect"] else row["domain"]
    return [
        _when(row), row["event"], " ".join(each.actors), " ".join(each.recipients), kind, domain, row["status"],
        row["reports"], row["sources"],
    ]  # fmt: skip


def _proofs(found: Sequence[FoundEvent], corrections: Mapping[str, Mapping[str, Any]]) -> None:
    """Events with their sentences and sources, and with what people corrected in them."""
    from detente.view.words import clean

    for each in found:
        cells = [str(cell) for cell in _line(each)[:7] if cell]
        typer.echo(clean("  ".join(cells) + f"  (sources: {each.row['sources']})"))
        for proof in each.evidence:
            who = proof.name or proof.outlet or proof.title or proof.document
            told = [str(proof.published or "undated"), who, f"source {proof.source}"]
            told += [f"says: {proof.speaker}"] if proof.speaker else []
            told += [f"differs: {proof.differs}"] if proof.differs else []
            told += [proof.url] if proof.url else []
            typer.echo("    " + clean(" ".join(proof.sentence.split())))
            typer.echo("      " + clean(" · ".join(told)))
        for name in each.row["corrections"].replace(";", " ").split():
            row = corrections[name]
            said = " ".join(filter(None, (row["verb"], row["field"], row["value"], row["items"])))
            typer.echo("    " + clean(f"corrected: {said} · {row['time']:%Y-%m-%d} · {row['who']}: {row['why']}"))
        typer.echo("")


def _csv(found: Sequence[FoundEvent], evidence: bool) -> None:
    """One line an event, or with the evidence one a report of it."""
    import pyarrow as pa

    from detente.query import EVENT_COLUMNS, EVIDENCE_COLUMNS
    from detente.store.export import to_csv

    fields = [*EVENT_COLUMNS, *(EVIDENCE_COLUMNS if evidence else ())]
    rows: list[dict[str, Any]] = []
    for each in found:
        proofs = [{f"report_{k}": getattr(proof, k) for k in proof.__slots__} for proof in each.evidence]
        rows += [{**each.flat(), **proof} for proof in (proofs if evidence else [{}])]
    typer.echo(to_csv(pa.Table.from_pylist(rows, schema=pa.schema(fields))), nl=False)


@app.command()
@guarded
def export(
    out: Annotated[Path, typer.Argument(metavar="DIR", help="Folder to write to.")],
    folder: Folder = HERE,
    as_csv: Annotated[bool, typer.Option("--csv", help="CSV in place of Parquet; formulas are neutralised.")] = False,
) -> None:
    """Write all tables with the codebook and a citation file."""
    paths = _record(folder).export(out, "csv" if as_csv else "parquet")
    complain(f"wrote {len(paths)} files to {out}")
