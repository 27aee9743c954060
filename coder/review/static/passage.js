// The selected words as offsets into the transcript, in code points as the study counts them.

function unitAt(node) {
  const element = node instanceof Element ? node : node.parentElement;
  return element && element.closest(".unit");
}

function offsetIn(unit, node, offset) {
  const words = unit.querySelector(".words");
  const before = document.createRange();
  before.selectNodeContents(words);
  if (!words.contains(node)) return null;
  before.setEnd(node, offset);
  return Number(unit.dataset.start) + [...before.toString()].length;
}

export function selectedPassage() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const first = unitAt(range.startContainer);
  const last = unitAt(range.endContainer);
  if (!first || !last) return null;
  const start = offsetIn(first, range.startContainer, range.startOffset);
  const end = offsetIn(last, range.endContainer, range.endOffset);
  if (start === null || end === null || end <= start) return null;
  return { span: [start, end], unit: first };
}

export function dropSelection() {
  getSelection()?.removeAllRanges();
}
