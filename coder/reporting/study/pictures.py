"""The pictures of a study: balance, groups, stripes, co-occurrence, saturation, fate of suggestions, agreement.

Barriers are dark and facilitators light, so that pictures can be read in grey; figures stand beside the marks.
"""

import textwrap
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from typing import Any

from coder.agreement.report import AgreementReport
from coder.phrasing import counted, estimate, percent, shortened
from coder.reporting.agreement_plot import draw_forest, forest_rows, forest_size
from coder.reporting.plots import fix_axes
from coder.reporting.study.contents import Picture
from coder.reporting.study.participants import groups_of, together
from coder.reporting.study.values import Coding, ModelFacts, ReportOptions, StudyData, cases_of, hidden

INK, FAINT, LIGHT = "#222222", "#6f6a62", "#d9d4ca"
DARK, PALE, MIDDLE = (
    "#8f3b0a",
    "#7fb8da",
    "#9a8fb5",
)  # barrier, facilitator, mixed or no polarity: 30, 71, 61 of 100 L*
COLOURS: dict[str | None, str] = {"barrier": DARK, "facilitator": PALE, "mixed": MIDDLE, None: MIDDLE}
STYLE: Any = {
    "font.size": 9, "axes.spines.top": False, "axes.spines.right": False, "svg.hashsalt": "coder",
    "svg.fonttype": "none", "axes.edgecolor": FAINT, "text.color": INK, "axes.labelcolor": INK,
}  # fmt: skip
WIDTH, ROW, AROUND = 7.5, 0.3, 1.1  # inches: a page's text, a row, title and axis
COLUMN_NAME = 15  # characters of a line above a column
NAME = 34  # characters of a code's or a transcript's name
MOST_STRIPES = 24  # transcripts drawn with stripes
MOST_LINES = 12  # codes with a line of their own in stripes; beyond, components
MOST_FIGURES = 24  # rows or columns of a heat map with figures in its cells


def pictures(data: StudyData, options: ReportOptions) -> Iterator[Picture]:
    """Yield the pictures that the study has data for."""
    if not data.codings:
        return
    yield _balance(data)
    for attribute in options.by or ((options.apart,) if options.apart else ()):
        yield _groups(data, attribute, options)
    yield _stripes(data)
    pairs = together(data)
    if any(one != other for one, other in pairs):
        yield _together(data, pairs)
    if len(data.sources) > 1:
        yield _saturation(data)
    if any(fate.answered or fate.waiting for fate in data.fates):
        yield _fates(data)
    if data.model is not None and data.model.coverage:
        yield _risk(data.model)
    if data.model is not None and data.model.calibration:
        yield _calibration(data.model)
    if data.agreement is not None and forest_rows(data.agreement):
        yield _agreement(data.agreement)


