"""Evaluation reports and model cards as text for a terminal or a README."""

from collections.abc import Mapping, Sequence
from typing import Any

Report = Mapping[str, Any]
BASELINES = {
    "majority": "always the commonest code",
    "tfidf_svm": "TF-IDF + SVM",
    "frozen_lr": "frozen vectors + LR",
}
THEMES = {
    "accuracy": "right code first (accuracy)",
    "kappa": "kappa, one code each",
    "top2_accuracy": "right code among the first two",
    "forced_macro_f1": "macro F1, one code each",
    "macro_f1": "macro F1 of what is suggested",
    "micro_f1": "micro F1 of what is suggested",
}


def figure(section: Report, name: str) -> str:
    """Return an estimate with its 95 % interval, or why there is none."""
    value = section.get(name)
    if value is None:
        return "–"
    low, high = section.get("ci_low", {}).get(name), section.get("ci_high", {}).get(name)
    return f"{value:.2f}" + (f" [{low:.2f}, {high:.2f}]" if low is not None and high is not None else "")


def columns(header: Sequence[str], rows: Sequence[Sequence[str]], indent: str = "  ") -> str:
    """Return rows as aligned columns, the first to the left, the others to the right."""
    widths = [max(len(row[place]) for row in [header, *rows]) for place in range(len(header))]
    lines = []
    for row in [header, *rows]:
        cells = [row[0].ljust(widths[0])] + [
            cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)
        ]
        lines.append((indent + "  ".join(cells)).rstrip())
    return "\n".join(lines)


def performance_text(report: Report) -> str:
    """Return an evaluation report as text: overall, baselines, per code, confusable pairs, by attribute."""
    themes = report["themes"]
    parts = [
        f"{report['n']} excerpts in {report['n_groups']} groups, model {report['model']}"
        + ("" if report["n_groups"] >= 3 else " (too few groups for intervals)"),
        "",
        f"Themes ({themes['n_single']} excerpts with exactly one code)",
        columns(["", "estimate"], [[words, figure(themes, name)] for name, words in THEMES.items()]),
        "",
        "Barrier or facilitator "
        f"({report['polarity']['n']} excerpts): kappa {figure(report['polarity'], 'kappa')}, "
        f"macro F1 {figure(report['polarity'], 'macro_f1')}",
        f"Anything to code: recall {figure(report['codable'], 'recall')}, "
        f"precision {figure(report['codable'], 'precision')}",
    ]
    if "components" in report:
        parts.append(f"Components: kappa {figure(report['components'], 'kappa')}")
    calibration = report["calibration"]
    if calibration["ece_suggested"] is not None:
        parts.append(
            f"Stated confidence is off by {calibration['ece_suggested']:.2f} on average (suggested codes)"
        )
    for part in (_baselines(report), _codes(report), _confusable(report), _attribute(report)):
        if part:
            parts += ["", part]
    return "\n".join(parts)


def _baselines(report: Report) -> str:
    if "baselines" not in report:
        return ""
    rows = [["this model", figure(report["themes"], "kappa"), figure(report["polarity"], "kappa")]]
    for name, words in BASELINES.items():
        found = report["baselines"][name]
        rows.append([words, figure(found["themes"], "kappa"), figure(found["polarity"], "kappa")])
    title = "Beside simple methods trained on the other groups of these excerpts (kappa)"
    return title + "\n" + columns(["", "themes", "polarity"], rows)


def _codes(report: Report) -> str:
    names = ("precision", "recall", "f1", "kappa", "gwet_ac1", "pabak")
    rows = [
        [code, str(found["support"]), *(figure({name: found[name]}, name) for name in names)]
        for code, found in report["codes"].items()
    ]
    return "Per code, at the thresholds in use\n" + columns(["", "n", *names], rows)


def _confusable(report: Report) -> str:
    rows = [
        f"  {first} taken for {second} {pair['first_as_second']} times, the other way {pair['second_as_first']}"
        for pair in report["confusable"][:4]
        for first, second in [pair["codes"]]
    ]
    return "\n".join(["Most often confused", *rows]) if rows else ""


def _attribute(report: Report) -> str:
    if "by" not in report:
        return ""
    names = ("theme_kappa", "micro_f1", "codable_recall", "polarity_kappa")
    rows = [
        [value, str(found["n"]), *(figure({name: found[name]}, name) for name in names)]
        for value, found in report["by"]["values"].items()
    ]
    return f"By {report['by']['column']}\n" + columns(["", "n", *names], rows)


