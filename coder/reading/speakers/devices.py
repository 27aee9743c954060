"""Names of devices, by which meeting programs call whoever gave none: "iPad", "iPad (2)", "Ida's iPhone (1)"."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from coder.reading.speakers.labels import Candidate
from coder.reading.speakers.lines import Line
from coder.reading.speakers.vocabulary import ASIDE, DEVICE, Shape, key_of, shape_of

_DEVICES = frozenset({"ipad", "iphone"})


def settle_devices(lines: Sequence[Line]) -> None:
    """Judge names of devices by the file: where numbered ones speak again, an iPad is somebody, else a thing.

    A number that comes once behind a name that comes without it, too, tells nobody apart.
    """
    counts = Counter(key for line in lines for key in {one.key for one in line.candidates})
    numbered = {one.key for line in lines for one in line.candidates if DEVICE.search(one.label)}
    again = any(counts[key] > 1 for key in numbered)
    for line in lines if numbered else ():
        line.candidates = tuple(_settled(one, counts, again=again) for one in line.candidates)


def _settled(one: Candidate, counts: Counter[str], *, again: bool) -> Candidate:
    bare = ASIDE.sub("", one.label).strip()
    key = key_of(bare)
    if DEVICE.search(one.label) and counts[one.key] == 1 and counts[key] > 1:
        return replace(one, label=bare, key=key, shape=shape_of(bare))
    return replace(one, shape=max(one.shape, Shape.NAME)) if again and key in _DEVICES else one
