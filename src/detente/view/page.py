"""A reading as HTML: a fragment for notebooks, and a self-contained page without scripts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import escape
from importlib.resources import files
from string import Template

import detente
from detente.model import Reading
from detente.view import words
from detente.view.marks import Mark, Node, tree

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]")
_LEGEND = (
    ("actor", "side"), ("trigger", "act<sup>1</sup>"), ("date", "date"), ("place", "place"), ("speaker", "who says so"),
)  # fmt: skip


@cache
def _template(name: str) -> str:
    return (files("detente.view") / "templates" / name).read_text(encoding="utf-8")


def _safe(text: str) -> str:
    """Text for HTML: escaped, quotes too; characters that HTML forbids shown as ``�``."""
    return escape(_CONTROL.sub("�", text), quote=True)


def fragment(reading: Reading) -> str:
    """One reading with its own styles, for the output cell of a notebook."""
    return f"<style>\n{_template('reading.css')}</style>\n{_article(reading, reading.document.id)}"


def page(readings: Sequence[Reading], title: str | None = None) -> str:
    """A whole page with one or more readings: no script, no outside request.

    ``title`` is the page's; by default the only reading's own, or how many there are.
    """
    if title is None:
        title = _title(readings[0]) if len(readings) == 1 else f"{len(readings)} readings"
    prefixes = [f"r{number}" for number, _ in enumerate(readings, 1)]
    contents = ""
    if len(readings) > 1:
        items = "".join(
            f'<li><a href="#{prefix}">{_safe(_title(reading))}</a>, '
            f"{words.count_words(len(reading.reports), 'event')}</li>"
            for prefix, reading in zip(prefixes, readings, strict=True)
        )
        contents = f'<nav aria-label="Readings"><ol>{items}</ol></nav>\n'
    return Template(_template("page.html")).substitute(
        title=_safe(title),
        style=_template("reading.css"),
        contents=contents,
        body="\n".join(_article(reading, prefix) for prefix, reading in zip(prefixes, readings, strict=True)),
        version=_safe(detente.__version__),
    )


def _title(reading: Reading) -> str:
    return reading.document.title or reading.document.source or "Untitled text"


def _article(reading: Reading, prefix: str) -> str:
    document = reading.document
    lang = f' lang="{_safe(document.language)}"' if document.language else ""
    titled = lang if document.title else ""
    facts = [_safe(document.source)] if document.source and document.title else []
    day = words.published_words(reading)
    stamp = f'<time datetime="{document.published.isoformat()}">{day}</time>' if document.published else day
    facts += [
        f"published {stamp}",
        words.count_words(len(reading.sentences), "sentence"),
        words.count_words(len(reading.reports), "event"),
    ]
    return (
        f'<article class="detente" id="{prefix}">\n<h2{titled}>{_safe(_title(reading))}</h2>\n'
        f'<p class="facts">{" · ".join(facts)}</p>\n'
        f"{_events(reading, prefix)}\n"
        f'<h3>The text</h3>\n<p class="legend">{_legend()}</p>\n'
        f'<div class="text"{lang}>{_marked(reading, prefix)}</div>\n'
        f"{_notes(reading)}{_warnings(reading)}</article>"
    )


def _legend() -> str:
    marks = "".join(f'<span class="m {kind}">{name}</span>' for kind, name in _LEGEND)
    return f"{marks}<span>A raised number leads to the event’s row. Point at a mark, or tab to it, for details.</span>"


def _events(reading: Reading, prefix: str) -> str:
    table = words.rows(reading)
    if not table:
        return f"<p><strong>{_safe(words.nothing_words(reading))}</strong></p>"
    head = "".join(
        f'<th scope="col"{" class=number" if name == "#" else ""}>{name}</th>'
        for name in ("#", "When", "Who", "What", "About", "Status", "Who says so")
    )
    body = "\n".join(_row(reading, row, prefix) for row in table)
    return f"<table>\n<thead><tr>{head}</tr></thead>\n{body}\n</table>\n{_key(reading)}"


def _key(reading: Reading) -> str:
    """What the types and modes of the table mean: readers of a telephone cannot point at them."""
    found = words.meanings(reading.reports)
    items = "".join(f"<dt>{_safe(act)}</dt><dd>{_safe(told)}</dd>" for act, told in found.items())
    return f'<details class="key" open><summary>What these acts mean</summary><dl>{items}</dl></details>'


def _row(reading: Reading, row: words.Row, prefix: str) -> str:
    number = row.number
    link = f'<a href="#{prefix}-t{number}" aria-label="Event {number}, to the text">{number}</a>'
    more = f'<span class="more">{_safe(row.others)}</span>' if row.others else ""
    plan = f'<span class="more">{_safe(row.plan)}</span>' if row.plan else ""
    hover = f"{row.act}: {words.meaning_words(row.report)} ({words.quad_words(row.report)})"
    says = _safe(row.says)
    if row.says != words.NOBODY and reading.document.language:
        says = f'<span lang="{_safe(reading.document.language)}">{says}</span>'
    return (
        f'<tbody id="{prefix}-e{number}">\n'
        f'<tr><td class="number">{link}</td>'
        f'<td class="when">{_safe(row.when)}</td>'
        f'<td class="who" data-label="Who"><b>{_safe(row.who)}</b>'
        f'<span class="codes">{_safe(row.codes)}</span>{more}</td>'
        f'<td data-label="What" title="{_safe(hover)}">{_safe(row.act)}{plan}</td>'
        f'<td class="short" data-label="About">{_safe(row.topic)}</td>'
        f'<td class="short" data-label="Status">{_safe(row.status)}</td>'
        f'<td data-label="Who says so">{says}</td></tr>\n'
        f'<tr class="why"><td></td><td colspan="6">{_why(reading, row)}</td></tr>\n</tbody>'
    )


def _why(reading: Reading, row: words.Row) -> str:
    """The evidence of a row: its sentence, the parties, what fired and how sure the coder is."""
    report = row.report
    lang = reading.document.language
    quoted = f'<q lang="{_safe(lang)}">' if lang else "<q>"
    facts = [("Sentence", f"{quoted}{_safe(words.evidence(reading, report))}</q>")]
    for name, parties in (("Actor", report.actors), ("Recipient", report.recipients), ("Other", report.others)):
        facts += [(name, _safe(words.party_words(party))) for party in parties]
    spans = [each.span for each in (report.date, report.planned_date) if each and each.span]
    dated = ", ".join(dict.fromkeys(" ".join(span.text.split()) for span in spans))
    facts += [
        ("Meaning", _safe(f"{words.meaning_words(report)} ({words.quad_words(report)})")),
        ("Date as written", _safe(dated)),
        ("Place", _safe(report.place.text) if report.place else ""),
        ("Trigger", _safe(report.trigger.text)),
        ("Lexicon entry", _safe(report.entry)),
        ("Score", f"{report.score:.2f}"),
    ]
    items = "".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in facts if value)
    return f"<details><summary>Evidence</summary><dl>{items}</dl></details>"


def _marked(reading: Reading, prefix: str) -> str:
    return "".join(_pieces(tree(reading), prefix, inside=False)).strip("\n")


def _pieces(node: Node, prefix: str, inside: bool) -> Iterator[str]:
    mark = node.mark
    if mark is not None:
        yield _open(mark, prefix, inside)
    for child in node.children:
        if isinstance(child, str):
            yield _safe(child)
        else:
            yield from _pieces(child, prefix, inside or (mark is not None and mark.kind == "trigger"))
    if mark is not None:
        yield _close(mark, inside)


def _open(mark: Mark, prefix: str, inside: bool) -> str:
    """The opening tag; what stands inside a link is no link and no stop of the tab key."""
    title = f' title="{_safe(chr(10).join(mark.notes))}"'
    if mark.kind == "trigger" and not inside:
        anchors = [f"{prefix}-t{number}" for number in mark.numbers] if mark.first else []
        extra = "".join(f'<span id="{anchor}"></span>' for anchor in anchors[1:])
        own = f' id="{anchors[0]}"' if anchors else ""
        return f'<a class="m trigger"{own} href="#{prefix}-e{mark.numbers[0]}"{title}>{extra}'
    stop = ' tabindex="0"' if mark.first and not inside else ""
    return f'<span class="m {mark.kind}"{stop}{title}>'


def _close(mark: Mark, inside: bool) -> str:
    if mark.kind != "trigger":
        return "</span>"
    raised = f"<sup>{','.join(map(str, mark.numbers))}</sup>" if mark.last else ""
    return f"{raised}</span>" if inside else f"{raised}</a>"


def _notes(reading: Reading) -> str:
    found = words.notes(reading)
    if not found:
        return ""
    items = "".join(f"<li>{kind}, {_safe(speaker)}: “{_safe(content)}”</li>" for kind, speaker, content in found)
    return f'<h3>Opinion and hearsay in the text</h3>\n<ul class="notes">{items}</ul>\n'


def _warnings(reading: Reading) -> str:
    return "".join(f'<p class="warning">Note: {_safe(warning)}</p>\n' for warning in reading.warnings)
