// Which action a key press means. Keys rest in text fields, in dialogs, and with modifier keys (WCAG 2.1.4).

const TYPING = "input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]";

export function isTyping(target) {
  return target instanceof Element && Boolean(target.closest(TYPING));
}

function pressesItself(event) {
  // Enter and Space on a button or link belong to that button or link.
  return (event.key === "Enter" || event.key === " ") && event.target instanceof Element
    && Boolean(event.target.closest("button, a[href], summary, input"));
}

export function meaningOf(event, actions, codes) {
  if (isTyping(event.target) || document.querySelector("dialog[open]") || event.isComposing) return null;
  if (event.ctrlKey || event.metaKey) {
    const key = event.key.toLowerCase();
    if (key === "z") return { action: event.shiftKey ? "redo" : "undo" };
    return key === "y" ? { action: "redo" } : null;
  }
  if (event.altKey || pressesItself(event)) return null;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  for (const [action, keys] of Object.entries(actions)) {
    if (keys.some((one) => one.toLowerCase() === key.toLowerCase())) return { action, stay: event.shiftKey };
  }
  for (const [code, one] of Object.entries(codes)) {
    if (one && one.toLowerCase() === key.toLowerCase()) return { action: "code", code };
  }
  return null;
}
