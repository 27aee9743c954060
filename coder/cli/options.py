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

    parameters = [parameter for kind in kinds for parameter in _parameters(kind)]
    return _shown_as(call, command, parameters)


def with_options(command: Callable[..., None], kind: type[Any]) -> Callable[..., None]:
    """Return the command with each field of the dataclass `kind` as a parameter beside its own.

    `command` takes the dataclass as its parameter `options`.
    """
    hints = get_type_hints(command, include_extras=True)
    names = {field.name for field in fields(kind)}

    def call(**given: Any) -> None:
        own = {name: value for name, value in given.items() if name not in names}
        command(**own, options=kind(**{name: given[name] for name in names}))

    mine = [
        parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY, annotation=hints[parameter.name])
        for parameter in inspect.signature(command).parameters.values()
        if parameter.name != "options"
    ]
    return _shown_as(call, command, [*mine, *_parameters(kind)])


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
