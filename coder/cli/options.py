"""Options of a command kept together in a dataclass, so that a command takes one value instead of twenty."""

import inspect
from collections.abc import Callable
from dataclasses import MISSING, fields
from typing import Any, get_type_hints


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

    parameters = [
        inspect.Parameter(
            field.name,
            inspect.Parameter.KEYWORD_ONLY,
            default=inspect.Parameter.empty if field.default is MISSING else field.default,
            annotation=own[field.name],
        )
        for kind, own in zip(kinds, hints, strict=True)
        for field in fields(kind)
    ]
    call.__doc__, call.__name__ = command.__doc__, command.__name__
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return call
