"""The commands of a study: begin, import, suggest, retrain, status, merge, undo, rename."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coder.cli.console import LOST, ask_new_passphrase, note, progress_bar, show, so_far
from coder.cli.options import AsJson, CodedOptions, Force, Interviewer, StudyFile, spread
from coder.errors import StudyError

if TYPE_CHECKING:
    from coder.workflow.study.open import Study

MOST_LISTED = 20


def init(
    study: StudyFile,
    codebook: Annotated[
        str,
        typer.Option(help="A shipped codebook (comb, coproduction), or a file: yaml, csv, xlsx, docx, qdc."),
    ] = "comb",
    encrypt: Annotated[
        bool,
        typer.Option("--encrypt", help="Ask twice for a passphrase; without it nobody can read the study."),
    ] = False,
) -> None:
    """Begin a study: one file that will hold transcripts, suggestions and every decision.

    Example: coder init pilot.coder --codebook comb
    """
    from coder.phrasing import counted, typed
    from coder.workflow.codebooks import read_with_notes
    from coder.workflow.study.open import begin_study

    _check_name(study)
    passphrase = ask_new_passphrase(study) if encrypt else None
    book, notes = read_with_notes(codebook)
    with begin_study(study, codebook=book, passphrase=passphrase) as begun:
        codes = len(begun.codebooks.current().codes)
        for line in notes:
            note(line)
        typer.echo(
            f"{study}: begun with {counted(codes, 'code')}. Next: coder import {typed(study)} INTERVIEWS"
        )
    if encrypt:
        note(LOST)


def _check_name(study: Path) -> None:
    """Raise StudyError for a new study of another ending: by .coder a command knows a study from a table."""
    from coder.workflow.study.folder import SUFFIX

    if study.suffix.lower() != SUFFIX:
        raise StudyError(f"{study}: the name of a study ends in {SUFFIX}. Call it {study}{SUFFIX}.")


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What is brought into a study, and how."""

    study: StudyFile
    paths: Annotated[
        list[Path] | None,
        typer.Argument(
            help="Transcripts, or folders of them; or a project of another tool with its texts (.qdpx, QualCoder's"
            " folder NAME.qda, Taguette's .sqlite3), which brings its codings, people and memos too."
        ),
    ] = None
    attributes: Annotated[
        Path | None,
        typer.Option(
            help="A table about participants: a column 'participant' (the speaker's label), optional 'transcript',"
            " and any attributes; several values are joined by ';'."
        ),
    ] = None
    codings: Annotated[
        Path | None,
        typer.Option(
            help="A table of human codes: 'code' and 'text' (or 'start' and 'end'), optional 'transcript', 'coder',"
            " 'polarity', 'memo'. An empty code means: looked at, nothing to code. Or an export of another tool (see"
            " coder codings)."
        ),
    ] = None
    coder: Annotated[
        str | None, typer.Option(help="Whose codes they are; picks one if the table has a coder column.")
    ] = None
    looked_at: Annotated[
        Path | None,
        typer.Option(
            help="A table of the passages that coders read; those without a code count as nothing to code."
        ),
    ] = None
    complete: Annotated[
        bool,
        typer.Option(
            "--complete", help="The coders read the transcripts of the table from beginning to end."
        ),
    ] = False
    adjudicated: Annotated[
        Path | None,
        typer.Option(
            help="A table of what was adjudicated, by --coder NAME: the disagreements of 'coder agreement STUDY -o"
            " FILE' with the column 'agreed' filled in (codes as code:polarity, joined by ;, - = nothing to code)."
        ),
    ] = None
    interviewer: Interviewer = None
    new_version: Annotated[
        bool,
        typer.Option(
            "--new-version",
            help="Take a changed file as a new version; codings of unchanged utterances are kept.",
        ),
    ] = False
    pseudonymise: Annotated[
        bool,
        typer.Option(
            "--pseudonymise", help="List names, places and numbers first; import them as pseudonyms only."
        ),
    ] = False
    apply: Annotated[
        Path | None, typer.Option("--apply", help="With --pseudonymise: the list, as you edited it.")
    ] = None
    pseudonyms: Annotated[
        Path | None,
        typer.Option(
            help="With --pseudonymise: the file that says who is who; it is continued. Default: STUDY-mapping.csv, of"
            " an encrypted study STUDY-mapping.encrypted."
        ),
    ] = None
    as_json: AsJson = False


