"""Write sizes and hashes of the pages to mail of k-ai into docs/live.md: python docs/live_page.py [FOLDER].

The pages themselves go into the folder, if one is named. A test checks that the table is current.
"""

import hashlib
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "live.md"

sys.path.insert(0, str(ROOT))

from sim.explorer.answers import Answers  # noqa: E402  # from this checkout
from sim.explorer.settings import Playground  # noqa: E402
from sim.live.document import live_page  # noqa: E402
from sim.live.saved import embed_letters  # noqa: E402
from sim.text import LANGS, Lang  # noqa: E402

START, END = "<!-- pages: python docs/live_page.py -->\n", "<!-- end of pages -->\n"
HEAD = "| file | bytes | SHA-256 |\n|---|---:|---|\n"


def pages() -> dict[Lang, bytes]:
    """Return the page of each language."""
    return {lang: _page(lang) for lang in LANGS}


def _page(lang: Lang) -> bytes:
    answers = Answers(Playground(ROOT / "scenarios" / "k-ai.yaml"), 1, lang)
    return live_page(answers, fonts=embed_letters)[0].encode()


def name_of(lang: Lang) -> str:
    """Return the name of a page's file."""
    return f"k-ai-live-{lang}.html"


def table(made: dict[Lang, bytes]) -> str:
    """Return a row for each page."""
    rows = (
        f"| `{name_of(lang)}` | {len(data):,} | `{hashlib.sha256(data).hexdigest()}` |\n"
        for lang, data in made.items()
    )
    return HEAD + "".join(rows)


def with_table(text: str, rows: str) -> str:
    """Return the text of the document with its table replaced."""
    before, rest = text.split(START)
    return before + START + rows + END + rest.split(END)[1]


if __name__ == "__main__":
    made = pages()
    PAGE.write_text(with_table(PAGE.read_text("utf-8"), table(made)), encoding="utf-8")
    if sys.argv[1:]:
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        for lang, page in made.items():
            (folder / name_of(lang)).write_bytes(page)
