"""Names, places and numbers that could identify a person: found, listed for review, replaced consistently."""

from coder.pseudonyms.items import Item, items_of
from coder.pseudonyms.recognise import Mention, mentions_in
from coder.pseudonyms.replace import Replacer

__all__ = ["Item", "Mention", "Replacer", "items_of", "mentions_in"]
