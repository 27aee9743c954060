"""The form that every reader produces, whatever the file: paragraphs in order, and what is known of each.

A reader is a module of `formats` with one function `read(data: bytes, name: str) -> Document`: `data` is the
whole file, `name` its file name (for messages). It decides nothing about speakers that the format does not
say; `speakers.assemble` learns labels, stamps and header lines from the paragraphs and makes the
`Transcript`. Readers raise `FormatError` (not what the name says, damaged, locked) and `UnsafeFileError`.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    r"""One paragraph, cue or table row, its text as it stands in the file.

    `text` may hold tabs and, for line breaks inside a paragraph, "\n". Readers neither trim nor tidy it, and
    keep empty paragraphs: they separate. Stamps and names inside it are left for the assembler.
    `bold` is the length of the leading bold run of `text` in code points (0 = not bold), `look` how the whole
    paragraph is printed apart from that ("italic", "coloured", "numbered"), `heading` says that the paragraph
    has a heading style or markup.
    `speaker` and `time` (seconds) are given only where the format itself names them (voice tag, column).
    `question` is what the paragraph answers, where the format says it.
    `kind` is set when the reader knows that the paragraph is nobody's speech ("title", "header", "note").
    """

    text: str
    speaker: str | None = None
    time: float | None = None
    bold: int = 0
    heading: bool = False
    look: frozenset[str] = frozenset()
    kind: str = ""
    question: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    r"""A file as read, before speakers are learned.

    `labelled`: every paragraph's speaker is known from the format (None = the file names nobody), so `text`
    is not searched for labels. `running`: the paragraphs are cues, sentences run across them, so neighbours
    of one speaker are joined by a space. Documents that are neither keep their text as it is: the
    transcript's text is then the paragraphs joined by `separator` ("\n" for plain text, whose lines are its
    paragraphs). `answers`: the paragraphs are answers to a survey, everybody takes part and nobody
    interviews. `fixed`: places of the text are known elsewhere (codings of a project), so nothing is taken out of
    it or joined. `notes` are sentences about what was left out or guessed ("2 comments were left out.").
    """

    format: str
    paragraphs: tuple[Paragraph, ...]
    encoding: str | None = None
    labelled: bool = False
    running: bool = False
    answers: bool = False
    fixed: bool = False
    separator: str = "\n\n"
    notes: tuple[str, ...] = ()
