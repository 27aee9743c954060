"""Reports of the study's work as text for a terminal."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from coder.phrasing import MISSING, counted, interval, number, percent, percent_interval, table, typed
from coder.workflow.study.merge import MergeReport
from coder.workflow.study.model_comparison import Gain, Trial
from coder.workflow.study.open import ActSummary, Study
from coder.workflow.study.retrain import RetrainReport
from coder.workflow.study.review_queue import Rate
from coder.workflow.study.status import Status
from coder.workflow.study.suggest import SuggestReport

Rows = list[tuple[str, ...]]


def _lines(header: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    return table(header, rows, None, ruled=True).split("\n")


def suggest_text(report: SuggestReport, study: Path) -> str:
    """Return what a run of suggestions did."""
    if not report.looked_at:
        return f"{report.model} has looked at everything that is not coded; nothing new to suggest."
    lines = [
        f"{report.model} looked at {report.looked_at:,} utterances and suggests {report.codes:,} codes"
        f" for {report.suggested:,} of them. Review them: coder review {typed(study)} --coder NAME"
    ]
    lines += report.unread_words()
    lines += report.untested_words()
    lines += [
        f"'{name}' is unlike what the model learned from (told apart {percent(held.auc)} of the time, usual"
        f" {percent(held.usual)}); telling words: {', '.join(held.words) or 'none'}. Check it first."
        for name, held in report.unlike.items()
    ]
    return "\n".join(lines)


def retrain_text(report: RetrainReport) -> str:
    """Return the trial and the change as a table, the verdict first."""
    verdict = "is in use now" if report.accepted else "was not taken"
    lines = [
        f"{report.model} {verdict}: {report.reason}.",
        f"Learned from {report.learned_from:,} utterances that people decided; held out:"
        f" {', '.join(report.held_out) or 'nothing'}.",
    ]
    if report.trial is not None:
        lines += ["", *_trial_lines(report.trial, report.against, report.model)]
    change = report.change
    lines += [
        "",
        f"Suggestions on {change.compared:,} utterances: {change.flipped:,} differ,"
        f" {change.appeared:,} appear, {change.vanished:,} vanish.",
    ]
    if change.gained or change.lost:
        lines.append(
            f"Codes gained: {', '.join(change.gained) or MISSING}; lost: {', '.join(change.lost) or MISSING}."
        )
    if report.enough:
        lines.append("The last models agree almost wholly: more coding will change the suggestions little.")
    if not report.accepted:
        lines.append(f"{report.against} stays in use. To use the new one all the same: --force 'the reason'.")
    return "\n".join(lines)


def _trial_lines(trial: Trial, old: str, new: str) -> list[str]:
    from coder.statistics import FEWEST_TO_TELL

    def line(name: str, gain: Gain, support: str = "") -> tuple[str, ...]:
        bounds = interval((gain.low, gain.high), "+") or ("too few to tell" if gain.too_few else MISSING)
        return (
            name,
            support,
            number(gain.old),
            number(gain.new),
            number(gain.difference, "+"),
            bounds,
        )

    rows: Rows = [line("all codes, weighted", trial.overall, str(trial.overall.support))]
    rows += [line(code, gain, str(gain.support)) for code, gain in trial.codes.items()]
    rows += [line("theme (kappa)", trial.theme_kappa), line("polarity (kappa)", trial.polarity_kappa)]
    title = (
        f"Tried on {trial.n:,} codings of {trial.tried_on} (95 % intervals over {trial.resampled}, from"
        f" {FEWEST_TO_TELL} examples on):"
    )
    return [title, *_lines(("F1 of", "coded", old, new, "gain", "interval"), rows)]


def versions_dict(study: Study) -> dict[str, Any]:
    """Return versions, activations and trials as plain values."""
    return {
        "versions": [
            {"label": item.label, "active": item.active, "time": item.time, "card": dict(item.card)}
            for item in study.models.versions()
        ],
        "used": [
            {"time": time, "label": label, "reason": reason, "forced": forced}
            for time, label, reason, forced in study.models.activations()
        ],
        "trials": study.models.comparisons(),
    }


def versions_text(study: Study) -> str:
    """Return the versions of the model and when each was put in use."""
    rows = [
        ("* " + item.label if item.active else "  " + item.label, item.time[:16].replace("T", " "),
         str(item.card.get("utterances", MISSING)), number(_figure(item.card.get("held_out_f1"))))
        for item in study.models.versions()
    ]  # fmt: skip
    if not rows:
        return "No model has been used yet."
    lines = _lines(("  version", "made", "learned from", "held-out F1"), rows)
    lines += ["", "Put in use:"]
    lines += [
        f"  {time[:16].replace('T', ' ')}  {label}  {reason}{' (forced)' if forced else ''}"
        for time, label, reason, forced in study.models.activations()
    ]
    return "\n".join(lines)


def _figure(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def merge_text(report: MergeReport, out: Path) -> str:
    """Return what was joined and what both had changed."""
    figures = report.figures
    lines = [
        f"{out}: {counted(figures.transcripts, 'transcript')}, {counted(figures.decided, 'utterance')} decided by"
        f" {counted(len(figures.coders), 'coder')}, {counted(figures.disagreements, 'disagreement')} to adjudicate."
    ]
    if report.conflicts:
        lines.append(
            f"{counted(len(report.conflicts), 'conflict')} (nothing was lost; all versions are on record):"
        )
        lines += [f"  {sentence}" for sentence in report.conflicts]
    lines += report.notes
    return "\n".join(lines)


def history_text(acts: Sequence[ActSummary]) -> str:
    """Return acts as a table, newest first."""
    rows = [
        (item.act[:12], item.time[:19].replace("T", " "), item.coder,
         item.kind + (" (undone)" if item.undone else ""), item.mode, str(item.utterances), item.what)
        for item in acts
    ]  # fmt: skip
    return table(("act", "time", "coder", "kind", "mode", "utterances", "what"), rows, None, ruled=True)


def history_dicts(acts: Sequence[ActSummary]) -> list[dict[str, Any]]:
    """Return acts as plain values."""
    from dataclasses import asdict

    return [asdict(item) for item in acts]


def status_text(status: Status) -> str:
    """Return the status on one screen."""
    figures = status.figures
    done = figures.decided / figures.utterances if figures.utterances else None
    lines = [
        f"{status.name} · codebook {status.codebook} · {figures.transcripts} transcripts,"
        f" {figures.utterances:,} utterances, {figures.decided:,} decided ({percent(done)})",
    ]
    lines += ["", *_coder_lines(status)] if figures.coders else []
    lines += ["", *_code_lines(status)] if figures.codes else []
    lines += ["", *_model_lines(status)] if status.models else []
    lines += (
        [f"Disagreements to adjudicate: {figures.disagreements:,}; adjudicated: {figures.adjudicated:,}."]
        if len(figures.coders) > 1
        else []
    )
    lines += [
        f"Double-coded {item.name}: {', '.join(f'{who} {n:,}' for who, n in item.decided.items())} of"
        f" {item.utterances:,}, both {item.both:,}, {item.disagreements:,} to adjudicate."
        for item in status.double_coding
    ]
    lines += [
        f"Suggestions of {item.code} are accepted less often: {percent(item.before)} before,"
        f" {percent(item.lately)} lately."
        for item in status.falling
    ]
    lines += [
        f"'{name}' is unlike what the model learned from ({', '.join(item.words) or 'no telling words'})."
        for name, item in status.unlike.items()
    ]
    return "\n".join([*lines, *status.unknown_codes, *status.same_names, "", f"Next: {status.next}"])


def _coder_lines(status: Status) -> list[str]:
    total = status.figures.utterances
    rows = [
        (item.coder, f"{item.decided:,}", percent(item.decided / total if total else None), f"{item.coded:,}",
         f"{item.nothing:,}", f"{item.skipped:,}", f"{item.flagged:,}", f"{item.blind:,}",
         MISSING if item.pace is None else f"{item.pace:.1f} s")
        for item in status.figures.coders
    ]  # fmt: skip
    return _lines(("coder", "decided", "", "coded", "nothing", "skipped", "flagged", "blind", "pace"), rows)


def _code_lines(status: Status) -> list[str]:
    rows = [
        (item.code, f"{item.waiting:,}", f"{item.accepted:,}", f"{item.changed:,}", f"{item.rejected:,}",
         percent(item.acceptance))
        for item in status.figures.codes
    ]  # fmt: skip
    lines = _lines(("suggestions", "waiting", "accepted", "changed", "rejected", "acceptance"), rows)
    lines.append(
        f"Waiting: {status.figures.waiting:,} utterances with suggestions;"
        f" not looked at by the model: {status.figures.unsuggested:,}."
    )
    return lines


def _model_lines(status: Status) -> list[str]:
    active = next((item for item in status.models if item.active), None)
    figure = _figure(active.card.get("held_out_f1")) if active else None
    lines = [
        f"Model in use: {active.label if active else 'none'}, of {counted(len(status.models), 'version')};"
        f" held-out F1 {number(figure)}; {right_text(status.right)}"
    ]
    if status.trials:
        last = status.trials[0]
        verdict = "taken" if last["accepted"] else "not taken"
        lines.append(f"Last trial: {last['model']} against {last['against']}, {verdict} ({last['reason']}).")
    return lines


def right_text(right: Rate) -> str:
    """Return how often the first suggestion is right, in words with its interval."""
    if right.value is None:
        return "how often it is right is not known yet (code some of the random queue)."
    return (
        f"its first suggestion is right {percent(right.value)} of the time"
        f" {percent_interval((right.low, right.high))} ({right.n:,} drawn at random)."
    )
