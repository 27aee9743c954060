"""Puts the agreement report together: who is compared with whom, on which units, and every section of it."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from coder.agreement.codings import ASSISTED, BLIND, NOTHING, Bools, Codings
from coder.agreement.coefficients import LEVELS, Scale, estimated
from coder.agreement.comparison import compare_with_model
from coder.agreement.confusion import confusion_matrices, disagreements
from coder.agreement.estimate import NAMES, CodeEstimates
from coder.agreement.interpretation import in_words, paradoxes
from coder.agreement.planning import more_units
from coder.agreement.report import AgreementReport, Options
from coder.agreement.setratings import SetRatings
from coder.agreement.sets import sets_estimated
from coder.agreement.stages import compared, stages
from coder.agreement.tables import pair_list
from coder.agreement.transcripts import per_transcript
from coder.errors import InputError
from coder.statistics import Estimate, Plan, plan_for

MOST_PAIRS_RESAMPLED = 45  # ten coders
SEVERAL = "some units carry several codes: see masi_alpha, pooled_kappa and the codes"


def agreement_report(codings: Codings, options: Options) -> AgreementReport:
    """Compute the whole report.

    Blind and assisted codings are never mixed: where both exist, the figures are those of cells coded blind,
    and assisted cells get an overall figure of their own; where only pairs with assisted cells exist, the
    whole report is labelled assisted agreement. A model is no coder: it is compared with people apart.
    Raises InputError for unknown coders or levels.
    """
    if options.level not in LEVELS:
        raise InputError(f"There is no level '{options.level}'; use nominal, ordinal or interval.")
    people = _people(codings, options)
    kind, kept, apart, notes = separated(people)
    sets = kept.sets()
    found = sets_estimated(sets, kept.clusters, options.resamples, options.seed, kept.weights)
    overall = _overall(found, sets, kept, options)
    unused = tuple(str(code) for code, used in zip(sets.codes, sets.used(), strict=True) if not used)
    total, rows = disagreements(kept, sets, options.most_disagreements)
    codes = {str(code): dict(values) for code, values in found.per_code.items()}
    return AgreementReport(
        kind=kind,
        unit=options.unit,
        n_units=_counted(kept, np.asarray(kept.rated().any(axis=1))),
        n_compared=compared(sets, kept.weights),
        n_transcripts=len(kept.transcripts),
        coders={
            name: _counted(kept, kept.state[:, kept.coders.index(name)] > 0)
            for name in people_names(codings, options)
        },
        level=options.level,
        interval=_interval_words(plan_for(len(sets.ids), kept.clusters, options.seed), options),
        overall=overall,
        codes=codes,
        unused=unused,
        pairs=_pairs(kept, sets, options),
        stages=stages(kept, sets, options.resamples, options.seed),
        components=_components(kept, options),
        transcripts=per_transcript(kept, sets),
        planning=_planning(kept, sets, codes, options),
        confusion=confusion_matrices(sets, kept.coders),
        n_disagreements=total,
        disagreements=rows,
        interpretation=_interpretation(overall, found, unused),
        model=_model(codings, options),
        assisted=_assisted(apart, options) if apart is not None else None,
        notes=(*notes, *_notes(unused)),
        labels=dict(kept.labels),
    )


def people_names(codings: Codings, options: Options) -> list[str]:
    """Return the coders without the model. Raises InputError if the named model is not among the coders."""
    if options.model_coder is not None and options.model_coder not in codings.coders:
        raise InputError(
            f"There is no coder '{options.model_coder}'; the table has {', '.join(codings.coders)}."
        )
    return [name for name in codings.coders if name != options.model_coder]


def _people(codings: Codings, options: Options) -> Codings:
    names = people_names(codings, options)
    return codings if options.model_coder is None else codings.of_coders(names)


def separated(codings: Codings) -> tuple[str, Codings, Codings | None, list[str]]:
    """Return the label, the codings to compare, assisted codings to report apart, and remarks."""
    blind, assisted = codings.state == BLIND, codings.state == ASSISTED
    if not assisted.any():
        return "agreement", codings, None, []
    if (blind.sum(axis=1) >= 2).any():
        mixed = int(((blind.sum(axis=1) == 1) & assisted.any(axis=1)).sum())
        apart = codings.only(assisted) if (assisted.sum(axis=1) >= 2).any() else None
        notes = [f"{int(assisted.sum())} codings made with suggestions in sight are not in these figures."]
        if mixed:
            notes.append(
                f"{mixed} units were coded blind by one coder and with suggestions by another: in neither."
            )
        return "agreement", codings.only(blind), apart, notes
    names = [coder for coder, seen in zip(codings.coders, assisted.any(axis=0), strict=True) if seen]
    note = f"{', '.join(names)} saw suggestions before coding: this is assisted agreement, not reliability."
    return "assisted agreement", codings, None, [note]


def _interval_words(plan: Plan, options: Options) -> str:
    if options.resamples < 1:
        return "none"
    if plan.jackknifed:
        return f"95 %, jackknife over {plan.n_clusters} transcripts (fewer than ten: read with care)"
    if plan.clustered:
        resamples = f"{options.resamples:,} resamples, seed {options.seed}"
        return f"95 %, bootstrap over {plan.n_clusters} transcripts ({resamples})"
    why = "one transcript" if plan.n_clusters == 1 else "no transcripts are named"
    return f"95 %, units taken as independent ({why}): likely too narrow"


def _counted(codings: Codings, chosen: Bools) -> int:
    return int(chosen.sum()) if codings.weights is None else int(codings.weights[chosen].sum())


def _overall(
    found: CodeEstimates, sets: SetRatings, codings: Codings, options: Options
) -> dict[str, Estimate]:
    """Return set coefficients, and those for one category per unit where no unit has several codes."""
    singles = sets.members.sum(axis=1)
    present = np.unique(sets.ids[sets.ids >= 0])
    if (singles[present] > 1).any():
        if options.level != "nominal":
            raise InputError(f"The {options.level} level needs one category per unit; {SEVERAL}.")
        single = {name: Estimate(None, reason=SEVERAL) for name in NAMES if name not in found}
    else:
        nothing = bool((singles[present] == 0).any())
        if nothing and options.level != "nominal":
            raise InputError(
                f"The {options.level} level has no place for '{NOTHING}'; leave such units empty (not rated)."
            )
        place = np.append(np.where(singles > 0, sets.members.argmax(axis=1), len(sets.codes)), -1)
        categories = max(1, len(sets.codes) + nothing) if len(present) else len(sets.codes)
        plan = plan_for(len(sets.ids), codings.clusters, options.seed)
        scale = _scale(sets, categories, options)
        single = estimated(place[sets.ids], scale, plan, options.resamples, codings.weights)
    return {**single, **found.overall, "percent_agreement": found["percent_agreement"]}


def _scale(sets: SetRatings, categories: int, options: Options) -> Scale:
    if options.level == "nominal":
        return Scale("nominal", categories)
    try:
        points = np.array([float(code) for code in sets.codes])
    except ValueError:
        points = np.arange(categories, dtype=np.float64)
    return Scale(options.level, categories, points)


def _pairs(codings: Codings, sets: SetRatings, options: Options) -> dict[str, dict[str, Any]]:
    """Return the agreement of every two coders who share units, with each code's kappa."""
    pairs = pair_list(len(codings.coders))
    resamples = options.resamples if len(pairs) <= MOST_PAIRS_RESAMPLED else 0
    found = {}
    for one, two in pairs:
        own = SetRatings(sets.ids[:, [one, two]], sets.members, sets.codes)
        if not compared(own):
            continue
        values = sets_estimated(own, codings.clusters, resamples, options.seed, codings.weights)
        names = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_cohen_kappa", "macro_gwet_ac1")
        found[f"{codings.coders[one]} | {codings.coders[two]}"] = {
            "coders": [codings.coders[one], codings.coders[two]],
            "n_units": compared(own, codings.weights),
            **{name: values[name] for name in names},
            "codes": {
                str(code): {name: per[name] for name in ("percent_agreement", "cohen_kappa", "gwet_ac1")}
                for code, per in values.per_code.items()
            },
        }
    return found


