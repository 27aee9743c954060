"""The same codings as NVivo, QualCoder and ATLAS.ti would count them, so that their numbers can be matched.

Those programs count characters of text, not units. Where the table has start and end, or the text, a unit
weighs as many characters as it has; else every unit weighs the same, and the view says so.
"""

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from coder.agreement import nominal
from coder.agreement.codings import Codings
from coder.agreement.tables import Rows, pair_list, rating_tables
from coder.arrays import Floats, Ints

Tool = Literal["nvivo", "qualcoder", "atlasti"]
TITLES = {"nvivo": "NVivo, Coding Comparison", "qualcoder": "QualCoder", "atlasti": "ATLAS.ti, agreement"}
WHY = {
    "nvivo": (
        "NVivo counts characters of one file and one node for two users: percent agreement and Cohen's kappa. Text"
        " that neither coded counts as agreement, and long passages count more than short ones. NVivo gives no total;"
        " all three that people work out by hand are given below. The report itself counts units once each, pools"
        " transcripts, and gives intervals."
    ),
    "qualcoder": (
        "QualCoder's 'Kappa' is not Cohen's: it looks only at characters that at least one coder coded, and takes"
        " chance agreement as the product of the chances for coded and not coded, where Cohen adds them. Two coders"
        " who each mark 30 % at random get about .13 there, 0 by Cohen. Cohen's kappa stands beside it."
    ),
    "atlasti": (
        "ATLAS.ti counts characters: percent agreement, Holsti, and Krippendorff's alphas. alpha-binary asks whether"
        " a stretch has the code at all; cu-alpha which code of a semantic domain (here: component) a stretch has,"
        " where coders gave exactly one of it; Cu-alpha which domains. ATLAS.ti treats quotations as wholes when it"
        " works out chance, so its alphas can differ from these in the second decimal."
    ),
}


@dataclass(frozen=True, slots=True)
class Shares:
    """How many characters (or units) both coders, one, and none of them gave a code to."""

    both: float
    first: float
    second: float
    neither: float

    @property
    def total(self) -> float:
        """All characters compared."""
        return self.both + self.first + self.second + self.neither


def view(codings: Codings, tool: Tool) -> dict[str, Any]:
    """Return the tool's figures: title, explanation, what a unit weighs, and rows of a table.

    Only units that both coders of a pair looked at count.
    """
    weighed = codings.lengths is not None
    weight = codings.lengths if codings.lengths is not None else np.ones(len(codings.units))
    makers = {"nvivo": _nvivo, "qualcoder": _qualcoder, "atlasti": _atlasti}
    return {
        "tool": tool,
        "title": TITLES[tool],
        "explanation": WHY[tool],
        "weight": "characters"
        if weighed
        else "units (the table has no text, start or end to count characters)",
        "rows": makers[tool](codings, weight),
    }


def cohen(shares: Shares) -> float | None:
    """Return Cohen's kappa of a 2 x 2 table of characters; None where it is undefined."""
    if shares.total == 0:
        return None
    one, two = (shares.both + shares.first) / shares.total, (shares.both + shares.second) / shares.total
    observed = (shares.both + shares.neither) / shares.total
    expected = one * two + (1 - one) * (1 - two)
    return None if 1 - expected < nominal.TINY else (observed - expected) / (1 - expected)


def qualcoder_kappa(shares: Shares) -> float | None:
    """Return the coefficient that QualCoder calls Kappa; None where it is undefined."""
    coded = shares.total - shares.neither
    if coded == 0:
        return None
    one, two = (shares.both + shares.first) / coded, (shares.both + shares.second) / coded
    chance = (one * two) * ((1 - one) * (1 - two))
    return (shares.both / coded - chance) / (1 - chance)


def _agreement(shares: Shares) -> float | None:
    return (shares.both + shares.neither) / shares.total if shares.total else None


def _shares(given: Ints, one: int, two: int, weight: Floats, where: Ints | None = None) -> Shares:
    a, b = given[:, one], given[:, two]
    both = (a >= 0) & (b >= 0)
    if where is not None:
        both &= where == 1
    key = a[both] * 2 + b[both]
    neither, second, first, shared = np.bincount(key, weights=weight[both], minlength=4).tolist()
    return Shares(shared, first, second, neither)


def _places(codings: Codings) -> list[tuple[str, Ints | None]]:
    """Return every transcript with a 0/1 array of its units, and all units together."""
    places: list[tuple[str, Ints | None]] = [
        (name, (codings.transcript_of == number).astype(np.int64))
        for number, name in enumerate(codings.transcripts)
    ]
    return [*places, ("all text", None)]


