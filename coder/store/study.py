"""A study: one SQLite file that holds texts, suggestions and decisions.

    with Study.open("pilot.coder") as study:
        for transcript in study.texts.all():
            for utterance in study.texts.utterances(transcript.id):
                ...

`Study` opens the file and carries one small class per concern:

| attribute | concern |
|---|---|
| `texts` | transcripts, turns, utterances |
| `transcript_changes` | names of transcripts, which were removed |
| `people` | coders, roles of speakers, participants and attributes |
| `codebooks`, `settings`, `memos` | versions of the codebook, settings, notes |
| `acts` | decide, undo, redo, states, history, exposure |
| `groups` | how people group the passages of a code |
| `suggestions` | runs, proposals, suggestions |
| `models` | model versions, activation, held-out transcripts, comparisons |

and the readings that span them: `find`, `disagreements`, `figures`, `confirmed`, `blind`. Opening takes about a
millisecond; one `Study` may be used from several threads in turn, and several may have the file open.
"""

from pathlib import Path
from sqlite3 import Connection
from types import TracebackType

from coder.codebook import Codebook
from coder.passphrases import check_new
from coder.store import confirmed_codings as confirmed
from coder.store import database, figures, queries
from coder.store.codebooks import Codebooks
from coder.store.coders import People
from coder.store.confirmed_codings import Confirmed
from coder.store.connection import Clock, SharedConnection, new_uid, utc_now, written
from coder.store.decisions import Acts
from coder.store.figures import StudyFigures
from coder.store.memos import Memos
from coder.store.model_versions import Models
from coder.store.passage_groups import PassageGroups
from coder.store.settings import Settings
from coder.store.suggestions import Suggestions
from coder.store.transcript_changes import TranscriptChanges
from coder.store.transcripts import Texts
from coder.store.values import Filters


class Study:
    """An open study file; close it, or use it as a context manager."""

    def __init__(self, db: SharedConnection) -> None:
        self.db = db
        self.path = db.path
        self.texts = Texts(db)
        self.transcript_changes = TranscriptChanges(db)
        self.people = People(db)
        self.codebooks = Codebooks(db)
        self.settings = Settings(db)
        self.memos = Memos(db)
        self.acts = Acts(db)
        self.groups = PassageGroups(db)
        self.suggestions = Suggestions(db)
        self.models = Models(db)

    @classmethod
    def create(
        cls,
        path: str | Path,
        codebook: Codebook,
        *,
        name: str = "",
        clock: Clock = utc_now,
        passphrase: str | None = None,
    ) -> "Study":
        """Make a new study file, encrypted if there is a passphrase, and open it.

        Raises StudyError if the file exists or cannot be written, InputError if the passphrase is too short.
        """
        path = Path(path)

        def fill(connection: Connection) -> None:
            now = written(clock())
            connection.execute(
                "INSERT INTO study VALUES (1, ?, ?, ?, ?)", (new_uid(), name or path.stem, now, now)
            )
            Codebooks(SharedConnection(connection, path, clock)).add(codebook, note="first version")

        database.create(path, fill, passphrase=None if passphrase is None else check_new(passphrase))
        return cls.open(path, clock=clock)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        readonly: bool = False,
        clock: Clock = utc_now,
        passphrase: str | None = None,
    ) -> "Study":
        """Open a study file, updating an older one (a backup is kept). Raises StudyError with the reason.

        `passphrase` opens an encrypted study; it is remembered while the process runs.
        """
        path = Path(path)
        connection = database.connect(path, readonly=readonly, passphrase=passphrase)
        return cls(SharedConnection(connection, path, clock))

    def close(self) -> None:
        """Close the file."""
        self.db.connection.close()

    def __enter__(self) -> "Study":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def encrypted(self) -> bool:
        """Whether the file is encrypted with a passphrase."""
        return self.db.encrypted

    @property
    def name(self) -> str:
        """The study's name."""
        return str(self.db.value("SELECT name FROM study"))

    @property
    def uid(self) -> str:
        """What all copies of this study have in common."""
        return str(self.db.value("SELECT uid FROM study"))

    def find(
        self,
        filters: Filters | None = None,
        *,
        order: queries.Order = "text",
        limit: int | None = None,
        offset: int = 0,
    ) -> list[int]:
        """Return ids of utterances that pass all filters, in text, random, uncertain, sure or recent order."""
        return queries.find(self.db, filters or Filters(), order=order, limit=limit, offset=offset)

    def disagreements(self) -> list[int]:
        """Return utterances on which two coders differ in codes or polarity and nobody has adjudicated."""
        return queries.disagreements(self.db)

    def confirmed(self) -> list[Confirmed]:
        """Return what stands for every coder and the adjudicated on codable utterances."""
        return confirmed.confirmed(self.db)

    def blind(self) -> list[Confirmed]:
        """Return what each coder had decided before seeing suggestions or another's coding."""
        return confirmed.blind(self.db)

    def figures(self) -> StudyFigures:
        """Return the counts behind `coder status`."""
        return figures.study_figures(self.db)

    def seconds_spent(self) -> dict[str, float]:
        """Return the seconds that each coder's decisions took, as far as they were measured."""
        return figures.seconds_spent(self.db)
