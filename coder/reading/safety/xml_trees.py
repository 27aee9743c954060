"""Small trees out of a stream of XML events: one paragraph at a time, so that no document is a tree as a whole."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from coder.errors import UnsafeFileError
from coder.reading.safety.xml import Event

MAX_NODES = 100_000


@dataclass(slots=True)
class Node:
    """An element with its attributes and its children: elements and stretches of text, in order."""

    tag: str
    attributes: Mapping[str, str]
    children: list["Node | str"] = field(default_factory=list)

    def elements(self) -> Iterator["Node"]:
        """Yield the children that are elements."""
        return (child for child in self.children if isinstance(child, Node))

    def find(self, *path: str) -> "Node | None":
        """Return the first element along a path of tags below this one."""
        node = self
        for tag in path:
            below = next((child for child in node.elements() if child.tag == tag), None)
            if below is None:
                return None
            node = below
        return node

    def text(self) -> str:
        """Return all text directly in this element."""
        return "".join(child for child in self.children if isinstance(child, str))

    def events(self) -> Iterator[Event]:
        """Yield the events of what is inside this element, and its end."""
        for child in self.children:
            if isinstance(child, Node):
                yield "start", child.tag, child.attributes
                yield from child.events()
            else:
                yield "text", child, {}
        yield "end", self.tag, {}


def subtree(events: Iterator[Event], tag: str, attributes: Mapping[str, str], name: str) -> Node:
    """Read on to the end of the element whose start was just seen and return it as a tree.

    Raises UnsafeFileError if a single paragraph of the file `name` has more than MAX_NODES elements.
    """
    root = Node(tag, attributes)
    open_nodes, nodes = [root], 0
    for kind, value, values in events:
        if kind == "text":
            open_nodes[-1].children.append(value)
        elif kind == "start":
            nodes += 1
            if nodes > MAX_NODES:
                raise UnsafeFileError(
                    f"{name}: a single paragraph is made of more than {MAX_NODES:,} pieces; reading was stopped. "
                    "If the file is yours, copy its text into a new document."
                )
            node = Node(value, values)
            open_nodes[-1].children.append(node)
            open_nodes.append(node)
        else:
            open_nodes.pop()
            if not open_nodes:
                break
    return root


def discard(events: Iterator[Event]) -> None:
    """Read on to the end of the element whose start was just seen and forget it."""
    depth = 1
    for kind, _, _ in events:
        depth += (kind == "start") - (kind == "end")
        if not depth:
            return
