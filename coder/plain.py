"""Typed values to plain ones for JSON, and back.

An `Estimate` of a `Section` is one number under its own name; its bounds stand together under `ci_low` and `ci_high`.
"""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, Self, get_args, get_origin, get_type_hints

from coder.statistics import Estimate

BOUNDS = ("ci_low", "ci_high")


def plain(value: Any) -> Any:
    """Return dictionaries, lists and scalars in place of typed values, by their own `to_dict` where they have one."""
    if hasattr(value, "to_dict"):
        return value.to_dict()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if is_dataclass(value) and not isinstance(value, type):
        return {item.name: plain(getattr(value, item.name)) for item in fields(value)}
    return value


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report or a card: a frozen dataclass that knows its shape in JSON.

    A field that is None by default, or has a default factory, is left out of the JSON where it has its default.
    """

    def to_dict(self) -> dict[str, Any]:
        """Return the section as plain values."""
        values: dict[str, Any] = {}
        bounds: dict[str, dict[str, float]] = {bound: {} for bound in BOUNDS}
        for item in fields(self):
            value = getattr(self, item.name)
            if _left_out(item, value):
                continue
            if isinstance(value, Estimate):
                values[item.name] = value.value
                for bound, end in zip(BOUNDS, (value.low, value.high), strict=True):
                    if end is not None:
                        bounds[bound][item.name] = end
            else:
                values[item.name] = plain(value)
        return values | {
            bound: values_of_bound for bound, values_of_bound in bounds.items() if values_of_bound
        }

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """Return the section of plain values; names it does not know are ignored.

        Raises ValueError where a value is missing or of another kind.
        """
        if not isinstance(values, Mapping):
            raise ValueError(f"{cls.__name__} is not an object")
        given: dict[str, Any] = {}
        hints = get_type_hints(cls)
        for item in fields(cls):
            kind = hints[item.name]
            if kind is Estimate:
                given[item.name] = _estimate(values, item.name)
            elif item.name in values:
                given[item.name] = _typed(kind, values[item.name], item.name)
            elif item.default is MISSING and item.default_factory is MISSING:
                raise ValueError(f"{cls.__name__} has no '{item.name}'")
        return cls(**given)


def _left_out(item: "Field[Any]", value: Any) -> bool:
    if item.default_factory is not MISSING:
        return bool(value == item.default_factory())
    return item.default is None and value is None


def _estimate(values: Mapping[str, Any], name: str) -> Estimate:
    ends = [_typed(Mapping[str, float], values.get(bound, {}), bound).get(name) for bound in BOUNDS]
    return Estimate(_typed(float | None, values.get(name), name), *ends)


def _typed(kind: Any, value: Any, name: str) -> Any:
    """Return a plain value as one of `kind`; raises ValueError, naming where it stood, if it is none."""
    origin, args = get_origin(kind), get_args(kind)
    if origin is UnionType:  # of something and None
        (some,) = (arg for arg in args if arg is not NoneType)
        return None if value is None else _typed(some, value, name)
    if origin is tuple and isinstance(value, (list, tuple)):
        kinds = [args[0]] * len(value) if args[-1] is Ellipsis else list(args)
        if len(kinds) == len(value):
            return tuple(_typed(one, item, name) for one, item in zip(kinds, value, strict=True))
    elif origin is Mapping and isinstance(value, Mapping):
        return {str(key): _typed(args[1], item, name) for key, item in value.items()}
    elif isinstance(kind, type) and issubclass(kind, Section):
        return kind.from_dict(value)
    elif origin is None and _is_scalar(kind, value):
        return float(value) if kind is float else value
    raise ValueError(f"'{name}' is {value!r:.40}")


def _is_scalar(kind: type, value: Any) -> bool:
    if isinstance(value, bool):  # which Python takes for a number
        return kind is bool
    return isinstance(value, (int, float) if kind is float else kind)
