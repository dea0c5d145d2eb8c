"""Draw ``docs/reading.svg``, the picture of a reading in the README: the example as a terminal shows it.

python docs/make_pictures.py [OUT.svg]
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import TerminalTheme

from detente.reader import read_bytes
from detente.reading import read_all
from detente.view.terminal import show

HERE = Path(__file__).resolve().parent
EXAMPLE = HERE.parent / "examples" / "article.txt"
WIDTH = 104
# Legible on the light and the dark pages of a code host; told apart with colour blindness (Okabe and Ito 2008).
THEME = TerminalTheme(
    (21, 24, 28),
    (228, 231, 234),
    [(21, 24, 28), (213, 94, 0), (111, 211, 180), (240, 228, 66), (86, 160, 230), (255, 170, 110), (127, 193, 238),
     (228, 231, 234)],
)  # fmt: skip


def main() -> None:
    """Read the example and write its picture."""
    out = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "reading.svg"
    reading = next(read_all([read_bytes(EXAMPLE.read_bytes(), EXAMPLE.name)]))
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor", no_color=False,
        highlight=False,
    )  # fmt: skip
    show(console, reading, EXAMPLE.name)
    svg = console.export_svg(title="detente read examples/article.txt", theme=THEME, unique_id="reading")
    # The picture asks for no font from outside; the reader's own monospace does.
    svg = re.sub(r"@font-face\s*\{[^}]*\}\s*", "", svg).replace("Fira Code", "DejaVu Sans Mono, Menlo, Consolas")
    out.write_text(re.sub(r"[ \t]+$", "", svg, flags=re.MULTILINE), encoding="utf-8")


if __name__ == "__main__":
    main()
