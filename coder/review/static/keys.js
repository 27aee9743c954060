// Which action a key press means. Keys rest in text fields, in dialogs, and with modifier keys (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";
const MOVES = new Set(["next", "previous"]);  // the only actions that a held key repeats

export function isTyping(target) {
  return target instanceof Element && Boolean(target.closest(TYPING));
}

function pressesItself(event) {
  // Enter and Space on a button or link belong to that button or link.
  return (event.key === "Enter" || event.key === " ") && event.target instanceof Element
    && Boolean(event.target.closest("button, a[href], summary, input"));
}

// The key as the layout means it. Digits by place, since a French keyboard has them above Shift; letters by place
// where the layout has no Latin ones; what needs AltGr (or Option on a Mac) by the character it makes.
function keyOf(event) {
  const made = event.getModifierState?.("AltGraph") || (event.altKey && !event.ctrlKey && !event.metaKey);
  if (made) return /^[^\p{L}\p{N}\s]$/u.test(event.key) ? event.key : null;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code || "");
  if (digit && !event.shiftKey) return digit[1];
  if (event.key.length !== 1) return event.key;
  const letter = /^Key([A-Z])$/.exec(event.code || "");
  if (letter && /^[^\u0000-\u024f]$/u.test(event.key)) return letter[1].toLowerCase();
  return event.key.toLowerCase();
}

function find(event, actions, codes) {
  const altGr = event.getModifierState?.("AltGraph");
  if ((event.ctrlKey || event.metaKey) && !altGr) {
    const key = event.key.toLowerCase();
    if (key === "z") return { action: event.shiftKey ? "redo" : "undo" };
    return key === "y" ? { action: "redo" } : null;
  }
  if (pressesItself(event)) return null;
  const key = keyOf(event);
  if (key === null) return null;
  for (const [action, keys] of Object.entries(actions)) {
    if (keys.some((one) => one.toLowerCase() === key.toLowerCase())) return { action, stay: event.shiftKey };
  }
  for (const [code, one] of Object.entries(codes)) {
    if (one && one.toLowerCase() === key.toLowerCase()) return { action: "code", code };
  }
  return null;
}

export function meaningOf(event, actions, codes) {
  if (isTyping(event.target) || document.querySelector("dialog[open]") || event.isComposing) return null;
  const meaning = find(event, actions, codes);
  // A key that is held down decides once: what it would write next nobody has looked at.
  if (event.repeat && (meaning ? !MOVES.has(meaning.action) : pressesItself(event))) {
    event.preventDefault();
    return null;
  }
  return meaning;
}