def held_out_text(card: Report) -> str:
    """Return the held-out part of a model's card as text."""
    held_out = card.get("measured") or {}
    titles = {
        "by_study": "HELD-OUT STUDIES (what to expect on a study it has never seen)",
        "by_group": "HELD-OUT TRANSCRIPTS OR PARTICIPANTS (another interview of the same study)",
    }
    parts = [
        f"{title}\n{performance_text(held_out[key])}" for key, title in titles.items() if key in held_out
    ]
    parts += held_out.get("why_not", [])
    curve = held_out.get("learning_curve")
    if curve:
        rows = [[str(point["excerpts"]), figure(point, "theme_kappa"), figure(point, "polarity_kappa")]
                for point in curve["points"]]  # fmt: skip
        parts.append(
            "Learning curve (kappa on one held-out part)\n"
            + columns(["excerpts", "themes", "polarity"], rows)
        )
        if curve["gain"] is not None:
            parts.append(
                f"With {curve['more']} more excerpts you would gain about {curve['gain']:.2f} theme kappa."
            )
    return "\n\n".join(parts) if parts else "Not measured."


def list_text(models: Sequence[Report]) -> str:
    """Return the models one per line: name, codebook, number of excerpts, held-out kappa, folder."""
    rows = [
        [
            str(card["name"]), str(card["codebook"]["name"]), str(card["data"]["n"]),
            figure(card.get("held_out", {}).get("themes", {}), "kappa"), str(card["path"]),
        ]
        for card in models
    ]  # fmt: skip
    return columns(["name", "codebook", "excerpts", "held-out kappa", "folder"], rows, indent="")


def comparison_text(report: Report) -> str:
    """Return a comparison of two models as text."""

    def row(name: str, found: Report) -> list[str]:
        change = "–"
        if found["difference"] is not None:
            change = f"{found['difference']:+.2f}"
            if "ci_low" in found:
                change += f" [{found['ci_low']:+.2f}, {found['ci_high']:+.2f}]"
        return [
            name,
            *("–" if found[side] is None else f"{found[side]:.2f}" for side in ("first", "second")),
            change,
        ]

    rows = [row("themes, kappa", report["theme_kappa"]), row("polarity, kappa", report["polarity_kappa"])]
    rows += [
        row(f"{code}, F1 (n={found['support']})", found["f1"]) for code, found in report["codes"].items()
    ]
    return (
        f"{report['n']} excerpts in {report['n_groups']} groups;"
        f" change = {report['second']} minus {report['first']}\n"
        + columns(["", str(report["first"]), str(report["second"]), "change"], rows)
    )


def card_text(card: Report) -> str:
    """Return a model card as text: data, verdict per code, held-out figures, limits, fingerprints."""
    lines = [f"# Model {card['name']}", "", str(card["limits"]), "", "## Trained on", ""]
    for key, value in card["data"].items():
        shown = (
            ", ".join(f"{name} {count}" for name, count in value.items())
            if isinstance(value, dict)
            else value
        )
        lines.append(f"- {key.replace('_', ' ')}: {shown}")
    lines += [f"- {note}" for note in card.get("training_notes", [])]
    lines += ["", "## Verdict per code", ""]
    lines += [f"- {_verdict(found)}" for found in card.get("codes", [])]
    lines += ["", "## Held-out performance", "", _held_out(card.get("held_out", {}))]
    if card.get("measured"):
        lines += ["", held_out_text(card)]
    lines += [
        "", "## Fingerprints", "",
        f"- codebook {card['codebook']['name']}: {card['codebook_hash']}", f"- encoder: {card['encoder']['id']}",
    ]  # fmt: skip
    return "\n".join(lines)


def _verdict(found: Report) -> str:
    kappa = "not measured" if found["kappa"] is None else f"held-out kappa {found['kappa']:.2f}"
    judged = "suggested" if found["usable"] else "NOT suggested"
    return ". ".join(filter(None, [f"{found['code']}: {judged} ({found['positives']} excerpts, {kappa})",
                                   found["why"], found["mend"]]))  # fmt: skip


def _held_out(figures: Report) -> str:
    """Return the figures that training itself measured on held-out groups."""
    parts = []
    if "themes" in figures:
        themes = figures["themes"]
        parts.append(f"themes kappa {figure(themes, 'kappa')}, among the first two {figure(themes, 'top2')}")
    if "polarity" in figures:
        parts.append(f"polarity kappa {figure(figures['polarity'], 'kappa')}")
    if "calibration_error" in figures:
        parts.append(f"stated confidence off by {figures['calibration_error']:.3f}")
    return "On groups held out while training: " + "; ".join(parts) + "." if parts else "Not measured."