def import_(asked: Imported, options: CodedOptions) -> None:
    """Import transcripts, facts about participants, or human codes into a study.

    What is there already is left alone, so the same command may be repeated.

    Example: coder import pilot.coder project.qdpx

    Example: coder import pilot.coder interviews/ --attributes participants.csv --codings codes.csv --coder Ann
    """
    from coder.cli.pseudonymise import Pseudonymising, reader_of
    from coder.workflow.study import import_all as bringing
    from coder.workflow.study.open import open_study

    read = None
    if asked.pseudonymise:
        tables = tuple(
            table for table in (asked.attributes, asked.codings, asked.adjudicated, asked.looked_at) if table
        )
        read = reader_of(
            Pseudonymising(
                asked.study, asked.paths or [], asked.apply, asked.pseudonyms, asked.interviewer or [], tables
            )
        )
        if read is None:
            return
    elif asked.apply or asked.pseudonyms:
        raise typer.BadParameter("--apply and --pseudonyms go with --pseudonymise.")
    request = bringing.ImportRequest(
        paths=tuple(asked.paths or ()), attributes=asked.attributes, codings=asked.codings, coder=asked.coder,
        looked_at=asked.looked_at, complete=asked.complete, adjudicated=asked.adjudicated, reading=options.reading(),
        interviewer=tuple(asked.interviewer or ()), new_version=asked.new_version, read=read,
    )  # fmt: skip
    with open_study(asked.study) as opened, progress_bar("Importing") as advance:
        brought = bringing.import_all(opened, request, progress=lambda path: advance(1, None))
    show(asked.as_json, brought.as_dict(), brought.text)
    for line in brought.problems()[:MOST_LISTED]:
        note(line)
    if len(brought.problems()) > MOST_LISTED:
        note(f"... and {len(brought.problems()) - MOST_LISTED} more (all with --json)")
    if brought.refused:
        raise typer.Exit(3 if brought.anything_read else 1)


