"""A reading on a terminal or in a pipe: header, table of events, marked text, notes, warnings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from detente.model import Reading
from detente.ontology.plover import EventType
from detente.view import words
from detente.view.grid import events
from detente.view.marks import Kind, Mark, Node, tree
from detente.view.words import clean

_MEASURE = 100  # longer lines of running text are hard to read
_NOTE = 160  # characters of an opinion that a note shows
_DIGITS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(frozen=True, slots=True)
class _Look:
    """How a kind of mark looks: its style, and the signs that tell it without any colour."""

    style: str
    before: str
    after: str


_COLOURED: dict[Kind, _Look] = {
    "actor": _Look("underline cyan", "", ""),
    "trigger": _Look("bold magenta", "", ""),
    "date": _Look("green", "‹", "›"),
    "place": _Look("green", "@", ""),
    "speaker": _Look("yellow", "{", "}"),
}
_PLAIN: dict[Kind, _Look] = {
    "actor": _Look("", "[", "]"),
    "trigger": _Look("bold", "*", "*"),
    "date": _Look("", "‹", "›"),
    "place": _Look("", "@", ""),
    "speaker": _Look("", "{", "}"),
}


def superscript(numbers: tuple[int, ...]) -> str:
    """Row numbers as raised figures: ``¹·²``."""
    return "·".join(str(number).translate(_DIGITS) for number in numbers)


def coloured(console: Console) -> bool:
    """Whether marks may lean on colour and underline: a terminal without NO_COLOR."""
    return console.is_terminal and not console.no_color and console.color_system is not None


def show(console: Console, reading: Reading, name: str | None = None) -> None:
    """Print a whole reading; ``name`` is the file it came from."""
    _header(console, reading, name)
    table = words.rows(reading)
    if table:
        console.print(events(table, console.width))
        console.print()
        console.print(key(reading))
    else:
        _running(console, Text(words.nothing_words(reading), "bold"))
    console.print()
    looks = _COLOURED if coloured(console) else _PLAIN
    _running(console, legend(looks))
    console.print()
    _running(console, marked(reading, looks))
    _end(console, reading)


def _running(console: Console, text: Text) -> None:
    """Running text: wrapped to a readable measure on a terminal, one line a paragraph elsewhere."""
    if console.is_terminal:
        console.print(text, width=min(console.width, _MEASURE))
    else:
        console.print(text, soft_wrap=True)


def _header(console: Console, reading: Reading, name: str | None) -> None:
    document = reading.document
    _running(console, Text(clean(document.title or name or "Untitled text"), "bold"))
    sources = [document.source, name if document.title else None]
    facts = [clean(source) for source in dict.fromkeys(sources) if source]
    facts.append(f"published {words.published_words(reading)}")
    facts.append(words.count_words(len(reading.sentences), "sentence"))
    facts.append(words.count_words(len(reading.reports), "event"))
    _running(console, Text(" · ".join(facts), "dim"))
    console.print()


def key(reading: Reading) -> Table:
    """The codes of the table's sides with their names, and what its types and modes mean."""
    codes = sorted({party.actor for each in reading.reports for party in (*each.actors, *each.recipients)})
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(style="dim", overflow="fold")
    grid.add_row("Sides", clean(" · ".join(f"{code} {words.actor_name(code)}" for code in codes)))
    for act, told in words.meanings(reading.reports).items():
        grid.add_row(clean(act), told)
    return grid


def ontology(types: Iterable[EventType]) -> Table:
    """Types with what they and their modes mean."""
    grid = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0), show_edge=False)
    grid.add_column("Type and mode", no_wrap=True)
    grid.add_column("The first side …", overflow="fold")
    grid.add_column("Class", no_wrap=True, style="dim")
    for each in types:
        grid.add_row(Text(each.name, "bold"), each.gloss, each.quad)
        for mode, told in each.meanings():
            grid.add_row(f"  {mode.replace('_', ' ')}", told, "")
    return grid


def legend(looks: dict[Kind, _Look]) -> Text:
    """What each kind of mark looks like."""
    text = Text.assemble(("Marks: ", "dim"))
    shown: tuple[tuple[Kind, str, str], ...] = (
        ("actor", "side", ""), ("trigger", "act", superscript((1,))), ("date", "date", ""),
        ("place", "place", ""), ("speaker", "who says so", ""),
    )  # fmt: skip
    for kind, name, tail in shown:
        look = looks[kind]
        text.append(look.before, "dim").append(name, look.style).append(look.after + tail, "dim").append("  ")
    text.append("A raised number is the event's row.", "dim")
    return text


def marked(reading: Reading, looks: dict[Kind, _Look]) -> Text:
    """The text with its marks; a trigger carries the number of its row."""
    text = Text()
    for piece, style in _pieces(tree(reading), looks, ()):
        text.append(piece, style)
    text.rstrip()
    return text


def _pieces(node: Node, looks: dict[Kind, _Look], styles: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    mark = node.mark
    look = looks[mark.kind] if mark else None
    inner = (*styles, look.style) if look and look.style else styles
    if mark and look and look.before and mark.first:
        yield look.before, "dim"
    for child in node.children:
        if isinstance(child, str):
            yield clean(child), " ".join(inner)
        else:
            yield from _pieces(child, looks, inner)
    if mark and look and mark.last:
        yield look.after + _tail(mark, bool(look.before)), "dim"


def _tail(mark: Mark, brackets: bool) -> str:
    """What follows a mark: the row of a trigger, the code of an actor whom the words do not show."""
    if mark.kind == "trigger":
        return superscript(mark.numbers)
    if mark.kind == "actor" and mark.opaque:
        codes = ",".join(mark.codes)
        return f"={codes}" if not brackets else f"({codes})"
    return ""


def _end(console: Console, reading: Reading) -> None:
    found = words.notes(reading)
    if found:
        console.print()
        _running(console, Text("Opinion and hearsay in the text", "bold"))
        for kind, speaker, content in found:
            short = words.clipped(content, _NOTE)
            _running(console, Text.assemble((f"{kind}, ", "dim"), clean(speaker), (": ", "dim"), f"«{clean(short)}»"))
    if reading.warnings:
        console.print()
    for warning in reading.warnings:
        _running(console, Text(f"Note: {clean(warning)}"))
