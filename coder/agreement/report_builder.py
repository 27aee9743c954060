"""The sections of the agreement report, computed: who is compared with whom, on which units, how well."""

from collections.abc import Mapping
from typing import Any

import numpy as np

from coder.agreement.code_sets import SetRatings
from coder.agreement.codings import ASSISTED, BLIND, NOTHING, Codings
from coder.agreement.coefficients import LEVELS, NAMES, CodeEstimates, Scale, estimated
from coder.agreement.comparison import compare_with_model
from coder.agreement.confusion import confusion_matrices, disagreements
from coder.agreement.interpretation import in_words, paradoxes
from coder.agreement.report import (
    SEVERAL,
    AgreementReport,
    AssistedAgreement,
    CodeTables,
    ModelAgreement,
    Options,
    PairAgreement,
    SampleSize,
    SetAgreement,
    Stage,
    Totals,
    TranscriptAgreement,
    TranscriptTable,
)
from coder.agreement.sample_size import more_units
from coder.agreement.sets import SetStatistic, sets_estimated
from coder.agreement.tables import pair_list
from coder.arrays import Bools, Floats
from coder.domain import ADJUDICATED
from coder.errors import InputError
from coder.phrasing import counted
from coder.statistics import Estimate, Plan, plan_for

MOST_PAIRS_RESAMPLED = 45  # ten coders
OF_TRANSCRIPTS = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_gwet_ac1")
OF_TRANSCRIPT_CODES = ("percent_agreement", "light_kappa", "gwet_ac1", "krippendorff_alpha")
MOST_TRANSCRIPTS = 2000  # transcripts listed one by one


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
    kind, main, apart, notes = separated(people)
    sets = main.sets()
    estimates = sets_estimated(sets, main.clusters, options.resamples, options.seed, main.weights)
    overall = _overall(estimates, sets, main, options)
    unused = tuple(str(code) for code, used in zip(sets.codes, sets.used(), strict=True) if not used)
    total, rows = disagreements(main, sets, options.most_disagreements)
    codes = {str(code): values for code, values in estimates.per_code.items()}
    return AgreementReport(
        kind=kind,
        unit=options.unit,
        n_units=_counted(main, np.asarray(main.rated().any(axis=1))),
        n_compared=compared(sets, main.weights),
        n_transcripts=len(main.transcripts),
        coders={
            name: _counted(main, main.state[:, main.coders.index(name)] > 0)
            for name in people_names(codings, options)
        },
        level=options.level,
        interval=_interval_words(plan_for(len(sets.ids), main.clusters, options.seed), options),
        overall=overall,
        codes=codes,
        unused=unused,
        pairs=_pairs(main, sets, options),
        stages=stages(main, sets, options.resamples, options.seed),
        components=_components(main, options),
        transcripts=per_transcript(main, sets),
        planning=_planning(main, sets, codes, options),
        confusion=tuple(confusion_matrices(sets, main.coders)),
        n_disagreements=total,
        disagreements=tuple(rows),
        interpretation=_interpretation(overall, estimates, unused),
        model=_model(codings, main, options),
        assisted=_assisted(apart, options) if apart is not None else None,
        notes=(*notes, *_left_out_of_model(codings, people, main, options), *_notes(unused)),
        labels=dict(main.labels),
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
    saw = zip(codings.coders, assisted.any(axis=0), strict=True)
    names = [coder for coder, seen in saw if seen and coder != ADJUDICATED]
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
    estimates: CodeEstimates, sets: SetRatings, codings: Codings, options: Options
) -> dict[str, Estimate]:
    """Return set coefficients, and those for one category per unit where no unit has several codes."""
    singles = sets.members.sum(axis=1)
    present = np.unique(sets.ids[sets.ids >= 0])
    if (singles[present] > 1).any():
        if options.level != "nominal":
            raise InputError(f"The {options.level} level needs one category per unit; {SEVERAL}.")
        single = {name: Estimate(None, reason=SEVERAL) for name in NAMES if name not in estimates}
    else:
        nothing = bool((singles[present] == 0).any())
        if nothing and options.level != "nominal":
            raise InputError(
                f"The {options.level} level has no place for '{NOTHING}'; leave such units empty (not rated)."
            )
        category = np.append(np.where(singles > 0, sets.members.argmax(axis=1), len(sets.codes)), -1)
        categories = max(1, len(sets.codes) + nothing) if len(present) else len(sets.codes)
        plan = plan_for(len(sets.ids), codings.clusters, options.seed)
        scale = _scale(sets, categories, options)
        single = estimated(category[sets.ids], scale, plan, options.resamples, codings.weights)
    return {**single, **estimates.overall, "percent_agreement": estimates["percent_agreement"]}


