"""Draw what a terminal showed, its colours included, as a picture.

tmux capture-pane -e -p | .venv/bin/python docs/images/render.py "./steward up --traffic" > docs/images/up.svg
"""

import re
import sys

from rich.console import Console
from rich.text import Text


def main() -> None:
    """Read the terminal's text from stdin and write the SVG to stdout."""
    shown = Text.from_ansi(sys.stdin.read().rstrip())
    console = Console(record=True, width=max(line.cell_len for line in shown.split()) + 2, file=sys.stderr)
    console.print(shown)
    drawn = console.export_svg(title=sys.argv[1], unique_id="steward")
    # Without the fonts that it would fetch from elsewhere; the reader's own monospace does.
    sys.stdout.write(re.sub(r"@font-face \{.*?\}", "", drawn, flags=re.DOTALL))


if __name__ == "__main__":
    main()