@contextmanager
def _drawing(width: float, height: float) -> Iterator[tuple[Any, Any]]:
    """Yield a matplotlib figure with axes, closed at the end; no display is needed."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    with mpl.rc_context(STYLE), warnings.catch_warnings():
        # Names may hold emoji or scripts that the picture's font lacks: the svg shows them in the reader's fonts.
        warnings.filterwarnings("ignore", message="Glyph .* missing")
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        figure, axes = plt.subplots(figsize=(width, height), layout="constrained")
        try:
            yield figure, axes
        finally:
            plt.close(figure)


def _picture(
    name: str,
    title: str,
    alt: str,
    size: tuple[float, float],
    draw: Callable[[Any, Any], None],
    notes: Sequence[str],
) -> Picture:
    with _drawing(*size) as (figure, axes):
        draw(figure, axes)
        fix_axes(figure)
        svg, png = BytesIO(), BytesIO()
        figure.savefig(svg, format="svg", metadata={"Date": None})
        figure.savefig(png, format="png", dpi=160)
    return Picture(name, title, alt, svg.getvalue(), png.getvalue(), notes)


def _height(rows: int, row: float = ROW) -> float:
    return AROUND + row * max(rows, 1)


def _named(axes: Any, names: Sequence[str]) -> None:
    axes.set_yticks(range(len(names)), [shortened(name, NAME) for name in names])
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)


def _balance(data: StudyData) -> Picture:
    codes = data.codebook.codes
    left = [_count(data.codings, code.id, "barrier") for code in codes]
    right = [_count(data.codings, code.id, "facilitator") for code in codes]
    other = [sum(item.code == code.id for item in data.codings) - a - b
             for code, a, b in zip(codes, left, right, strict=True)]  # fmt: skip
    polar = any(left) or any(right)

    def draw(_: Any, axes: Any) -> None:
        most = max([*left, *[b + c for b, c in zip(right, other, strict=True)], 1])
        for row, (a, b, c) in enumerate(zip(left, right, other, strict=True)):
            axes.barh(row, -a, color=DARK, height=0.62)
            axes.barh(row, b, color=PALE, height=0.62)
            axes.barh(row, c, left=b, color=MIDDLE, height=0.62)
            if polar:
                axes.annotate(
                    str(a), (-a, row), xytext=(-4, 0), textcoords="offset points", ha="right", va="center"
                )
            axes.annotate(
                f"{b} + {c}" if c and polar else str(b + c), (b + c, row), xytext=(4, 0),
                textcoords="offset points", va="center",
            )  # fmt: skip
        _named(axes, [code.label for code in codes])
        axes.axvline(0, color=INK, linewidth=0.8)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(-1.18 * most if polar else 0, 1.18 * most)
        axes.xaxis.set_major_formatter(lambda value, _: f"{abs(value):g}")
        axes.set_xlabel("codings: barriers to the left, facilitators to the right" if polar else "codings")
        if polar and any(other):
            axes.barh([0], [0], color=MIDDLE, label="mixed or without polarity")
            axes.legend(frameon=False, loc="lower right", bbox_to_anchor=(1, 1))

    title = "Balance of barriers and facilitators" if polar else "Codings per code"
    alt = "; ".join(f"{code.label}: {a} barriers, {b} facilitators, {c} other"
                     for code, a, b, c in zip(codes, left, right, other, strict=True))  # fmt: skip
    return _picture("balance", title, alt, (WIDTH, _height(len(codes))), draw, [])


def _count(codings: Sequence[Coding], code: str, polarity: str) -> int:
    return sum(item.code == code and item.polarity == polarity for item in codings)


def _groups(data: StudyData, attribute: str, options: ReportOptions) -> Picture:
    groups = groups_of(data, attribute)
    codings = {value: [item for item in data.codings if item.case in keys] for value, keys in groups.items()}
    codings = {value: mine for value, mine in codings.items() if mine}
    codes = data.codebook.codes
    shares: list[list[float | None]] = []
    for code in codes:
        row: list[float | None] = []
        for mine in codings.values():
            with_code = [item for item in mine if item.code == code.id]
            small = hidden(len(cases_of(with_code)), options.min_cell)
            row.append(None if small else len(with_code) / len(mine))
        shares.append(row)
    words = attribute.replace("_", " ")
    names = [f"{_wrapped(value)}\n({len(mine):,})" for value, mine in codings.items()]
    alt = "; ".join(
        f"{value}: "
        + ", ".join(f"{code.label} {percent(row[at])}" for code, row in zip(codes, shares, strict=True))
        for at, value in enumerate(codings)
    )
    notes = ["Share of each group's codings (their number in brackets)."]
    if options.min_cell:
        notes.append(f"Empty cells: said by fewer than {options.min_cell} participants.")

    def draw(_: Any, axes: Any) -> None:
        _heat(axes, shares, [code.label for code in codes], names, lambda value: percent(value))

    size = (min(2 * WIDTH, 3.2 + 0.95 * len(codings)), _height(len(codes), 0.34) + 0.6)
    return _picture(f"by-{_plain(attribute)}", f"Codes by {words}", alt, size, draw, notes)


def _wrapped(name: str) -> str:
    """Return a name in at most three short lines, for the head of a column."""
    return "\n".join(textwrap.wrap(name, COLUMN_NAME, max_lines=3, placeholder=" …")) or name


def _plain(name: str) -> str:
    return "".join(sign if sign.isalnum() else "-" for sign in name.casefold())


def _heat(
    axes: Any, values: Sequence[Sequence[float | None]], rows: Sequence[str], columns: Sequence[str],
    shown: Callable[[float], str],
) -> None:  # fmt: skip
    """Draw cells from white to dark with their figures; None stays empty."""
    import numpy as np

    grid = np.array([[np.nan if value is None else value for value in row] for row in values], dtype=float)
    most = float(np.nanmax(grid)) if np.isfinite(grid).any() else 1.0
    axes.imshow(grid, cmap="Greys", vmin=0, vmax=most * 1.25 or 1.0, aspect="auto")
    axes.set_xticks(range(len(columns)), columns, rotation=90 if len(columns) > 8 else 0)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), [shortened(name, NAME) for name in rows])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    if max(len(rows), len(columns)) > MOST_FIGURES:
        return
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            if value is not None:
                ink = "white" if value > 0.7 * most and value > 0 else INK
                axes.text(x, y, shown(value), ha="center", va="center", color=ink)


def _stripes(data: StudyData) -> Picture:
    with_codes = {item.transcript for item in data.codings}
    sources = [source for source in data.sources if source.name in with_codes]
    shown = sources[:MOST_STRIPES]
    lines = _stripe_lines(data)
    names = list(dict.fromkeys(lines.values()))

    def draw(_: Any, axes: Any) -> None:
        step = len(names) + 1.4
        for number, source in enumerate(shown):
            mine = [item for item in data.codings if item.transcript == source.name and item.code in lines]
            heights = [number * step + names.index(lines[item.code]) for item in mine]
            axes.vlines(
                [item.position for item in mine], [y - 0.4 for y in heights], [y + 0.4 for y in heights],
                colors=[COLOURS[item.polarity] for item in mine], linewidth=1.4,
            )  # fmt: skip
            axes.hlines(
                [number * step + row for row in range(len(names))],
                0,
                1,
                colors=LIGHT,
                linewidth=0.4,
                zorder=0,
            )
            axes.text(0, number * step - 0.65, shortened(source.name, 60), fontweight="bold", va="bottom")
        axes.set_yticks(
            [number * step + row for number in range(len(shown)) for row in range(len(names))],
            [shortened(name, NAME) for _ in shown for name in names], fontsize=7,
        )  # fmt: skip
        axes.set_ylim(len(shown) * step - 0.8, -2)
        _finish_stripes(axes, {item.polarity for item in data.codings})

    counts = {source.name: sum(item.transcript == source.name for item in data.codings) for source in shown}
    alt = "; ".join(f"{name}: {counted(count, 'coding')}" for name, count in counts.items())
    notes = ["Each stroke is a coded utterance at its place in the transcript."]
    if len(sources) > len(shown):
        notes.append(f"The first {len(shown)} of {len(sources):,} transcripts with codings.")
    height = 0.9 + 0.16 * len(shown) * (len(names) + 1.4)
    return _picture("stripes", "Coding stripes", alt, (WIDTH, height), draw, notes)


def _stripe_lines(data: StudyData) -> dict[str, str]:
    """Return the line of each code: its own, or its component's where there are too many codes."""
    codes = data.codebook.codes
    if len(codes) > MOST_LINES and data.codebook.components:
        return {code.id: code.parent or "other codes" for code in codes}
    return {code.id: code.label for code in codes[:MOST_LINES]}


