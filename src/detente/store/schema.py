"""Every table and column of the record with its type, unit and meaning: the codebook is printed from here.

Tables are flat: no lists, no structs, names in snake_case, so that R, Stata, pandas and Excel read them. Types:
``text`` (UTF-8), ``integer`` (64 bits), ``real`` (double), ``boolean``, ``date`` (a day of the Gregorian calendar) and
``time`` (a moment in UTC, microseconds, no zone); ``bytes`` in what is not exported.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

Type = Literal["text", "integer", "real", "boolean", "date", "time", "bytes"]
Origin = Literal["shard", "built"]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its name, type, unit ('' where it has none) and what it says. ``null`` tells if it may be empty."""

    name: str
    type: Type
    description: str
    unit: str = ""
    null: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, the columns that tell rows apart, and all columns in order.

    ``origin`` is ``shard`` where the rows are read from shards, ``built`` where they are made from them.
    """

    name: str
    description: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    origin: Origin = "built"
    exported: bool = True

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        return tuple(column.name for column in self.columns)


def _text(name: str, description: str, null: bool = False) -> Column:
    return Column(name, "text", description, null=null)


def _count(name: str, description: str, unit: str, null: bool = False) -> Column:
    return Column(name, "integer", description, unit, null)


def _flag(name: str, description: str) -> Column:
    return Column(name, "boolean", description)


def _place(prefix: str, what: str, null: bool = False) -> tuple[Column, Column]:
    """The two ends of a span."""
    unit = "characters from the start of document.text, from 0"
    return (
        Column(f"{prefix}start", "integer", f"First character of {what}.", unit, null),
        Column(f"{prefix}stop", "integer", f"Character after the last one of {what}.", unit, null),
    )


def _dates(prefix: str, what: str) -> tuple[Column, ...]:
    return (
        Column(f"{prefix}start", "date", f"First day of {what}.", "day", null=True),
        Column(f"{prefix}stop", "date", f"Last day of {what}, itself included.", "day", null=True),
        Column(
            f"{prefix}precision",
            "text",
            f"Grain of {what}: day, range, week, month, season, quarter, half_year, year, years, relative (told by a "
            "day of publication that is unknown) or none.",
            null=bool(prefix),
        ),
    )


_DOCUMENT = _text("document", "The document: document.document.")
_REPORT = _text("report", "The report: report.report.")
_EVENT = _text("event", "The event: event.event.")
_ACTOR = "ISO 3166-1 alpha-3 code of a state, or the code of a bloc or a contested entity."
_SECTOR = (
    "government, legislature, military, security, judiciary, party, company, media, organisation, citizens, "
    "armed_group or unspecified."
)
_ROLE = _text("role", "party, host, mediator or participant (of a multilateral meeting).")
_ACT = (
    _text("type", "PLOVER's event type."),
    _text("mode", "PLOVER's mode of the type.", null=True),
    _text(
        "domain",
        "diplomatic, military, economic, energy, legal, culture_education, humanitarian, intelligence_cyber, "
        "territory or other.",
    ),
    _text(
        "aspect",
        "Of the military domain: contact, agreement, exercise, training_education, arms_industry, "
        "standards_science, operation, basing, intelligence or other.",
        null=True,
    ),
)

ITEM = Table(
    "item",
    "One item of an input and what became of it: every item that was read is here once, but for rows of datasets.",
    ("input", "position"),
    (
        _text("input", "The input that it stands in: input.input."),
        _count("position", "Its place among the items of the input, from 0.", "items"),
        _text("outcome", "document, duplicate (the same document stands elsewhere in the record) or reject."),
        _text("document", "The document that it became or repeats; empty for a reject.", null=True),
        _text("name", "What the reader calls a rejected item.", null=True),
        _text("reason", "Why it was rejected.", null=True),
        Column("byte", "integer", "Where a rejected item stands in the input.", "bytes from its start", null=True),
    ),
    "shard",
)
DOCUMENT = Table(
    "document",
    "One published text.",
    ("document",),
    (
        _text("document", "Hash of title, day and text, and of outlet and item where known."),
        _text("title", "Title or headline.", null=True),
        _text("text", "The text that was read; it begins with the title where there is one."),
        Column("published", "date", "Day of publication.", "day", null=True),
        Column("time", "time", "Moment of publication.", "UTC", null=True),
        _text("language", "ISO 639-1 code."),
        _text("outlet", "Domain of the site or handle of the channel, lower case.", null=True),
        _text("source", "Name that the outlet gives itself.", null=True),
        _text("author", "Author, as written.", null=True),
        _text("url", "Address.", null=True),
        _text("kind", "article, post, page or text."),
        _text("own_id", "The source's own id of the text: guid, message, record.", null=True),
        _count("version", "Number of the edit, 0 for the first.", "edits"),
        _text("origin", "From whom the text was taken, nearest first, parted by ' < '.", null=True),
        _count("characters", "Length of the text.", "characters"),
        _count("sentences", "Sentences found.", "sentences"),
        _count("reports", "Reports found.", "reports"),
    ),
    "shard",
)
SENTENCE = Table(
    "sentence",
    "One sentence of a document.",
    ("document", "sentence"),
    (
        _DOCUMENT,
        _count("sentence", "Its place in the document, from 0.", "sentences"),
        *_place("", "the sentence"),
        _text("text", "The sentence."),
    ),
    "shard",
)
MENTION = Table(
    "mention",
    "A span that names an actor, a person, a place or an organisation.",
    ("document", "mention"),
    (
        _DOCUMENT,
        _count("mention", "Its place among the mentions of the document, from 0.", "mentions"),
        *_place("", "the mention"),
        _text("text", "The span as written."),
        _text("type", "PER, LOC, ORG or MISC."),
        _text("kind", "How it names: name, adjective, demonym, capital, office, person, organ, pronoun, place, ..."),
        _text("actor", _ACTOR, null=True),
        _text("sector", _SECTOR),
        _text("person", "The person, where the tables know one.", null=True),
        _text("office", "The office.", null=True),
    ),
    "shard",
)
ATTRIBUTION = Table(
    "attribution",
    "Who in a text is said to say so, and what.",
    ("document", "attribution"),
    (
        _DOCUMENT,
        _count("attribution", "Its place among the attributions of the document, from 0.", "attributions"),
        _text("kind", "report, opinion, distancing or factive."),
        _flag("hearsay", "Whether the speaker passes on what others say."),
        _text("voice", "person, organisation, outlet, anonymous, document, pronoun, or empty where nobody is named."),
        _text("speaker", "The speaker as written.", null=True),
        *_place("speaker_", "the speaker", null=True),
        _text("cue", "The word that marks the speech."),
        *_place("cue_", "the cue"),
        *_place("content_", "what is said"),
        _text("actor", "For whom the speaker speaks: " + _ACTOR, null=True),
        _count("parent", "The attribution inside whose content this one stands.", "attributions", null=True),
    ),
    "shard",
)
REPORT = Table(
    "report",
    "One sentence's statement that an act happened, is planned, is denied or is conjectured.",
    ("report",),
    (
        _text("report", "Hash of the document, the words of the act and the parties."),
        _DOCUMENT,
        _count("sentence", "The sentence: sentence.sentence.", "sentences"),
        *_ACT,
        _text("status", "occurred, planned, denied or conjectured."),
        _flag("habitual", "Whether the act is held regularly: no single act."),
        *_dates("", "the act"),
        _text("planned_type", "PLOVER's type of what is planned by an agreement.", null=True),
        *_dates("planned_", "what is planned"),
        _text("place", "Where, as written.", null=True),
        _text("speaker", "Who says so, as written; empty where the outlet itself does.", null=True),
        _count("attribution", "The innermost attribution: attribution.attribution.", "attributions", null=True),
        _text("trigger", "The words that tell the act."),
        *_place("trigger_", "those words"),
        _text("entry", "The lexicon entry that fired."),
        Column("score", "real", "Chance that a careful reader would find the act there.", "probability"),
    ),
    "shard",
)
REPORT_ACTOR = Table(
    "report_actor",
    "One actor of a report in its role.",
    ("report", "position"),
    (
        _REPORT,
        _count("position", "Its place among the actors of the report, from 0.", "actors"),
        _DOCUMENT,
        _text("side", "actor, recipient, or other (stands by without being a side)."),
        _text("actor", _ACTOR),
        _ROLE,
        _text("sector", _SECTOR),
        _text("person", "The person, where the tables know one.", null=True),
        _text("office", "The office.", null=True),
        _text("text", "The span that names it.", null=True),
        *_place("", "that span", null=True),
    ),
    "shard",
)
EVENT = Table(
    "event",
    "One act, merged from all its reports: dated once, counted once.",
    ("event",),
    (
        _text("event", "Hash of the report that was published first."),
        _text("dataset", "The dataset that it was imported from; '' for one merged from reports."),
        *_ACT[:2],
        replace(_ACT[2], null=True),
        _ACT[3],
        _text("status", "occurred, planned, denied, cancelled or conjectured, as the last word on it is."),
        *_dates("", "the act"),
        _flag("habitual", "Whether the act is held regularly: no single act."),
        _flag("counted", "Whether measures may count it: it occurred, is dated to days and is no habit."),
        _flag("disputed", "Whether some reports say that it happened and others deny it."),
        _text("conflicts", "The details on which its reports differ, parted by ';'."),
        _text("place", "Where.", null=True),
        _text("trigger", "What tells the act in its first report."),
        _text("planned_type", "PLOVER's type of what is planned by an agreement.", null=True),
        Column("planned_start", "date", "First day of what is planned.", "day", null=True),
        Column("planned_stop", "date", "Last day of what is planned, itself included.", "day", null=True),
        Column("first", "date", "Day of publication of the first report.", "day", null=True),
        Column("last", "date", "Day of publication of the last report.", "day", null=True),
        _count("reports", "Reports.", "reports"),
        _count("documents", "Documents that report it.", "documents"),
        _count("outlets", "Outlets that report it.", "outlets"),
        _count("sources", "Independent sources: by owner, retelling and duplicates.", "sources"),
        Column("score", "real", "Highest score of its reports.", "probability"),
        _text("fulfilled", "The event that carried out what this one planned, or ''."),
        _text("ended", "The event that called this one off, or ''."),
        _text("corrections", "Corrections by people that made it what it is, parted by ';'."),
    ),
)
EVENT_ACTOR = Table(
    "event_actor",
    "One actor of an event on its side.",
    ("event", "side", "actor", "role"),
    (
        _EVENT,
        _text("actor", _ACTOR),
        _text("side", "actor, recipient, or other (stands by without being a side)."),
        _ROLE,
        _text("sector", _SECTOR),
        _text("person", "The person, where the tables know one.", null=True),
        _text("office", "The office.", null=True),
        _count("reports", "Reports that name it so.", "reports"),
    ),
)
EVENT_REPORT = Table(
    "event_report",
    "A report's place in its event.",
    ("event", "report"),
    (
        _EVENT,
        _REPORT,
        _DOCUMENT,
        _count("position", "Its place in order of publication, from 0.", "reports"),
        _count("source", "Which of the event's independent sources it comes from, from 1.", "sources"),
        _text("origin", "From whom that source has it."),
        _text("status", "The status that this report gives."),
        _text("before", "Status of the event by the reports up to this one."),
        _text("differs", "The details in which it departs from the event, parted by ';'."),
    ),
)
DUPLICATE = Table(
    "duplicate",
    "A document in a group of two or more that repeat one another.",
    ("document",),
    (
        _DOCUMENT,
        _text("group", "The group."),
        _text("kind", "original (published first), exact, near or contained."),
        _text("original", "The document of the group that was published first."),
        Column("share", "real", "Share of the words that it has in common with its nearest.", "share, 0 to 1"),
    ),
)
PAIR = Table(
    "pair",
    "Two documents that were compared and found alike.",
    ("one", "other"),
    (
        _text("one", "A document; of two of which one contains the other, the longer."),
        _text("other", "The other document."),
        _text("kind", "exact, near, contains or reversed (an edit changed the sense: not in one group by this pair)."),
        Column("share", "real", "Share of the words in common.", "share, 0 to 1"),
        _text("reversals", "What an edit changed, parted by ';'."),
    ),
)
STORY = Table(
    "story",
    "A document in a story of two or more: different texts on the same event, and their reprints.",
    ("document",),
    (
        _DOCUMENT,
        _text("story", "The story."),
        _text("first", "The document of the story that was published first."),
        _count("size", "Documents of the story.", "documents"),
    ),
)
REDIRECT = Table(
    "redirect",
    "An id that an event had or could have had, and the event where its report is now.",
    ("old",),
    (_text("old", "The id."), _EVENT),
)
SIGNATURE = Table(
    "signature",
    "What stands for a document when texts are compared.",
    ("document",),
    (
        _DOCUMENT,
        _text("digest", "Equal for texts that differ in case, blanks, marks, clock times and links only."),
        Column("minhash", "bytes", "MinHash: 64 little-endian uint32; empty for a text without words."),
        Column("keys", "bytes", "Sorted fingerprints of runs of words: little-endian uint32."),
        _count("words", "Words signed.", "words"),
        _count("version", "Of the bytes: only equal ones are compared.", ""),
    ),
    "shard",
    exported=False,
)
CORRECTION = Table(
    "correction",
    "One decision of a person, and what became of it.",
    ("correction",),
    (
        _text("correction", "Hash of the decision."),
        Column("time", "time", "When it was made.", "UTC"),
        _text("who", "Who made it."),
        _text("why", "Why."),
        _text("verb", "reject, recode, split, merge, actor, duplicate or undo."),
        _text("target", "The event, document or correction that it is about."),
        _text("field", "The field that is recoded, or the actor that is replaced."),
        _text("value", "The new value."),
        _text("items", "The reports split off or the events merged, parted by blanks."),
        _flag("applied", "Whether it could be applied."),
        _text("event", "The event where it was applied, or ''."),
        _text("reason", "Why it was not applied, or ''."),
    ),
)
DATASET_EVENT = Table(
    "dataset_event",
    "One row of an imported event dataset, as the dataset coded it; countable ones stand in event too.",
    ("dataset", "source_id"),
    (
        _text("dataset", "The dataset."),
        _text("source_id", "Its own id of the row, or a hash of the row where it has none."),
        _text("input", "The input that it stands in: input.input."),
        _count("position", "Its place among the items of the input, from 0.", "items"),
        _flag("countable", "Whether it is an event of PLOVER between two different actors of our tables."),
        Column("day", "date", "The day that the dataset gives.", "day"),
        _text("actor", _ACTOR, null=True),
        _text("recipient", _ACTOR, null=True),
        _text("actor_name", "Who did it, in the dataset's words."),
        _text("recipient_name", "To whom, in the dataset's words."),
        _text("code", "The dataset's code of the event."),
        _text("type", "PLOVER's event type; empty where PLOVER has no such event.", null=True),
        _text("mode", "PLOVER's mode.", null=True),
        _text("quad", "PLOVER's quad class."),
        _text("domain", "The domain, where the dataset tells one.", null=True),
        _text("planned_type", "PLOVER's type of what an expressed intent is about.", null=True),
        _text("status", "occurred: datasets tell no other."),
        _text("actor_sector", _SECTOR),
        _text("recipient_sector", _SECTOR),
        _text("actor_person", "The person, where the tables know one.", null=True),
        _text("recipient_person", "The person, where the tables know one.", null=True),
        _text("actor_office", "The office.", null=True),
        _text("recipient_office", "The office.", null=True),
        _text("actor_role", "party, host or mediator."),
        _text("recipient_role", "party, host or mediator."),
        _text("url", "Address of a report.", null=True),
        _text("language", "Language of the reports.", null=True),
        _text("publisher", "Publisher of the report.", null=True),
        Column("published", "date", "Day on which the dataset took it up.", "day", null=True),
        _count("count", "Events of the dataset that the row stands for.", "events"),
        _count("mentions", "Mentions that the dataset counts.", "mentions", null=True),
        _count("sources", "Sources that the dataset counts.", "sources", null=True),
        _count("articles", "Articles that the dataset counts.", "articles", null=True),
        _text("more_actors", "Further states on the side of the actor, parted by blanks."),
        _text("more_recipients", "Further states on the side of the recipient, parted by blanks."),
    ),
    "shard",
)
DYAD_DAY = Table(
    "dyad_day",
    "One net value for a pair of actors on a day, imported: no event, and nothing can be counted from it.",
    ("dataset", "day", "first_name", "second_name", "value"),
    (
        _text("dataset", "The dataset."),
        Column("day", "date", "The day.", "day"),
        _text("first_name", "One of the pair, in the dataset's words."),
        _text("second_name", "The other, in the dataset's words."),
        _text("input", "The input that it stands in: input.input."),
        _count("position", "Its place among the items of the input, from 0.", "items"),
        _text("first", _ACTOR, null=True),
        _text("second", _ACTOR, null=True),
        Column("value", "real", "Above zero for cooperation.", "the dataset's own"),
    ),
    "shard",
)
INPUT = Table(
    "input",
    "One file, or one member of an archive, that was added; its bytes are kept.",
    ("input",),
    (
        _text("input", "SHA-256 of its bytes."),
        _text("name", "Its path when it was first added."),
        _count("size", "Its size.", "bytes"),
        _text("code", "Version of the code that read it."),
        _text("settings", "Settings under which it was read, as JSON."),
        _count("items", "Items found in it; the next four add up to it.", "items"),
        _count("documents", "Items that are documents.", "items"),
        _count("rows", "Items that are rows of a dataset.", "items"),
        _count("duplicates", "Items that repeat a document or a row.", "items"),
        _count("rejects", "Items that were rejected.", "items"),
    ),
)
OUTLET = Table(
    "outlet",
    "One publisher: what is known of it, from outlets.csv in the record's folder, and how much of it was read.",
    ("outlet",),
    (
        _text("outlet", "Domain of the site or handle of the channel, lower case."),
        _text("name", "Name: as edited, else the commonest that it gives itself.", null=True),
        _text("country", "ISO 3166-1 alpha-3 code, as edited.", null=True),
        _text("owner", "Owner, as edited.", null=True),
        _text("kind", "agency, paper, broadcaster, site, channel, state, ... as edited.", null=True),
        _text("language", "ISO 639-1 code: as edited, else the commonest of its documents.", null=True),
        _count("documents", "Documents read.", "documents"),
        _count("reports", "Reports found in them.", "reports"),
        Column("first", "date", "Day of the first document.", "day", null=True),
        Column("last", "date", "Day of the last document.", "day", null=True),
    ),
)
RUN = Table(
    "run",
    "One adding to the record, as it stood when the tables were last built.",
    ("run",),
    (
        _count("run", "Its number, from 1.", "runs"),
        Column("started", "time", "When it began.", "UTC"),
        Column("stopped", "time", "When it ended.", "UTC"),
        _text("command", "What was asked for."),
        _text("code", "Version of the code."),
        _count("workers", "Processes that read.", "processes"),
        _count("inputs", "Inputs found.", "inputs"),
        _count("known", "Inputs that were in the record already.", "inputs"),
        _count("items", "Items of all those inputs; the next four add up to it.", "items"),
        _count("documents", "Items that are documents.", "items"),
        _count("rows", "Items that are rows of a dataset.", "items"),
        _count("duplicates", "Items that repeat a document or a row.", "items"),
        _count("rejects", "Items that were rejected.", "items"),
    ),
    exported=False,  # it tells times of the clock: exports of the same record are the same bytes
)

IMPORT_TABLES = (DATASET_EVENT, DYAD_DAY)
DOCUMENT_TABLES = (DOCUMENT, SENTENCE, MENTION, ATTRIBUTION, REPORT, REPORT_ACTOR, SIGNATURE)
SHARD_TABLES = (ITEM, *DOCUMENT_TABLES, *IMPORT_TABLES)
BUILT_TABLES = (INPUT, OUTLET, DUPLICATE, PAIR, STORY, EVENT, EVENT_ACTOR, EVENT_REPORT, REDIRECT, CORRECTION, RUN)
TABLES = (*SHARD_TABLES, *BUILT_TABLES)
