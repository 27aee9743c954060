"""Editing the study's codebook: every change is a new version, and no code that is in use disappears."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from coder.codebook import (
    Code,
    Codebook,
    Example,
    SubTheme,
    component_named,
    from_dict,
    parse_codebook,
    to_dict,
    to_yaml,
)
from coder.domain import POLARITIES
from coder.errors import InputError, StudyError
from coder.exchange.code_guids import with_known_ids
from coder.phrasing import counted, listed
from coder.store import Study

LONGEST = 4_000  # characters of one field
PREFIXES = {"-": "barrier", "+": "facilitator", "±": "mixed"}


def lines_of(items: Sequence[SubTheme] | Sequence[Example]) -> str:
    """Return sub-themes or examples one a line for editing; a leading - + ± is the polarity."""
    signs = {polarity: sign for sign, polarity in PREFIXES.items()}
    words = [
        (item.label if isinstance(item, SubTheme) else item.text, signs.get(item.polarity or "", ""))
        for item in items
    ]
    return "\n".join(f"{sign} {text}".strip() for text, sign in words)


def edited(codebook: Codebook, code_id: str, given: Mapping[str, str]) -> Codebook:
    """Return the codebook with one code's wording changed. Raises InputError for texts that cannot be used."""
    if code_id not in codebook.by_id:
        raise InputError(f"There is no code '{code_id}' in the codebook any more; reload the page.")
    return _with(codebook, _reworded(codebook.by_id[code_id], given))


def extended(codebook: Codebook, given: Mapping[str, str], unknown: Collection[str] = ()) -> Codebook:
    """Return the codebook with a new code at the end (after its component's codes).

    Where a code is given for the component, that code heads it, and codings of it count there.
    `unknown` are ids that codings stand by and the codebook lacks: a label that is one of them is the new code's id.
    """
    label = given.get("label", "").strip()
    as_it_is = label in unknown and label.lower() not in {known.lower() for known in codebook.ids}
    code_id = label if as_it_is else re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")
    if not code_id:
        raise InputError("Give the new code a label of letters or digits.")
    if code_id in codebook.by_id:
        raise InputError(f"There is a code '{label}' already.")
    component, codebook = component_named(codebook, given.get("parent", "").strip())
    code = _reworded(Code(code_id, label, parent=component), given)
    codes = list(codebook.codes)
    same = [place for place, item in enumerate(codes) if item.parent == code.parent]
    codes.insert(same[-1] + 1 if same else len(codes), code)
    return next_version(replace(codebook, codes=tuple(codes)))


def change_codebook(study: Study, new: Codebook, *, note: str, coder: str) -> None:
    """Use a codebook from now on. Raises StudyError if it lacks codes that people have used.

    Codes that the present codebook knows by their GUID keep its ids.
    """
    checked = parse_codebook(to_yaml(with_known_ids(new, study.codebooks.current())), "The codebook")
    lost = codes_lost(study, checked)
    if lost:
        raise StudyError(
            f"These codes are in use and would be gone: {', '.join(lost)}. Keep them (the codebook may call them"
            " otherwise, the id counts), or withdraw their codings first."
        )
    study.codebooks.add(checked, note=note, coder=coder)


def codes_lost(study: Study, new: Codebook, *, but_for: Collection[str] = ()) -> dict[str, dict[str, int]]:
    """Return the codes in use that another codebook has not: by label, how many codings of each coder they have.

    What the acts `but_for` make or withdraw is no use.
    """
    lost = [code for code in study.codebooks.current().codes if code.id not in new.by_id]
    uses = study.codebooks.uses(but_for) if lost else {}
    return {code.label: uses[code.id] for code in lost if code.id in uses}


def used_since(study: Study, new: Codebook, *, but_for: Collection[str] = ()) -> str:
    """Say who used the codes that would be gone with another codebook, and what to do first; '' if nobody has."""
    lost = codes_lost(study, new, but_for=but_for)
    if not lost:
        return ""
    shares = {
        label: [f"{counted(n, 'coding')} of {who}" for who, n in by.items()] for label, by in lost.items()
    }
    uses = [f"{label} has {listed(codings)}" for label, codings in shares.items()]
    return (
        f"{listed(uses)} since. Give these codings another code on the page Codes first, or merge or retire"
        f" {listed(list(lost))} on the page Codebook, which takes them along."
    )


def edit_codebook(study: Study, new: Codebook, *, what: str, note: str = "", coder: str) -> None:
    """Use a codebook from now on, as a change that undo takes back. Raises as `change_codebook` does."""
    with study.db.write():
        before = study.codebooks.current_id()
        change_codebook(study, new, note=note or what, coder=coder)
        after = study.codebooks.current_id()
        if after != before:
            study.codebooks.record_change("edit", what, (before, after), [], coder=coder)


def unknown_codes(study: Study) -> list[str]:
    """Say which codings stand by codes that the codebook in use has not, and what to do."""
    return [
        f"{counted(number, 'coding')} of {coder} by '{code}', which the codebook in use does not have: tables and"
        " exports hold them, the review page does not show them. Add a code of this name on the page Codebook; then"
        " keep it, or merge it into another there."
        for coder, code, number in study.codebooks.unknown()
    ]


def _with(codebook: Codebook, code: Code) -> Codebook:
    codes = tuple(code if item.id == code.id else item for item in codebook.codes)
    return next_version(replace(codebook, codes=codes))


def next_version(codebook: Codebook) -> Codebook:
    """Return the codebook with its version counted up by one."""
    number = re.fullmatch(r"(.*?)(\d+)", codebook.version)
    version = f"{number[1]}{int(number[2]) + 1}" if number else f"{codebook.version}.1"
    return from_dict(to_dict(replace(codebook, version=version)))


def _reworded(code: Code, given: Mapping[str, str]) -> Code:
    for name, text in given.items():
        if len(text) > LONGEST:
            raise InputError(f"'{name}' is over {LONGEST:,} characters; shorten it.")
    label = given.get("label", code.label).strip()
    if not label:
        raise InputError("A code needs a label.")
    lines = {name: [x.strip() for x in text.splitlines() if x.strip()] for name, text in given.items()}
    signed = {name: [_signed(line) for line in held] for name, held in lines.items()}
    return replace(
        code,
        label=label,
        definition=" ".join(given.get("definition", code.definition).split()),
        include=tuple(lines.get("include", code.include)),
        exclude=tuple(lines.get("exclude", code.exclude)),
        subthemes=tuple(SubTheme(*x) for x in signed["subthemes"])
        if "subthemes" in given
        else code.subthemes,
        examples=tuple(Example(*x) for x in signed["examples"]) if "examples" in given else code.examples,
    )


def _signed(line: str) -> tuple[str, str | None]:
    sign, text = line[0], line[1:].strip()
    polarity = PREFIXES.get("-" if sign == "−" else sign)
    return (text, polarity) if polarity in POLARITIES and text else (line, None)
