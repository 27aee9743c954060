"""A paragraph for the methods section of a paper, from the agreement report as plain values."""

from coder.reporting.agreement_text import Report, percent, with_interval


def methods(report: Report) -> str:
    """Return a paragraph for a methods section: what was compared, how, with what result, and the sources."""
    names, overall = list(report["n_coded"]), report["overall"]
    two = len(names) == 2
    used = [code for code in report["codes"] if code not in report["unused"]]
    kappas = [report["codes"][code]["light_kappa"]["value"] for code in used]
    kappas = [value for value in kappas if value is not None]
    places = f" from {report['n_transcripts']:,} transcripts" if report["n_transcripts"] else ""
    kappa = "Cohen's kappa (1960)" if two else "the mean of pairwise Cohen kappas (Light 1971)"
    assisted = report["kind"].startswith("assisted")
    how = (
        "after seeing a program's suggestions, so that the figures are assisted agreement and not reliability"
        if assisted
        else "independently [confirm: before any discussion, without seeing each other's codes or suggestions]"
    )
    sentences = [
        f"{len(names)} coders ({', '.join(names)}) coded {report['n_compared']:,} units ({report['unit']}){places}"
        f" {how}, with {len(report['codes'])} codes; a unit could carry several codes or none.",
        "Agreement was computed over fixed units: over all codes as Krippendorff's alpha with the MASI distance for"
        " sets of codes (Krippendorff 2019; Passonneau 2006) and as pooled kappa (de Vries et al. 2008); per code as"
        f" {kappa}, with AC1 (Gwet 2008), PABAK (Byrt et al. 1993) and positive and negative agreement beside it"
        " because kappa falls with prevalence (Feinstein & Cicchetti 1990).",
        f"Intervals: {report['interval']}.",
        f"Alpha was {with_interval(overall['masi_alpha'])}, pooled kappa {with_interval(overall['pooled_kappa'])};"
        f" coders gave identical codes to {percent(overall['percent_agreement']['value'])} of units.",
    ]
    if kappas:
        sentences.append(f"Kappa per code ranged from {min(kappas):.2f} to {max(kappas):.2f}.")
    if report["unused"]:
        sentences.append(f"Nobody used {', '.join(report['unused'])}; means leave them out.")
    return " ".join(sentences)
