"""What a request asks for: the numbers of an address, the object of a write; what cannot be read is refused."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from coder.errors import InputError, NotFoundError

LARGEST = 2**63 - 1  # of a number in a study file
MOST_FILES = 1_000  # dropped at once
EMPTY_FIELDS = 2  # of the form for a new study, which count as files where no codebook or table is chosen


@asynccontextmanager
async def dropped(request: Request) -> AsyncIterator[FormData]:
    """Give the form that files were dropped in. Raises InputError if they are too many, or no form arrived."""
    too_many = InputError(f"These are more than {MOST_FILES:,} files. Drop up to {MOST_FILES:,} at a time.")
    try:
        form = await request.form(max_files=MOST_FILES + EMPTY_FIELDS, max_fields=10)
    except HTTPException as error:
        if "Too many files" not in error.detail:
            raise InputError("The files did not arrive whole. Drop them once more.") from error
        raise too_many from error
    try:
        files = [item for _, item in form.multi_items() if isinstance(item, UploadFile) and item.filename]
        if len(files) > MOST_FILES:
            raise too_many
        yield form
    finally:
        await form.close()


async def body_of(request: Request) -> dict[str, Any]:
    """Return the JSON object of a write. Raises InputError if it is none."""
    try:
        content = await request.json()
    except (ValueError, RecursionError) as error:
        raise InputError("The request is not JSON.") from error
    if not isinstance(content, dict):
        raise InputError("The request is not a JSON object.")
    if (
        b"\\u" in await request.body()
    ):  # how JSON writes half a character, which no file and no answer can hold
        try:
            json.dumps(content, ensure_ascii=False).encode()
        except UnicodeEncodeError as error:
            raise InputError("A text that was sent holds half a character. Nothing was saved.") from error
    return content


def whole_number(given: object) -> int | None:
    """Return a number that something in a study can have, sent as one or typed in digits; None if it is none."""
    if isinstance(given, str) and given.isascii() and given.isdigit() and len(given) <= len(str(LARGEST)):
        given = int(given)
    if not isinstance(given, int) or isinstance(given, bool):
        return None
    return given if 0 <= given <= LARGEST else None


def asked_number(request: Request, name: str) -> int:
    """Return the number called `name` in the address. Raises NotFoundError if it is missing or none."""
    number = whole_number(request.path_params.get(name, request.query_params.get(name)))
    if number is None:
        raise NotFoundError(
            f"There is nothing at this address: its number ‘{name}’ is missing or wrong. Go on from the Study page."
        )
    return number


def sent_number(content: dict[str, Any], name: str) -> int:
    """Return the number called `name` of a write. Raises InputError if it is missing or none."""
    number = whole_number(content.get(name))
    if number is None:
        raise InputError(f"'{name}' must be a whole number.")
    return number


def listed_numbers(given: object) -> tuple[int, ...]:
    """Return the numbers of a list as forms send it, with commas between; what is no number is left out."""
    numbers = (whole_number(word) for word in str(given or "").split(","))
    return tuple(number for number in numbers if number is not None)


def sent_numbers(content: dict[str, Any], name: str) -> tuple[int, ...] | None:
    """Return the list called `name` of a write, None if it is left out. Raises InputError if it holds no numbers."""
    given = content.get(name)
    if given is None:
        return None
    numbers = [whole_number(item) for item in given] if isinstance(given, list) else [None]
    if None in numbers:
        raise InputError(f"'{name}' must be a list of whole numbers.")
    return tuple(number for number in numbers if number is not None)


def seconds_of(content: dict[str, Any]) -> float | None:
    """Return how long somebody thought, in seconds; None if that was not measured."""
    seconds = content.get("seconds")
    if not isinstance(seconds, (int, float)) or isinstance(seconds, bool) or not 0 <= seconds < LARGEST:
        return None
    return float(seconds)
