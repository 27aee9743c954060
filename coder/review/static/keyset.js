// The keyboard map as a form: press a field, then the key.

import { post, say } from "./talk.js";

const fields = [...document.querySelectorAll(".key")];
const SHOWN = { Enter: "⏎", ArrowDown: "↓", ArrowUp: "↑", ArrowLeft: "←", ArrowRight: "→", " ": "Space" };

function own(kind) {
  return Object.fromEntries(fields.filter((field) => field.dataset[kind]).map((field) => [field.dataset[kind], field.dataset.key]));
}

for (const field of fields) {
  field.addEventListener("keydown", async (event) => {
    if (["Tab", "Shift", "Control", "Alt", "Meta", "Escape"].includes(event.key) || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const before = [field.dataset.key, field.value];
    field.dataset.key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    field.value = SHOWN[event.key] || field.dataset.key.toUpperCase();
    const { ok } = await post("/prefer", { keys: own("action"), codes: own("code") });
    if (ok) say("Key saved");
    else [field.dataset.key, field.value] = before;
  });
}

document.getElementById("switches")?.addEventListener("change", async (event) => {
  const { ok } = await post("/prefer", { [event.target.name]: event.target.checked });
  if (ok) say("Saved");
});