def _components(codings: Codings, options: Options) -> dict[str, Any]:
    if not codings.parents:
        return {}
    sets = codings.components().sets()
    found = sets_estimated(sets, codings.clusters, options.resamples, options.seed, codings.weights)
    return {"overall": found.overall, "codes": {str(code): per for code, per in found.per_code.items()}}


def _planning(
    codings: Codings, sets: SetRatings, codes: dict[str, dict[str, Estimate]], options: Options
) -> dict[str, dict[str, Any]]:
    """Return, per code, what an interval of the wanted width would take, from the width reached so far."""
    if codings.weights is not None:
        return {}
    plain = sets_estimated(sets, None, min(options.resamples, 500), options.seed)
    return {
        code: {
            "wanted_half_width": options.half_width,
            **more_units(
                found["light_kappa"],
                plain.per_code[code]["light_kappa"],
                compared(sets),
                len(codings.transcripts),
                options.half_width,
            ),
        }
        for code, found in codes.items()
    }


def _interpretation(
    overall: Mapping[str, Estimate], found: CodeEstimates, unused: tuple[str, ...]
) -> tuple[str, ...]:
    single = overall["krippendorff_alpha"]
    sentences = [
        in_words("Krippendorff's alpha", single, "Krippendorff (2019)")
        or in_words(
            "Krippendorff's alpha on sets of codes (MASI)", found["masi_alpha"], "Krippendorff (2019)"
        ),
        in_words("Pooled kappa", found["pooled_kappa"], "Landis & Koch (1977), limits they called arbitrary"),
    ]
    sentences.append(
        paradoxes({str(code): per for code, per in found.per_code.items() if code not in unused})
    )
    return tuple(sentence for sentence in sentences if sentence)


def _notes(unused: tuple[str, ...]) -> list[str]:
    if not unused:
        return []
    return [f"Nobody used {', '.join(unused)}: left out of every mean, agreement on them is unknown."]


def _model(codings: Codings, options: Options) -> dict[str, Any] | None:
    if options.model_coder is None:
        return None
    column = codings.coders.index(options.model_coder)
    found = compare_with_model(
        codings.sets(),
        column,
        codings.clusters,
        resamples=options.resamples,
        seed=options.seed,
        weight=codings.weights,
    )
    return {"coder": options.model_coder, **{name: getattr(found, name) for name in found.__slots__}}


def _assisted(codings: Codings, options: Options) -> dict[str, Any]:
    sets = codings.sets()
    found = sets_estimated(sets, codings.clusters, options.resamples, options.seed, codings.weights)
    return {
        "kind": "assisted agreement",
        "n_compared": compared(sets, codings.weights),
        "overall": found.overall,
    }
