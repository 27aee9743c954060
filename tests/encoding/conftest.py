"""Interview-like texts of every length, and an encoder for the encoding tests."""

import random

import pytest

from coder.arrays import Vectors
from coder.encoding.transformer import MiniLM

SENTENCES = """
Well, I wanted to go to the appointments but the clinic is a long way off and there is only one bus.
Mm.
Yeah, yeah.
Nobody ever told me what the exercises were for, so I stopped.
My daughter reminds me every morning, otherwise I would forget the tablets.
It's too expensive.
To be honest I was frightened it would make the pain worse, and I still am, a bit.
The nurse showed us on the screen, and we practised together until it felt natural.
I don't think that it is my role to tell families what they should eat, is it?
We had twelve meetings in the first year; the farmers brought data, the modellers brought coffee.
I feel proud when I manage the stairs.
Habit, I suppose: after breakfast, shoes on, out of the door, whatever the weather.
They promised feedback but we never saw the results – so why would anyone take part again?
If my husband weren't with me I couldn't do any of it.
The new guidelines changed nothing on the ward because there's no time, no staff and no space.
I know how to do it. I just can't be bothered some days.
There was a real sense of trust, that everybody's knowledge counted, café talk included.
£40 a month!!! Who can pay that?
Honestly? No idea.
So the policy people said yes, then no, then (after the election) maybe.
""".strip().splitlines()


@pytest.fixture(scope="session")
def texts() -> list[str]:
    """Return 160 texts of 1 to about 200 words, and two very long ones."""
    chance = random.Random(7)
    drawn = [" ".join(chance.choices(SENTENCES, k=chance.choice([1, 1, 1, 2, 3, 8]))) for _ in range(140)]
    return [*SENTENCES, *drawn, " ".join(SENTENCES * 3), " ".join(SENTENCES * 9)]


@pytest.fixture(scope="session")
def lean() -> MiniLM:
    """Return the default encoder without a cache, one thread."""
    return MiniLM(1, None)


@pytest.fixture(scope="session")
def vectors(lean: MiniLM, texts: list[str]) -> Vectors:
    """Return the vectors of all texts, encoded together."""
    return lean.encode(texts)
