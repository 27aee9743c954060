"""Where a study stands, on one screen: progress, what the model is worth, and what to do next."""

from dataclasses import asdict, dataclass
from typing import Any

from coder.phrasing import typed
from coder.store import Study
from coder.store.figures import StudyFigures, acts_per_day, decided_since
from coder.store.transcript_list import ids_in_use
from coder.store.values import ModelVersion, TranscriptInfo
from coder.workflow.study.codebook_edit import unknown_codes
from coder.workflow.study.double_coding import PlannedTranscript, double_coding_progress
from coder.workflow.study.drift import Falling, Unlikeness, all_drift, falling_codes
from coder.workflow.study.held_out import FEWEST_RESPONDENTS
from coder.workflow.study.review_queue import Rate, how_often_right
from coder.workflow.study.transcript_names import same_names

LARGE = 50_000  # utterances from which the random sample is not read through for the status


@dataclass(frozen=True, slots=True)
class Trust:
    """How far to trust the model: how often it is right, which codes please less, which transcripts are new to it."""

    right: Rate
    falling: tuple[Falling, ...]
    unlike: dict[str, Unlikeness]


@dataclass(frozen=True, slots=True)
class Status:
    """What `coder status` and the dashboard say. `next` is one sentence: the best next action."""

    name: str
    codebook: str
    figures: StudyFigures
    transcripts: tuple[TranscriptInfo, ...]
    models: tuple[ModelVersion, ...]
    trials: tuple[dict[str, Any], ...]
    right: Rate
    double_coding: tuple[PlannedTranscript, ...]
    falling: tuple[Falling, ...]
    unlike: dict[str, Unlikeness]
    unknown_codes: tuple[str, ...]
    same_names: tuple[str, ...]
    next: str

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON; figures that are undefined are None."""
        figures = asdict(self.figures)
        for held, code in zip(figures["codes"], self.figures.codes, strict=True):
            held["acceptance"] = code.acceptance
        return {
            "name": self.name,
            "codebook": self.codebook,
            "next": self.next,
            **figures,
            "transcript_list": [
                {
                    "name": item.name, "version": item.version, "utterances": item.utterances,
                    "decided": dict(item.decided), "held_out": item.held_out,
                }
                for item in self.transcripts
            ],
            "models": [
                {
                    "label": item.label, "active": item.active, "time": item.time,
                    "held_out_f1": item.card.get("held_out_f1"),
                }
                for item in self.models
            ],
            "trials": list(self.trials),
            "first_suggestion_right": asdict(self.right),
            "double_coding": [
                {"name": item.name, "coders": list(item.coders), "utterances": item.utterances,
                 "decided": dict(item.decided), "both": item.both, "disagreements": item.disagreements}
                for item in self.double_coding
            ],
            "falling": [asdict(item) for item in self.falling],
            "unknown_codes": list(self.unknown_codes),
            "same_names": list(self.same_names),
            "unlike": {name: asdict(item) for name, item in self.unlike.items()},
        }  # fmt: skip


def status(study: Study) -> Status:
    """Return where the study stands; quick on large studies too."""
    figures = study.figures()
    transcripts = tuple(study.texts.all())
    trusted = trust(study, figures)
    models = tuple(study.models.versions())
    trials = tuple(study.models.comparisons())
    return Status(
        name=study.name,
        codebook=study.codebooks.current().name,
        figures=figures,
        transcripts=transcripts,
        models=models,
        trials=trials,
        right=trusted.right,
        double_coding=tuple(double_coding_progress(study)),
        falling=trusted.falling,
        unlike=trusted.unlike,
        unknown_codes=tuple(unknown_codes(study)),
        same_names=tuple(same_names(study, study.path)),
        next=next_action(study, figures),
    )


def trust(study: Study, figures: StudyFigures) -> Trust:
    """Return how far to trust the model in use."""
    drifts, names = all_drift(study), study.texts.names()
    in_use = ids_in_use(study.db) if drifts else {}
    return Trust(
        right=how_often_right(study) if figures.decided <= LARGE else Rate(0, None, None, None),
        falling=tuple(falling_codes(study, figures.codes)),
        unlike={
            names[key]: drifts[uid] for uid, key in in_use.items() if uid in drifts and drifts[uid].unlike
        },
    )


def decisions_per_day(study: Study) -> list[tuple[str, int]]:
    """Return (day, gestures of all coders) in order of day."""
    days: dict[str, int] = {}
    for day, _, count, _ in acts_per_day(study.db):
        days[day] = days.get(day, 0) + count
    return sorted(days.items())


def next_action(study: Study, figures: StudyFigures) -> str:
    """Return the best next action as one sentence with its command."""
    path = typed(study.path)
    if not figures.transcripts:
        return f"Bring in transcripts: coder import {path} INTERVIEWS"
    plan = next((item for item in double_coding_progress(study) if not item.finished), None)
    if plan is not None:
        far = ", ".join(f"{name} {done:,} of {plan.utterances:,}" for name, done in plan.decided.items())
        return f"Double-code {plan.name} ({far}): coder review {path} --coder NAME"
    if not study.models.versions() or (figures.unsuggested and not figures.decided):
        return f"Let the model suggest codes: coder suggest {path}"
    if not figures.decided:
        return f"Look at the first suggestions: coder review {path} --coder NAME"
    if figures.disagreements and figures.disagreements >= figures.utterances - figures.decided:
        return f"Adjudicate {figures.disagreements:,} disagreements: coder review {path} --coder NAME"
    if _worth_retraining(study, figures):
        return f"Let the model learn from what was coded: coder retrain {path}"
    if figures.unsuggested:
        return f"Let the model look at {figures.unsuggested:,} new utterances: coder suggest {path}"
    if figures.decided < figures.utterances:
        left = figures.utterances - figures.decided
        return f"Go on coding ({left:,} utterances left): coder review {path} --coder NAME"
    if len(figures.coders) > 1:
        return f"See how well the coders agree: coder agreement {path}"
    return f"All is coded; write the report: coder report {path} -o report.html"


def _worth_retraining(study: Study, figures: StudyFigures) -> bool:
    """Return whether enough was decided since the last retraining: a quarter more, and 20 utterances at least."""
    coded = [item for item in study.texts.all() if item.decided]
    survey = any(
        study.texts.is_written(item.id) and len(item.speakers) >= FEWEST_RESPONDENTS for item in coded
    )
    if (len(coded) < 2 and not survey) or figures.decided < 30:
        return False
    last = max((str(item["time"]) for item in study.models.comparisons()), default="")
    fresh = decided_since(study.db, last)
    return not last or fresh >= max(20, (figures.decided - fresh) / 4)
