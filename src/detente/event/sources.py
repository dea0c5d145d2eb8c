"""How many independent sources tell of an event: by owner, by who took it from whom, by repeated texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from detente.event.rows import ReportRow


def source_of(row: ReportRow) -> str:
    """The outlet from which a report comes in the end: whose words it gives, whence the text was taken, its own.

    '' where nothing is known of the document.
    """
    root = row.speaker_outlet or (row.origin[-1] if row.origin else None) or row.outlet or ""
    return _folded(root)


def _folded(outlet: str | None) -> str:
    return (outlet or "").casefold().lstrip("@")


def independent(
    members: Sequence[ReportRow], owners: Mapping[str, str], alone: frozenset[str] = frozenset()
) -> dict[str, int]:
    """Report id to the number of its independent source, from 1 in the order of ``members``.

    Reports are of one source where they come in the end from outlets of one owner, where their documents
    repeat one another (``alone`` are documents that do not, by a person's word), or where they stand in one
    document: what it tells in its own voice counts as taken from the first source that it names. An outlet
    without a known owner owns itself.
    """
    folded = {_folded(outlet): owner.casefold() for outlet, owner in sorted(owners.items())}
    of: dict[str, str] = {}

    def root(node: str) -> str:
        while of.setdefault(node, node) != node:
            of[node] = of[of[node]]
            node = of[node]
        return node

    named: dict[str, str] = {}  # document -> the first source of this act that it names
    for row in members:
        if source_of(row) != _folded(row.outlet):
            named.setdefault(row.document, source_of(row))
    for row in members:
        source = named.get(row.document, "") if source_of(row) == _folded(row.outlet) else ""
        source = source or source_of(row)
        own = source == _folded(row.outlet)
        owner = (row.owner or "").casefold() if own and row.owner else folded.get(source, source)
        nodes = [f"report {row.id}", f"owner {owner}" if owner else f"document {row.document}"]
        if row.duplicate and row.document not in alone:
            nodes.append(f"text {row.duplicate}")
        for node in nodes[1:]:
            one, other = sorted((root(nodes[0]), root(node)))
            of[other] = one
    numbers: dict[str, int] = {}
    return {row.id: numbers.setdefault(root(f"report {row.id}"), len(numbers) + 1) for row in members}
