// The selected words as offsets into the transcript, in code points as the study counts them.

function lengthTo(words, node, offset) {
  const before = document.createRange();
  before.selectNodeContents(words);
  before.setEnd(node, offset);
  return [...before.toString()].length;
}

// The words of one utterance that a range holds, as offsets; null if it holds none of them.
function heldOf(words, range) {
  const unit = words.closest(".unit");
  const from = words.contains(range.startContainer) ? lengthTo(words, range.startContainer, range.startOffset) : 0;
  const to = words.contains(range.endContainer) ? lengthTo(words, range.endContainer, range.endOffset) : [...words.textContent].length;
  const start = Number(unit.dataset.start);
  return to > from ? { unit, span: [start + from, start + to] } : null;
}

// What was selected: `span`, and the utterance it begins in and all that it touches. A selection may begin or end
// beside the words (a line pulled to the margin ends at the next speaker's name) and in what the interviewer says:
// the words of participants count. Interviewers' words alone are returned too; the study refuses them and says so.
export function selectedPassage() {
  const selection = getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const touched = [...document.querySelectorAll(".unit .words")].filter((words) => range.intersectsNode(words))
    .map((words) => heldOf(words, range)).filter(Boolean);
  const said = touched.filter(({ unit }) => unit.hasAttribute("data-codable"));
  const held = said.length ? said : touched;
  if (!held.length) return null;
  return { span: [held[0].span[0], held.at(-1).span[1]], unit: held[0].unit, ids: held.map(({ unit }) => Number(unit.dataset.id)) };
}

export function dropSelection() {
  getSelection()?.removeAllRanges();
}