def _finish_stripes(axes: Any, polarities: set[str | None]) -> None:
    axes.set_xlim(-0.005, 1.005)
    axes.xaxis.set_major_formatter(lambda value, _: percent(value) if value else "start")
    axes.set_xlabel("place in the transcript")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    for names, words in (
        ({"barrier"}, "barrier"),
        ({"facilitator"}, "facilitator"),
        ({"mixed", None}, "other"),
    ):
        if polarities & names:
            axes.plot([], [], color=COLOURS[next(iter(names & polarities))], linewidth=3, label=words)
    axes.legend(frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)


def _together(data: StudyData, counts: Mapping[tuple[str, str], int]) -> Picture:
    codes, labels = data.codebook.codes, data.codebook.labels
    values = [[float(counts.get((a.id, b.id), 0)) if a.id != b.id else None for b in codes] for a in codes]
    pairs = sorted(
        ((count, pair) for pair, count in counts.items() if pair[0] < pair[1]),
        key=lambda item: (-item[0], item[1]),
    )
    alt = "; ".join(f"{labels.get(a, a)} and {labels.get(b, b)}: {count}" for count, (a, b) in pairs[:10])

    def draw(_: Any, axes: Any) -> None:
        names = [code.label for code in codes]
        _heat(
            axes,
            values,
            names,
            [_wrapped(name) for name in names],
            lambda v: f"{v:g}",
        )

    side = min(2 * WIDTH, 3.0 + max(0.42, 4.6 / len(codes)) * len(codes))
    notes = ["Number of utterances that carry both codes."]
    size = (side, 1.6 + ROW * 1.15 * len(codes))
    return _picture("together", "Codes that occur together", alt, size, draw, notes)