def suggest(
    study: StudyFile,
    model: Annotated[
        str | None,
        typer.Option(help="Use this model from now on: starter, none, or a folder. Default: the one in use."),
    ] = None,
    coded_too: Annotated[
        bool,
        typer.Option("--coded-too", help="Also look at what people have coded; nothing of theirs changes."),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Let the model suggest codes for what nobody has coded yet. Suggestions never count as coding.

    Repeat it after importing or retraining: only what the model in use has not seen is looked at.
    Example: coder suggest pilot.coder
    """
    from coder.cli.study_text import suggest_text
    from coder.workflow.study.open import open_study
    from coder.workflow.study.suggest import suggest as work

    with open_study(study) as opened, progress_bar("Suggesting") as advance:
        report = work(opened, model=model, coded_too=coded_too, progress=so_far(advance))
    show(as_json, report.as_dict(), lambda: suggest_text(report, study))


@dataclass(frozen=True, kw_only=True)
class Retraining:
    """What a study's model is trained with, or which version is used instead."""

    study: StudyFile
    force: Annotated[
        str | None,
        typer.Option(help="Use the new model even if it is not better; say why (it is kept on record)."),
    ] = None
    hold_out: Annotated[
        list[str] | None,
        typer.Option(
            help="A transcript to keep for testing from now on (repeat); no model may have learned from it."
        ),
    ] = None
    coder: Annotated[str | None, typer.Option(help="Who retrains, for the record.")] = None
    rollback: Annotated[
        bool, typer.Option("--rollback", help="Do not train; go back to the model used before (or --to).")
    ] = False
    to: Annotated[str | None, typer.Option(help="With --rollback: the version to go back to.")] = None
    versions: Annotated[bool, typer.Option("--list", help="Do not train; list the versions.")] = False
    no_suggest: Annotated[
        bool, typer.Option("--no-suggest", help="Do not renew the suggestions afterwards.")
    ] = False
    as_json: AsJson = False


def retrain(asked: Retraining) -> None:
    """Train on what people confirmed; the new model is used only if it is better on held-out transcripts.

    Held-out transcripts are chosen once per study and never learned from; where none can be, as in a survey alone,
    respondents are held out. Shows the difference per code with its interval, and what changes in the suggestions.
    Example: coder retrain pilot.coder
    """
    from coder.cli import study_text
    from coder.workflow.study.open import open_study
    from coder.workflow.study.retrain import retrain as work

    with open_study(asked.study) as opened:
        if asked.versions:
            show(asked.as_json, study_text.versions_dict(opened), lambda: study_text.versions_text(opened))
            return
        if asked.rollback:
            _roll_back(opened, asked)
        else:
            report = work(
                opened, force=asked.force, hold_out=asked.hold_out or (), coder=asked.coder, progress=note
            )
            show(asked.as_json, report.as_dict(), lambda: study_text.retrain_text(report))
            if not report.accepted:
                return
        if not asked.no_suggest:
            _renew_suggestions(opened, asked.study)


def _roll_back(study: "Study", asked: Retraining) -> None:
    from coder.workflow.study.model_versions import roll_back

    version = roll_back(study, asked.to, coder=asked.coder)
    show(asked.as_json, {"in_use": version.label}, lambda: f"In use now: {version.label}.")


def _renew_suggestions(study: "Study", path: Path) -> None:
    from coder.cli.study_text import suggest_text
    from coder.workflow.study.suggest import suggest as renew

    note(suggest_text(renew(study), path))


def status(study: StudyFile, as_json: AsJson = False) -> None:
    """Show where a study stands on one screen: progress, how good the model is, what to do next.

    Example: coder status pilot.coder
    """
    from coder.cli.study_text import status_text
    from coder.workflow.study.open import open_study
    from coder.workflow.study.status import status as work

    with open_study(study, readonly=True) as opened:
        held = work(opened)
    show(as_json, held.as_dict(), lambda: status_text(held))


def merge(
    studies: Annotated[
        list[Path], typer.Argument(help="Two or more copies of one study.", metavar="A.coder B.coder")
    ],
    out: Annotated[Path, typer.Option("-o", "--out", help="The joined study to write.")],
    force: Force = False,
    as_json: AsJson = False,
) -> None:
    """Join the copies that several people worked on: nothing is lost, nothing is duplicated, in any order.

    Where one coder decided the same utterance in two copies, the later decision stands and is listed.
    Example: coder merge ann.coder ben.coder -o both.coder
    """
    from coder.cli.study_text import merge_text
    from coder.workflow.study.merge import merge_studies

    _check_name(out)
    report = merge_studies(studies, out, force=force)
    show(as_json, report.as_dict(), lambda: merge_text(report, out))


@dataclass(frozen=True, kw_only=True)
class Exported:
    """What of a study is written, where and how."""

    study: StudyFile
    out: Annotated[
        Path,
        typer.Option(
            "-o",
            "--out",
            help="Where to write: .qdpx (REFI-QDA project), .qdc (codebook), .csv, .xlsx, .jsonl, .parquet (a row per"
            " coded passage), .docx (codes as comments), .sav (the 0/1 table of --matrix, for SPSS).",
        ),
    ]
    suggestions: Annotated[
        bool,
        typer.Option(
            "--suggestions", help="Write the machine's suggestions that nobody has decided instead."
        ),
    ] = False
    matrix: Annotated[
        bool,
        typer.Option("--matrix", help="Write a 0/1 table: a row per utterance and coder, a column per code."),
    ] = False
    drafts: Annotated[
        Literal["omit", "user", "branch"],
        typer.Option(
            help="Unconfirmed suggestions in a .qdpx: none, as a user of their own, or as codes of their own."
        ),
    ] = "omit"
    polarity: Annotated[
        Literal["leaf", "branch"],
        typer.Option(
            help="Polarity in a .qdpx: in the code ('X: barrier'), or as a code of its own beside it."
        ),
    ] = "leaf"
    coder: Annotated[
        list[str] | None, typer.Option(help="Only the codings of this coder (repeat). Default: all.")
    ] = None
    force: Force = False


def export(asked: Exported) -> None:
    """Write a study's codings for other tools: NVivo, ATLAS.ti, MAXQDA, QualCoder, Word, R, SPSS.

    What a format cannot hold is listed. Example: coder export pilot.coder -o pilot.qdpx
    """
    from coder.workflow.study.export import ExportRequest, export_study
    from coder.workflow.study.open import open_study

    request = ExportRequest(
        out=asked.out, suggestions=asked.suggestions, matrix=asked.matrix, drafts=asked.drafts,
        polarity=asked.polarity, coders=tuple(asked.coder or ()), force=asked.force,
    )  # fmt: skip
    with open_study(asked.study, readonly=True) as opened:
        exported = export_study(opened, request)
    typer.echo(exported.text())
    for line in (*exported.notes, *exported.left_out):
        note(line)


def undo(
    study: StudyFile,
    coder: Annotated[str, typer.Option(help="Whose last gesture to take back.")],
    act: Annotated[
        str | None,
        typer.Option(
            help="The act to take back instead, also an import (see coder history); of memos, groups, the"
            " codebook, names and plans only the newest."
        ),
    ] = None,
    again: Annotated[bool, typer.Option("--redo", help="Bring back what was undone last.")] = False,
) -> None:
    """Take back a coder's last gesture (or redo it); what was done stays on record.

    Example: coder undo pilot.coder --coder Ann
    """
    from coder.phrasing import counted, typed
    from coder.workflow.study.open import open_study
    from coder.workflow.study.undoing import redo
    from coder.workflow.study.undoing import undo as work

    with open_study(study) as opened:
        saved = (redo if again else work)(opened, coder, act)
    if saved is None:
        typer.echo(f"Nothing to {'redo' if again else 'undo'} for {coder}.")
        if not again:
            names = f"coder history {typed(study)} --coder {typed(coder)}"
            note(f"An import is taken back by its name, with --act; the names: {names}")
    else:
        what = saved.what or "a memo" if saved.memo or saved.what else counted(len(saved.states), "utterance")
        typer.echo(f"{'Redone' if again else 'Undone'}: {what}.")
        if saved.passed:
            note("Passed over: " + " ".join(saved.passed))


def history(
    study: StudyFile,
    coder: Annotated[str | None, typer.Option(help="Only what this coder did.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many lines.")] = 30,
    as_json: AsJson = False,
) -> None:
    """List what was decided, noted, changed, undone and imported, newest first.

    `coder undo --act` takes a line back by its name; of memos, groups, the codebook, names and plans only the newest.
    Example: coder history pilot.coder --coder Ann --limit 10
    """
    from coder.cli.study_text import history_dicts, history_text
    from coder.workflow.study.history import history as work
    from coder.workflow.study.open import open_study

    with open_study(study, readonly=True) as opened:
        acts = work(opened, coder=coder, limit=limit)
    show(as_json, history_dicts(acts), lambda: history_text(acts))


def rename(
    study: StudyFile,
    transcript: Annotated[
        str,
        typer.Argument(
            help="The transcript: its name, its file's name, or, where several are called alike, the number that"
            " coder status gives."
        ),
    ],
    name: Annotated[str, typer.Argument(help="Its new name.")],
    coder: Annotated[str, typer.Option(help="Who renames it, and can undo that.")],
) -> None:
    """Give a transcript another name; the old one stays on record.

    Example: coder rename pilot.coder p01 "First interview" --coder Ann
    """
    from coder.workflow.study.open import open_study
    from coder.workflow.study.transcript_names import rename_transcript

    with open_study(study) as opened:
        before, after = rename_transcript(opened, transcript, name, coder=coder)
    typer.echo(f"{before} is called so already." if before == after else f"Renamed: {before} is now {after}.")


def register(app: typer.Typer) -> None:
    """Add this family's commands."""
    app.command("init", no_args_is_help=True)(init)
    app.command("import", no_args_is_help=True)(spread(import_, Imported, CodedOptions))
    app.command("suggest", no_args_is_help=True)(suggest)
    app.command("retrain", no_args_is_help=True)(spread(retrain, Retraining))
    app.command("status", no_args_is_help=True)(status)
    app.command("merge", no_args_is_help=True)(merge)
    app.command("export", no_args_is_help=True)(spread(export, Exported))
    app.command("undo", no_args_is_help=True)(undo)
    app.command("history", no_args_is_help=True)(history)
    app.command("rename", no_args_is_help=True)(rename)