def _scale(sets: SetRatings, categories: int, options: Options) -> Scale:
    """Return how categories compare. Raises InputError for words without the order that the level needs."""
    if options.level == "nominal":
        return Scale("nominal", categories)
    points = _numbers(sets)
    if points is None and options.level == "interval":
        raise InputError(
            f"The interval level needs codes that are numbers, unlike {', '.join(map(str, sets.codes[:6]))}."
        )
    if points is None and not options.ordered:
        raise InputError(
            f"The ordinal level needs the order of the categories ({', '.join(map(str, sets.codes[:6]))}): list"
            " them from lowest to highest, one a line, in a file (--categories FILE.txt)."
        )
    return Scale(
        options.level, categories, np.arange(categories, dtype=np.float64) if points is None else points
    )


def _numbers(sets: SetRatings) -> Floats | None:
    """Return the codes as numbers, None if any is none."""
    try:
        points = np.array([float(code) for code in sets.codes])
    except ValueError:
        return None
    return points if np.isfinite(points).all() else None


def _pairs(codings: Codings, sets: SetRatings, options: Options) -> dict[str, PairAgreement]:
    """Return the agreement of every two coders who share units, with each code's kappa."""
    pairs = pair_list(len(codings.coders))
    resamples = options.resamples if len(pairs) <= MOST_PAIRS_RESAMPLED else 0
    by_pair = {}
    for one, two in pairs:
        pair_sets = SetRatings(sets.ids[:, [one, two]], sets.members, sets.codes)
        if not compared(pair_sets):
            continue
        values = sets_estimated(pair_sets, codings.clusters, resamples, options.seed, codings.weights)
        names = ("percent_agreement", "masi_alpha", "pooled_kappa", "macro_cohen_kappa", "macro_gwet_ac1")
        by_pair[f"{codings.coders[one]} | {codings.coders[two]}"] = PairAgreement(
            coders=(codings.coders[one], codings.coders[two]),
            n_units=compared(pair_sets, codings.weights),
            estimates={name: values[name] for name in names},
            codes={
                str(code): {name: per[name] for name in ("percent_agreement", "cohen_kappa", "gwet_ac1")}
                for code, per in values.per_code.items()
            },
        )
    return by_pair


def _components(codings: Codings, options: Options) -> SetAgreement | None:
    if not codings.parents:
        return None
    sets = codings.components().sets()
    estimates = sets_estimated(sets, codings.clusters, options.resamples, options.seed, codings.weights)
    return SetAgreement(estimates.overall, {str(code): per for code, per in estimates.per_code.items()})


def _planning(
    codings: Codings, sets: SetRatings, codes: CodeTables, options: Options
) -> dict[str, SampleSize]:
    """Return, per code, what an interval of the wanted width would take, from the width reached so far."""
    if codings.weights is not None:
        return {}
    plain = sets_estimated(sets, None, min(options.resamples, 500), options.seed)
    return {
        code: more_units(
            estimates["light_kappa"],
            plain.per_code[code]["light_kappa"],
            compared(sets),
            len(codings.transcripts),
            options.half_width,
        )
        for code, estimates in codes.items()
    }


def _interpretation(
    overall: Mapping[str, Estimate], estimates: CodeEstimates, unused: tuple[str, ...]
) -> tuple[str, ...]:
    single = overall["krippendorff_alpha"]
    sentences = [
        in_words("Krippendorff's alpha", single, "Krippendorff (2019)")
        or in_words(
            "Krippendorff's alpha on sets of codes (MASI)", estimates["masi_alpha"], "Krippendorff (2019)"
        ),
        in_words(
            "Pooled kappa", estimates["pooled_kappa"], "Landis & Koch (1977), limits they called arbitrary"
        ),
    ]
    sentences.append(
        paradoxes({str(code): per for code, per in estimates.per_code.items() if code not in unused})
    )
    return tuple(sentence for sentence in sentences if sentence)


def _notes(unused: tuple[str, ...]) -> list[str]:
    if not unused:
        return []
    return [f"Nobody used {', '.join(unused)}: left out of every mean, agreement on them is unknown."]


def _left_out_of_model(codings: Codings, people: Codings, main: Codings, options: Options) -> list[str]:
    """Say how many codings the model is not compared with, since people saw suggestions."""
    if options.model_coder is None:
        return []
    of_model = codings.rated()[:, codings.coders.index(options.model_coder)]
    left_out = int((people.rated() & ~main.rated())[of_model].sum())
    if not left_out:
        return []
    return [
        f"Left out of the comparison with {options.model_coder}: {counted(left_out, 'coding')} of people made with"
        " suggestions in sight."
    ]


def _model(codings: Codings, main: Codings, options: Options) -> ModelAgreement | None:
    """Compare the model with people where the report does: not where they saw suggestions and others coded blind."""
    if options.model_coder is None:
        return None
    of_model = np.array([name == options.model_coder for name in codings.coders])
    return compare_with_model(codings.only(main.rated() | (codings.rated() & of_model)), options)