def saturation(data: StudyData) -> list[tuple[str, int, int]]:
    """Return (transcript, new codes, codes so far) in the order of the transcripts; a code per polarity."""
    seen: set[tuple[str, str | None]] = set()
    points = []
    for source in data.sources:
        mine = {(item.code, item.polarity) for item in data.codings if item.transcript == source.name}
        new = mine - seen
        seen |= mine
        points.append((source.label or source.name, len(new), len(seen)))
    return points


def _saturation(data: StudyData) -> Picture:
    rows = saturation(data)

    def draw(_: Any, axes: Any) -> None:
        places = range(1, len(rows) + 1)
        axes.bar(places, [new for _, new, _ in rows], color=PALE, label="new in this transcript")
        axes.plot(
            places,
            [total for _, _, total in rows],
            color=DARK,
            marker="o",
            markersize=4,
            label="found so far",
        )
        if len(rows) <= MOST_FIGURES:
            axes.set_xticks(places, [shortened(name, 18) for name, _, _ in rows], rotation=30, ha="right")
            for position, (_, new, total) in zip(places, rows, strict=True):
                axes.annotate(str(new), (position, new), ha="center", va="bottom")
                if total != new:
                    axes.annotate(
                        str(total), (position, total), xytext=(0, 4), textcoords="offset points", ha="center"
                    )
        axes.set_ylim(0, 1.2 * max(total for _, _, total in rows))
        axes.set_ylabel("codes, each polarity by itself")
        axes.yaxis.get_major_locator().set_params(integer=True)
        axes.legend(frameon=False, ncols=2, loc="lower right", bbox_to_anchor=(1, 1), borderaxespad=0.2)

    alt = "; ".join(f"{name}: {new} new, {total} so far" for name, new, total in rows[:30])
    notes = [
        "In the order of the transcripts' names. With few broad codes the curve flattens early: it tells when new"
        " codes stop, not when new meanings do.",
    ]
    return _picture("saturation", "New codes per transcript", alt, (WIDTH, 3.4), draw, notes)


FATES = (
    ("accepted", DARK, ""),
    ("changed", "#c77f4a", "//"),
    ("rejected", LIGHT, "xx"),
    ("waiting", "#ffffff", ".."),
)