def _each(codings: Codings, weight: Floats) -> Any:
    """Yield pair, code, transcript and shares, code by code."""
    sets = codings.sets()
    for one, two in pair_list(len(codings.coders)):
        for column, code in enumerate(codings.codes):
            given = sets.binary(column)
            for name, where in _places(codings):
                pair = f"{codings.coders[one]} | {codings.coders[two]}"
                yield pair, code, name, _shares(given, one, two, weight, where)


def _nvivo(codings: Codings, weight: Floats) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    pending: list[tuple[dict[str, Any], float]] = []
    for pair, code, name, shares in _each(codings, weight):
        row = {
            "coders": pair, "node": code, "file": name, "size": shares.total, "agreement": _agreement(shares),
            "kappa": cohen(shares),
        }  # fmt: skip
        if name != "all text":
            pending.append((row, shares.total))
            rows.append(row)
            continue
        rows += [_mean(pending, row, "mean of files", False), _mean(pending, row, "mean by size", True)]
        rows.append({**row, "file": "all text pooled"})
        pending = []
    return [row for row in rows if row["size"]]


def _mean(
    pending: list[tuple[dict[str, Any], float]], row: dict[str, Any], name: str, sized: bool
) -> dict[str, Any]:
    mean = {**row, "file": name, "size": row["size"] if pending else 0}
    for key in ("agreement", "kappa"):
        known = [(shares[key], size) for shares, size in pending if shares[key] is not None]
        weights = [size if sized else 1.0 for _, size in known]
        mean[key] = float(np.average([value for value, _ in known], weights=weights)) if known else None
    return mean


def _qualcoder(codings: Codings, weight: Floats) -> list[dict[str, Any]]:
    return [
        {
            "coders": pair, "code": code, "file": name, "agreement": _agreement(shares), "dual": shares.both,
            "single": shares.first + shares.second, "uncoded": shares.neither,
            "qualcoder_kappa": qualcoder_kappa(shares), "cohen_kappa": cohen(shares),
        }
        for pair, code, name, shares in _each(codings, weight)
        if shares.total
    ]  # fmt: skip


def _alpha(values: Ints, weight: Floats, categories: int) -> float | None:
    group = np.zeros(len(values), dtype=np.int64)
    tables = rating_tables(Rows(values, weight, group, 1), max(2, categories))
    alpha = float(nominal.nominal_alpha(tables)[0])
    return None if np.isnan(alpha) else alpha


def _atlasti(codings: Codings, weight: Floats) -> list[dict[str, Any]]:
    sets = codings.sets()
    pairs = pair_list(len(codings.coders))
    rows: list[dict[str, Any]] = []
    for column, code in enumerate(codings.codes):
        given = sets.binary(column)
        of_pairs = [_shares(given, one, two, weight) for one, two in pairs]
        marked = sum(2 * shares.both + shares.first + shares.second for shares in of_pairs)
        size = sum(shares.total for shares in of_pairs)
        rows.append(
            {
                "item": code,
                "agreement": sum(shares.both + shares.neither for shares in of_pairs) / size
                if size
                else None,
                "holsti": 2 * sum(shares.both for shares in of_pairs) / marked if marked else None,
                "alpha": _alpha(given, weight, 2),
                "coefficient": "alpha-binary",
            }
        )
    components = codings.components() if codings.parents else codings
    for domain in components.codes if codings.parents else ("all codes",):
        in_domain = [code for code in codings.codes if codings.parents.get(code, domain) == domain]
        rows.append(
            {"item": domain, "alpha": _cu_alpha(codings, in_domain, weight), "coefficient": "cu-alpha"}
        )
    if codings.parents:
        domains = components.sets()
        whole = _alpha(domains.ids, weight, len(domains.members))
        rows.append({"item": "all domains", "alpha": whole, "coefficient": "Cu-alpha"})
    return rows


def _cu_alpha(codings: Codings, codes: list[str], weight: Floats) -> float | None:
    """Return nominal alpha over stretches where coders gave exactly one code of the domain."""
    sets = codings.sets()
    columns = [codings.codes.index(code) for code in codes]
    members = sets.members[:, columns]
    single = np.append(members.sum(axis=1) == 1, False)
    choice = np.append(members.argmax(axis=1) if columns else np.zeros(len(members)), -1).astype(np.int64)
    values = np.where(single[sets.ids], choice[sets.ids], -1)
    return _alpha(values, weight, len(codes))