def _assisted(codings: Codings, options: Options) -> AssistedAgreement:
    sets = codings.sets()
    estimates = sets_estimated(sets, codings.clusters, options.resamples, options.seed, codings.weights)
    return AssistedAgreement(compared(sets, codings.weights), estimates.overall)


def stages(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> dict[str, Stage]:
    """Return the steps: `codable`, `which_code` among units that both coded, and polarity where it is used.

    `polarity` compares the polarity of a code that both coders gave; `code_and_polarity` counts the same code
    with the opposite polarity as another code.
    """
    stages = {
        "codable": _codable(codings, sets, resamples, seed),
        "which_code": _which(codings, sets, resamples, seed),
    }
    if codings.polarities:
        stages["polarity"] = polarity_stage(codings, resamples, seed)
        joint = codings.with_polarity().sets()
        overall = sets_estimated(joint, codings.clusters, resamples, seed, codings.weights).overall
        stages["code_and_polarity"] = Stage(
            "the same code with the same polarity?", compared(joint, codings.weights), overall
        )
    return stages


def compared(sets: SetRatings, weight: Floats | None = None) -> int:
    """Return how many units (by weight: characters) at least two coders rated."""
    both = (sets.ids >= 0).sum(axis=1) >= 2
    return int(both.sum()) if weight is None else int(weight[both].sum())


def _codable(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> Stage:
    filled = np.append(sets.members.any(axis=1).astype(np.int64), -1)
    plan = plan_for(len(sets.ids), codings.clusters, seed)
    estimates = estimated(filled[sets.ids], Scale("nominal", 2), plan, resamples, codings.weights)
    return Stage("is there anything to code?", compared(sets, codings.weights), estimates)


def _which(codings: Codings, sets: SetRatings, resamples: int, seed: int) -> Stage:
    filled = np.append(sets.members.any(axis=1), False)
    only = SetRatings(np.where(filled[sets.ids], sets.ids, -1), sets.members, sets.codes)
    estimates = sets_estimated(only, codings.clusters, resamples, seed, codings.weights)
    return Stage("which code, where both coded?", compared(only, codings.weights), estimates.overall)


def polarity_stage(codings: Codings, resamples: int, seed: int) -> Stage:
    """Return agreement on polarity among codes that at least two coders gave to a unit."""
    ratings, units = codings.polarity_ratings()
    clusters: Any = None if codings.clusters is None else codings.clusters[units]
    weight = None if codings.weights is None else codings.weights[units]
    plan = plan_for(len(ratings), clusters, seed)
    estimates = estimated(ratings, Scale("nominal", max(2, len(codings.polarities))), plan, resamples, weight)
    both = (ratings >= 0).sum(axis=1) >= 2
    n = int(both.sum()) if weight is None else int(weight[both].sum())
    return Stage("which polarity, where both gave the same code?", n, estimates)


def per_transcript(codings: Codings, sets: SetRatings) -> TranscriptTable | None:
    """Return values per transcript and their totals; None without transcripts (or with thousands).

    `light_kappa` is Cohen's kappa for two coders.
    """
    count = len(codings.transcripts)
    if not 0 < count <= MOST_TRANSCRIPTS:
        return None
    plan = Plan(codings.transcript_of, count, True, count, 0)
    statistic = SetStatistic(sets, plan, codings.weights)
    single, pooled = statistic(np.eye(count)), statistic(np.ones((1, count)))
    both = (sets.ids >= 0).sum(axis=1) >= 2
    counted = None if codings.weights is None else codings.weights[both]
    sizes = np.bincount(codings.transcript_of[both], weights=counted, minlength=count).astype(np.float64)
    used = [column for column, used in enumerate(statistic.used) if used]
    listed = {
        name: TranscriptAgreement(
            int(sizes[row]),
            {key: _defined(single[key][row]) for key in OF_TRANSCRIPTS},
            {
                str(sets.codes[column]): {
                    key: _defined(single[f"{column}/{key}"][row]) for key in OF_TRANSCRIPT_CODES
                }
                for column in used
            },
        )
        for row, name in enumerate(codings.transcripts)
    }
    totals = {key: _totals(single[key], pooled[key], sizes) for key in OF_TRANSCRIPTS}
    code_totals = {
        str(sets.codes[column]): {
            key: _totals(single[f"{column}/{key}"], pooled[f"{column}/{key}"], sizes)
            for key in OF_TRANSCRIPT_CODES
        }
        for column in used
    }
    return TranscriptTable(listed, totals, code_totals)


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _totals(single: Floats, pooled: Floats, sizes: Floats) -> Totals:
    defined = ~np.isnan(single)
    if not defined.any():
        return Totals(None, None, _defined(pooled[0]), 0)
    return Totals(
        unweighted=float(single[defined].mean()),
        size_weighted=float(np.average(single[defined], weights=sizes[defined])),
        pooled=_defined(pooled[0]),
        n_transcripts=int(defined.sum()),
    )
