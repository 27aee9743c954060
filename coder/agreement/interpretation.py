"""Words for figures: bands only with the interval and their author's name, and the kappa paradox explained."""

from collections.abc import Mapping

from coder.agreement.estimate import Estimate

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
    span = f"'{low}'" if low == high else f"from '{low}' to '{high}'"
    return (
        f"{title} is {estimate.value:.2f} [{estimate.low:.2f}, {estimate.high:.2f}]: the interval spans {span} "
        f"in the words of {author}."
    )


def paradox(code: str, found: Mapping[str, Estimate]) -> str | None:
    """Explain a low kappa beside high agreement, where skewed prevalence is the cause; else None.

    Feinstein & Cicchetti (1990); the limits here (agreement .85, kappa .60 and .30 below AC1, prevalence index
    .70) only decide whether the sentence is printed.
    """
    values = [found[name].value for name in ("percent_agreement", "light_kappa", "gwet_ac1")]
    index, share = found["prevalence_index"].value, found["prevalence"].value
    if any(value is None for value in (*values, index, share)):
        return None
    agreement, kappa, ac1 = (float(value or 0) for value in values)
    if agreement < 0.85 or kappa > 0.6 or ac1 - kappa < 0.3 or abs(float(index or 0)) < 0.7:
        return None
    rare = "rare" if float(index or 0) < 0 else "given nearly everywhere"
    return (
        f"{code}: coders agree on {agreement:.0%} of units, yet kappa is only {kappa:.2f}, because the code is"
        f" {rare} ({float(share or 0):.1%} of ratings): nearly all of that agreement would be expected by chance."
        " Look at positive and negative agreement and at the interval; AC1 and PABAK"
        f" ({ac1:.2f}) count agreement on the common answer in full (Feinstein & Cicchetti 1990)."
    )
