"""Words for figures: bands only with the interval and their author's name, and the kappa paradox explained."""

from collections.abc import Mapping

from coder import phrasing
from coder.statistics import Estimate

LANDIS_KOCH = ((0.0, "poor"), (0.2, "slight"), (0.4, "fair"), (0.6, "moderate"), (0.8, "substantial"))
KRIPPENDORFF = (
    (0.667, "too low to draw conclusions"),
    (0.8, "good enough for tentative conclusions only"),
)


def landis_koch(value: float) -> str:
    """Return the band of Landis & Koch (1977), who called their limits arbitrary."""
    return next((band for limit, band in LANDIS_KOCH if value <= limit), "almost perfect")


def krippendorff(value: float) -> str:
    """Return what Krippendorff (2019) would conclude from an alpha."""
    return next((band for limit, band in KRIPPENDORFF if value < limit), "reliable")


def in_words(title: str, estimate: Estimate, author: str) -> str | None:
    """Say what bands the interval of a coefficient spans; None without an interval: a point alone tells little."""
    if estimate.value is None or estimate.low is None or estimate.high is None:
        return None
    band = krippendorff if author.startswith("Krippendorff") else landis_koch
    low, high = band(estimate.low), band(estimate.high)
    span = f"lies within '{low}'" if low == high else f"spans from '{low}' to '{high}'"
    return f"{title} is {phrasing.estimate(estimate)}: the interval {span} in the words of {author}."


def paradoxes(codes: Mapping[str, Mapping[str, Estimate]]) -> str | None:
    """Explain low kappas beside high agreement, where skewed prevalence is the cause; None where it is not.

    Feinstein & Cicchetti (1990); the limits of `is_paradox` only decide whether the sentence is printed.
    """
    found = [code for code, values in codes.items() if is_paradox(values)]
    if not found:
        return None
    listed = ", ".join(
        f"{code} (agreement {codes[code]['percent_agreement'].value:.0%}, kappa"
        f" {codes[code]['light_kappa'].value:.2f}, AC1 {codes[code]['gwet_ac1'].value:.2f}, given in"
        f" {codes[code]['prevalence'].value:.1%} of ratings)"
        for code in found
    )
    return (
        "High agreement and yet a low kappa: this is the kappa paradox. Where a code is rare (or nearly everywhere),"
        " most agreement is on the common answer and would be expected by chance, so kappa is low; AC1 and PABAK"
        " count that agreement in full and are high. Judge by positive and negative agreement and by the intervals"
        f" (Feinstein & Cicchetti 1990). Here: {listed}."
    )


def is_paradox(found: Mapping[str, Estimate]) -> bool:
    """Say whether agreement is .85 or more, kappa .60 or less and .30 below AC1, and prevalence skewed."""
    names = ("percent_agreement", "light_kappa", "gwet_ac1", "prevalence_index")
    agreement, kappa, ac1, index = (found[name].value for name in names)
    if agreement is None or kappa is None or ac1 is None or index is None:
        return False
    return agreement >= 0.85 and kappa <= 0.6 and ac1 - kappa >= 0.3 and abs(index) >= 0.7
