"""The 0/1 table of a study as an SPSS file (`.sav`), with labels on variables and values."""

from pathlib import Path

from coder.exchange.study_content import StudyContent
from coder.exchange.study_tables import UNIT_COLUMNS, matrix_rows
from coder.installation import require


def write_spss(study: StudyContent, path: Path) -> list[str]:
    """Write the table; return what the file does not hold. Raises InstallationError without pyreadstat."""
    require("sav", "An SPSS file (SPSS opens .csv too)")
    import pandas as pd
    import pyreadstat

    columns, rows = matrix_rows(study)
    frame = pd.DataFrame(rows, columns=columns)
    longest = 32_767  # bytes of an SPSS string
    cut = 0
    for name in ("transcript", "participant", "speaker", "text", "coder"):
        texts = frame[name].fillna("").astype(str)
        cut += sum(len(text.encode()) > longest for text in texts)
        frame[name] = [text.encode()[:longest].decode(errors="ignore") for text in texts]
    codes = [name for name in columns if name not in UNIT_COLUMNS]
    labels = {code.id: code.label for code in study.codebook.codes}
    pyreadstat.write_sav(
        frame,
        str(path),
        file_label=study.name[:64],
        column_labels={name: labels.get(name, name.replace("_", " ")) for name in columns},
        variable_value_labels={name: {0: "no", 1: "yes"} for name in codes},
        variable_measure=dict.fromkeys(codes, "nominal"),
    )
    return (
        [f"{cut} texts were cut at {longest} bytes, SPSS's own limit; they are whole in .csv."] if cut else []
    )
