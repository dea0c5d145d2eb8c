"""The table of events on a terminal: rows that say the same together, in the layout that is the shortest."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from functools import cache

from rich.box import SIMPLE_HEAD
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detente.view import words
from detente.view.words import Row, clean

_SPEAKERS = 72  # characters of who says so that are shown; the text below has them in full
_TALLER = 1.2  # how much taller than the shortest a layout may be that stands before it
_SHORT = 13  # characters up to which a cell is not broken at all
_GAP = 2  # blanks between columns
_HEADS = ("#", "When", "Who", "What", "About", "Status", "Who says so")
_UNKNOWN = " (day of publication unknown)"


def events(table: Sequence[Row], width: int) -> Table:
    """The events as a table that fits ``width`` columns.

    Rows that differ in nothing but their sides, for one act, or in nothing at all share a line; their
    numbers stand together. Columns with the names of the sides come first, then columns with their codes,
    then a list: the first is taken that is hardly taller than the shortest and breaks no word.
    """
    lines = grouped(table)
    found = (_columns(lines, width, names=True), _columns(lines, width, names=False), _list(lines))
    grids = [grid for grid in found if grid is not None]
    measure = Console(width=width, file=io.StringIO(), color_system=None)
    heights = [len(measure.render_lines(grid, pad=False)) for grid in grids]
    return next(grid for grid, height in zip(grids, heights, strict=True) if height <= min(heights) * _TALLER)


def grouped(table: Sequence[Row]) -> list[list[Row]]:
    """Rows that say the same, in the order of the first of each."""
    lines: list[list[Row]] = []
    for row in table:
        for line in lines:
            one_act = any(row.report.trigger == other.report.trigger for other in line)
            same_sides = words.pair(row.report) == words.pair(line[0].report)
            if _said(row) == _said(line[0]) and (one_act or same_sides):
                line.append(row)
                break
        else:
            lines.append([row])
    return lines


def _said(row: Row) -> tuple[str, ...]:
    return (row.when, row.others, row.act, row.plan, row.topic, row.status, row.says)


def _columns(lines: list[list[Row]], width: int, names: bool) -> Table | None:
    """A column for each field; None where words would have to break."""
    rows = [(_numbers(line), *_cells(line, names)) for line in lines]
    widths = _widths([(Text(_HEADS[place]), *cells) for place, cells in enumerate(zip(*rows, strict=True))], width)
    if widths is None:
        return None
    grid = _empty()
    for name in _HEADS[1:]:
        grid.add_column(name, overflow="fold")
    for column, share in zip(grid.columns, widths, strict=True):
        column.width = share
    for row in rows:
        grid.add_row(*row)
    return grid


def _widths(columns: list[tuple[Text, ...]], width: int) -> list[int] | None:
    """A width for each column, at least that of its longest word; what is spare goes where it saves most lines."""
    lines = [[line for cell in cells for line in cell.plain.split("\n")] for cells in columns]
    widths = [max(map(_unbroken, found)) for found in lines]
    wanted = [max(map(cell_len, found)) for found in lines]
    spare = width - _GAP * (len(columns) - 1) - sum(widths)
    if spare < 0:
        return None

    @cache
    def height(place: int, share: int) -> int:
        return sum(_height(line, share) for line in lines[place])

    while True:
        best = (0.0, 0, 0)
        for place, share in enumerate(widths):
            for more in range(1, min(spare, wanted[place] - share) + 1):
                saved = height(place, share) - height(place, share + more)
                best = max(best, (saved / more, place, more))
        saving, place, more = best
        if not saving:
            return widths
        widths[place] += more
        spare -= more


def _height(line: str, width: int) -> int:
    """How many lines a line takes in a column where words are not broken."""
    count, used = 1, 0
    for size in map(cell_len, line.split(" ")):
        if used and used + 1 + size > width:
            count, used = count + 1, 0
        used += size + bool(used)
    return count


def _unbroken(line: str) -> int:
    """The width that a line needs so as to break in no word, and not at all where it is short."""
    return cell_len(line) if cell_len(line) <= _SHORT else max(_SHORT, *map(cell_len, line.split()))


def _empty() -> Table:
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, _GAP - 1, 0, 0), show_edge=False)
    grid.add_column(_HEADS[0], justify="right", style="bold", no_wrap=True)
    return grid


def _cells(line: list[Row], names: bool) -> Iterator[Text]:
    row = line[0]
    yield Text(_when(row))
    yield Text(_who(line, names)).append(f"\n{row.others}" if row.others else "", "dim")
    yield Text.assemble((row.act, "bold"), f"\n{row.plan}" if row.plan else "")
    yield Text(row.topic)
    yield Text(row.status)
    yield Text(_says(row))


def _list(lines: list[list[Row]]) -> Table:
    """One cell for each event: what matters most on its first line, the rest below."""
    grid = _empty()
    grid.add_column("When · who · what, then about · status · who says so", overflow="fold")
    for line in lines:
        row = line[0]
        who = _who(line, names=True).replace("\n", "; ")
        parts = [row.topic, row.status, row.others, row.plan, _says(row)]
        below = " · ".join(part for part in parts if part)
        first = Text.assemble(_when(row), " · ", who, " · ", (row.act, "bold"))
        grid.add_row(_numbers(line), first.append(f"\n{below}", "dim"))
    return grid


def _when(row: Row) -> str:
    return clean(row.when.replace(_UNKNOWN, ", relative"))


def _who(line: list[Row], names: bool) -> str:
    return clean(words.all_sides([row.report for row in line], name=names))


def _says(row: Row) -> str:
    return clean(words.clipped(row.says, _SPEAKERS))


def _numbers(line: list[Row]) -> Text:
    """Row numbers in as few characters as may be: ``4``, ``4–6``, ``1, 3``."""
    numbers = [row.number for row in line]
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return Text(f"{numbers[0]}–{numbers[-1]}")
    return Text(", ".join(map(str, numbers)))
