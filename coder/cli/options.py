"""Options that several commands have, and options kept together in dataclasses instead of twenty parameters."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

if TYPE_CHECKING:
    from coder.workflow.coded_files import CodedReading

Interviewer = Annotated[
    list[str] | None,
    typer.Option(help="A speaker label that is the interviewer's; repeat for several. Default: inferred."),
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document and nothing else on stdout.")]
Force = Annotated[bool, typer.Option("--force", help="Replace what the command writes if it exists already.")]
Port = Annotated[int | None, typer.Option(min=1, max=65535, help="Default: 8765, or the next that is free.")]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Only print the address.")]
StudyFile = Annotated[Path, typer.Argument(help="The study, one file: STUDY.coder.", metavar="STUDY.coder")]


@dataclass(frozen=True, kw_only=True)
class ColumnOptions:
    """Which columns of a table of codings hold what, where their headings are not known."""

    text_column: Annotated[str | None, typer.Option(help="The column with the coded words.")] = None
    code_column: Annotated[str | None, typer.Option(help="The column with the codes.")] = None
    document_column: Annotated[str | None, typer.Option(help="The column with the transcript's name.")] = None
    coder_column: Annotated[str | None, typer.Option(help="The column with who coded.")] = None

    def reading(self) -> "CodedReading":
        """Return the options as the workflow takes them."""
        from coder.workflow.coded_files import CodedReading

        named = {
            "text": self.text_column,
            "code": self.code_column,
            "transcript": self.document_column,
            "coder": self.coder_column,
        }
        return CodedReading({role: column for role, column in named.items() if column})


@dataclass(frozen=True, kw_only=True)
class CodedOptions(ColumnOptions):
    """How files of codings are read."""

    mapping: Annotated[
        Path | None,
        typer.Option(
            help="A table that says which code each name of another tool means (name, code, polarity); drafted by"
            " 'coder codings FILE --draft-mapping'."
        ),
    ] = None

    def reading(self) -> "CodedReading":
        """Return the options as the workflow takes them."""
        return replace(super().reading(), mapping=self.mapping)


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


def spread(command: Callable[..., None], *kinds: type[Any]) -> Callable[..., None]:
    """Return the command as Typer wants it: each field of the dataclasses `kinds` is a parameter of its own.

    `command` takes one value of each kind. A field is declared as a parameter of a Typer command would be:
    `level: Annotated[str, typer.Option(help="...")] = "nominal"`.
    """
    hints = [get_type_hints(kind, include_extras=True) for kind in kinds]

    def call(**given: Any) -> None:
        command(
            *(kind(**{name: given[name] for name in own}) for kind, own in zip(kinds, hints, strict=True))
        )

    parameters = [parameter for kind in kinds for parameter in _parameters(kind)]
    return _shown_as(call, command, parameters)


def _parameters(kind: type[Any]) -> list[inspect.Parameter]:
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=hints[field.name],
        )
        for field in fields(kind)
    ]


def _shown_as(
    call: Callable[..., None], command: Callable[..., None], parameters: list[inspect.Parameter]
) -> Callable[..., None]:
    call.__doc__, call.__name__ = command.__doc__, command.__name__
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call
