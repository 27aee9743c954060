"""Options of every command that reads codings: columns of unknown headings, and a mapping of other tools' codes."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from coder.workflow.coded_files import CodedReading


@dataclass(frozen=True, kw_only=True)
class CodedOptions:
    """How files of codings are read."""

    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A table that says which code each name of another tool means (name, code, polarity); drafted by"
            " 'coder codings FILE --draft-mapping'."
        ),
    ] = None
    text_column: Annotated[str | None, typer.Option(help="The column with the coded words.")] = None
    code_column: Annotated[str | None, typer.Option(help="The column with the codes.")] = None
    document_column: Annotated[str | None, typer.Option(help="The column with the transcript's name.")] = None
    coder_column: Annotated[str | None, typer.Option(help="The column with who coded.")] = None

    def reading(self) -> "CodedReading":
        """Return the options as the workflow takes them."""
        from coder.workflow.coded_files import CodedReading

        return CodedReading.of(
            self.mapping, text=self.text_column, code=self.code_column, document=self.document_column,
            coder=self.coder_column,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class ExcerptOptions(CodedOptions):
    """How files of coded excerpts are read for training and measuring."""

    group: Annotated[
        str | None,
        typer.Option(
            "--group",
            help="Column whose values are held out whole (and resampled for intervals). Default: transcript,"
            " document, participant or study.",
        ),
    ] = None

    def reading(self) -> "CodedReading":
        """Return the options as the workflow takes them."""
        return replace(super().reading(), group=self.group)
