"""The review page in a real browser over one transcript of 5,000 utterances: from the key to the painted answer."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.measuring import Table, utterances
from coder.codebook import Code, Codebook
from coder.domain import Transcript, Turn, Utterance
from coder.store import Study
from coder.store.values import Proposal, ProposedCode

CODES = 40
EACH = 5  # utterances of a turn
QUIET = 0.5  # seconds without a change of the page after which an answer is whole
# Remembers when a key went down, and when the last change after it was painted: the frame after the change.
WATCH = """
window.painted = null;
let down = 0;
addEventListener("keydown", (event) => { down = event.timeStamp; window.painted = null; }, true);
new MutationObserver((changes) => {
  if (!changes.some((change) => !change.target.closest?.("#say"))) return;
  const since = down;
  requestAnimationFrame(() => setTimeout(() => { window.painted = performance.now() - since; }));
}).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
"""


def build(path: Path, count: int) -> None:
    """Make a study of one transcript of `count` utterances, each with a suggestion, and CODES codes."""
    book = Codebook(
        "many", tuple(Code(f"code_{at}", f"Code number {at}", "what it means") for at in range(CODES))
    )
    units: list[Utterance] = []
    text, turns, said = "", [], utterances(count)
    for turn in range(0, count, EACH):
        start = len(text)
        for spoken in said[turn : turn + EACH]:
            units.append(
                Utterance("", "", len(units), turn // EACH, len(text), len(text) + len(spoken), spoken)
            )
            text += spoken + " "
        turns.append(Turn(turn // EACH, "P", "participant", start, len(text) - 1))
        text += "\n"
    with Study.create(path, book) as study:
        study.texts.add(Transcript("long", "long.txt", text, tuple(turns)), units, source="long")
        model = study.models.add_shipped("starter", {}, "hash")
        study.models.activate(model.id, "first suggestions")
        run = study.suggestions.begin_run(model.id, study.codebooks.current_id())
        ids = [row["id"] for row in study.db.rows("SELECT id FROM utterance")]
        offers = [(ProposedCode(f"code_{key % CODES}", "barrier", 0.8, 0.7, True, "why"),) for key in ids]
        pairs = zip(ids, offers, strict=True)
        study.suggestions.add_proposals(run, [Proposal(key, 0.9, 0.5, offer) for key, offer in pairs])


def tables(*, quick: bool) -> Iterator[Table]:
    """Yield the table of the page: opening a transcript, and each kind of key."""
    from tests.review.browsing import opened, served

    count, rounds = (200, 3) if quick else (5_000, 15)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "long.coder"
        build(path, count)
        with served(path, "--coder", "Ann") as server, opened(server.addresses["Ann"]) as tab:
            loading = []
            for _ in range(3):
                tab.go("/read/1")
                loading.append(float(tab.script("return performance.now()")))
            tab.script(WATCH)
            taken: dict[str, list[float]] = {}
            keys = {"next utterance": "j", "a code": "2", "its polarity, and on": "b", "undo": "u"}
            for _ in range(rounds):
                for name, key in keys.items():
                    tab.keys(key)
                    time.sleep(QUIET)
                    tab.until(lambda: tab.script("return window.painted") is not None, f"nothing after {key}")
                    taken.setdefault(name, []).append(float(tab.script("return window.painted")))
    rows = [["open the transcript", f"{median(loading):.0f}", f"{max(loading):.0f}"]]
    rows += [[name, f"{median(found):.0f}", f"{max(found):.0f}"] for name, found in taken.items()]
    yield Table(
        "The review page",
        ["step", "median ms", "longest ms"],
        rows,
        f"Chromium without a display, one transcript of {count:,} utterances, {CODES} codes, assisted; from the key"
        f" to the frame after the last change of the page, {rounds} times each. Decisions are on disk by then.",
    )
