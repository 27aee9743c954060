"""The keyboard map: what each key does, and how a coder's own keys are read and checked."""

from collections.abc import Mapping
from dataclasses import dataclass

from coder.errors import InputError


@dataclass(frozen=True, slots=True)
class Action:
    """Something a key or a button does. `keys` as the browser names them (KeyboardEvent.key)."""

    name: str
    keys: tuple[str, ...]
    does: str
    group: str


ACTIONS = (
    Action("done", ("Enter",), "Accept the suggestion if it is still open, then go to the next", "Decide"),
    Action("accept", ("a",), "Accept the suggestion and stay", "Decide"),
    Action("reject", ("x",), "Reject the suggestion and go to the next", "Decide"),
    Action("nothing", ("0",), "Nothing to code here; go to the next", "Decide"),
    Action("barrier", ("b",), "Barrier", "Decide"),
    Action("facilitator", ("f",), "Facilitator", "Decide"),
    Action("mixed", ("m",), "Mixed", "Decide"),
    Action("skip", ("s",), "Skip for now; go to the next", "Decide"),
    Action("flag", ("g",), "Flag to come back to, or take the flag off", "Decide"),
    Action("memo", ("e",), "Write a memo", "Decide"),
    Action("undo", ("u",), "Undo (also Ctrl+Z)", "Decide"),
    Action("redo", ("r",), "Redo (also Ctrl+Shift+Z)", "Decide"),
    Action("next", ("j", "ArrowDown"), "Next utterance", "Move"),
    Action("previous", ("k", "ArrowUp"), "Previous utterance", "Move"),
    Action("next_open", ("n",), "Next one without a decision", "Move"),
    Action("next_uncertain", ("i",), "Next one the machine is unsure about", "Move"),
    Action("search", ("/",), "Search the text", "Move"),
    Action("find_code", ("c",), "Find a code: two letters of it, then Enter", "Move"),
    Action("extend", ("]",), "Let the code cover the following utterance too", "Passage"),
    Action("trim", ("[",), "Take the last utterance out of the passage", "Passage"),
    Action("split", ("|",), "Split the passage here", "Passage"),
    Action("join", ("&", ";"), "Join with the passage before", "Passage"),
    Action("take_a", ("ArrowLeft",), "Keep yours; adjudicating: take side A", "Compare"),
    Action("take_b", ("ArrowRight",), "Switch to the machine's; adjudicating: take side B", "Compare"),
    Action("take_both", ("=",), "Add the machine's; adjudicating: take both", "Compare"),
    Action("good", ("*",), "In a list of quotes: mark as a good quote", "Move"),
    Action("help", ("?",), "Show all keys", "Move"),
)
BY_NAME = {action.name: action for action in ACTIONS}
SHOWN = {"Enter": "⏎", "ArrowDown": "↓", "ArrowUp": "↑", "ArrowLeft": "←", "ArrowRight": "→", " ": "Space"}


def shown(key: str) -> str:
    """Return a key as it is printed on a button."""
    return SHOWN.get(key, key.upper() if len(key) == 1 else key)


def action_keys(own_keys: Mapping[str, str]) -> dict[str, tuple[str, ...]]:
    """Return the keys of every action; an own key replaces the standard ones."""
    return {a.name: (own_keys[a.name],) if own_keys.get(a.name) else a.keys for a in ACTIONS}


def checked(own_keys: Mapping[str, str], codes: Mapping[str, str]) -> None:
    """Raise InputError if one key would do two things, or a key is not a single one."""
    uses: dict[str, list[str]] = {}
    for name, keys in action_keys(own_keys).items():
        for key in keys:
            uses.setdefault(key.lower(), []).append(BY_NAME[name].does)
    for label, key in codes.items():
        if key:
            uses.setdefault(key.lower(), []).append(label)
    clashes = [f"'{shown(key)}' would do: {'; '.join(does)}" for key, does in uses.items() if len(does) > 1]
    if clashes:
        raise InputError("A key can do one thing only. " + ". ".join(clashes) + ".")
    strange = [key for key in uses if len(key) != 1 and not key.isalnum()]
    if strange:
        raise InputError(f"Not a key: {', '.join(strange)}")