def _fates(data: StudyData) -> Picture:
    labels = data.codebook.labels
    fates = [fate for fate in data.fates if fate.answered or fate.waiting]
    names = [labels.get(fate.code, fate.code) for fate in fates]
    counts_by_code = [
        [*(getattr(fate, name) for name, _, _ in FATES),
         sum(item.code == fate.code and item.origin == "person" for item in data.codings)]
        for fate in fates
    ]  # fmt: skip

    def draw(_: Any, axes: Any) -> None:
        for row, counts in enumerate(counts_by_code):
            start = 0
            for count, (_, colour, hatch) in zip(counts, FATES, strict=False):
                axes.barh(
                    row, count, left=start, color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5, height=0.62
                )  # fmt: skip
                start += count
            words = f"{', '.join(map(str, counts[:-1]))}; added {counts[-1]}"
            axes.annotate(words, (1.02, row), xycoords=("axes fraction", "data"), va="center")
        for name, colour, hatch in FATES:
            axes.barh([0], [0], color=colour, hatch=hatch, edgecolor=INK, linewidth=0.5, label=name)
        _named(axes, names)
        axes.set_xlabel("suggestions")
        axes.legend(frameon=False, ncols=4, loc="lower left", bbox_to_anchor=(0, 1), borderaxespad=0.2)

    alt = "; ".join(
        "{}: {} accepted, {} changed, {} rejected, {} waiting, {} added by people".format(name, *counts)
        for name, counts in zip(names, counts_by_code, strict=True)
    )
    notes = [
        "Figures: suggestions accepted, changed, rejected, waiting; and codings that people added on their own."
    ]
    size = (WIDTH, _height(len(fates)) + 0.2)
    return _picture("suggestions", "From suggestion to coding", alt, size, draw, notes)


def _agreement(report: AgreementReport) -> Picture:
    rows = forest_rows(report)
    alt = "; ".join(
        f"{report.label(code)}: kappa {estimate(figures['light_kappa'])}" for code, figures in rows
    )

    def draw(_: Any, axes: Any) -> None:
        draw_forest(axes, report, rows)

    return _picture("agreement", "Agreement per code", alt, forest_size(rows), draw, [])


def _risk(model: ModelFacts) -> Picture:
    """Draw how often the best code is wrong among the excerpts that a model is surest of."""
    shares, wrong = [point[0] for point in model.coverage], [point[1] for point in model.coverage]

    def draw(_: Any, axes: Any) -> None:
        axes.plot(shares, wrong, color=DARK, marker="o", markersize=4)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.2 * max([0.05, *wrong])))
        axes.set_xlabel("share of excerpts kept, surest first")
        axes.set_ylabel("best code wrong")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: percent(value))
        for end in (0, len(shares) - 1):
            point = shares[end], wrong[end]
            axes.annotate(percent(point[1]), point, xytext=(0, 6), textcoords="offset points", ha="center")

    alt = "; ".join(f"{percent(a)} kept: {percent(b)} wrong" for a, b in model.coverage)
    notes = [f"Model '{model.label}'. {model.held_out}".strip()]
    return _picture(
        "model-risk", "How often the model is wrong where it is sure", alt, (WIDTH, 3.2), draw, notes
    )


def _calibration(model: ModelFacts) -> Picture:
    """Draw how many suggestions of a confidence were right, beside the line on which both are equal."""
    stated, right = [part[1] for part in model.calibration], [part[2] for part in model.calibration]

    def draw(_: Any, axes: Any) -> None:
        axes.plot([0, 1], [0, 1], color=LIGHT, linewidth=1)
        axes.plot(stated, right, color=DARK, marker="o", markersize=4)
        axes.set(xlim=(0, 1.02), ylim=(0, 1.02))
        axes.set_xlabel("confidence of suggestions, on average")
        axes.set_ylabel("right")
        for axis in (axes.xaxis, axes.yaxis):
            axis.set_major_formatter(lambda value, _: percent(value))

    alt = "; ".join(f"confidence {percent(a)}: {percent(b)} right of {n:,}" for n, a, b in model.calibration)
    notes = [
        f"Model '{model.label}'. {model.held_out} Points: suggestions in groups of equal size by their confidence."
        " Grey line: as it should be.".strip()
    ]
    return _picture(
        "model-calibration", "How often suggestions of a confidence are right", alt, (WIDTH, 3.2), draw, notes
    )
