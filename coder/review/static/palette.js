// The code palette: a few letters, Enter. Recently used codes come first.

const dialog = document.getElementById("palette");
const field = document.getElementById("palette-words");
const list = document.getElementById("palette-list");
const options = [...list.children];
const RECENT = "coder recent codes";
let chosen = null;
let apply = () => {};

const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const recent = () => JSON.parse(sessionStorage.getItem(RECENT) || "[]");

export function noteCode(code) {
  sessionStorage.setItem(RECENT, JSON.stringify([code, ...recent().filter((one) => one !== code)].slice(0, 12)));
}

// 0 the label begins so, 1 its mark or its words' first letters, 2 a word begins so, 3 somewhere in label or definition.
function rank(option, wanted) {
  const label = plain(option.querySelector("span:not(.swatch)").textContent);
  const words = label.split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (label.startsWith(wanted)) return 0;
  const initials = words.map((word) => word[0]).join("");
  if (plain(option.dataset.mark).startsWith(wanted) || initials.startsWith(wanted)) return 1;
  if (words.some((word) => word.startsWith(wanted))) return 2;
  return label.includes(wanted) || plain(option.dataset.more).includes(wanted) ? 3 : null;
}

function choose(option) {
  for (const one of options) one.setAttribute("aria-selected", String(one === option));
  chosen = option ?? null;
  if (option) {
    field.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  } else field.removeAttribute("aria-activedescendant");
}

function show() {
  const wanted = plain(field.value.trim());
  const used = recent();
  const late = (option) => (used.includes(option.dataset.code) ? used.indexOf(option.dataset.code) : used.length);
  const found = options.map((option) => [wanted ? rank(option, wanted) : 0, late(option), options.indexOf(option), option])
    .filter(([fit]) => fit !== null).sort((a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2]).map((row) => row[3]);
  for (const option of options) option.hidden = !found.includes(option);
  list.append(...found);
  choose(found[0]);
}

export function openPalette(take) {
  apply = take;
  field.value = "";
  show();
  dialog.showModal();
  field.focus();
}

function take() {
  if (!chosen) return;
  const code = chosen.dataset.code;
  dialog.close();
  apply(code);
}

field.addEventListener("input", show);
field.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  const shown = [...list.children].filter((option) => !option.hidden);
  const at = shown.indexOf(chosen);
  if (event.key === "ArrowDown") choose(shown[Math.min(shown.length - 1, at + 1)]);
  else if (event.key === "ArrowUp") choose(shown[Math.max(0, at - 1)]);
  else if (event.key === "Enter") { if (!event.repeat) take(); } else return;
  event.preventDefault();
});
list.addEventListener("click", (event) => {
  const option = event.target.closest("[role=option]");
  if (option) { choose(option); take(); }
});
