// Lists that are coded in place: quotes of a code, search results. One row is current; keys act on it.

import { get, post, renewed, say, showReversed, clearWarning } from "./talk.js";
import { meaningOf } from "./keys.js";
import "./theme.js";
import "./forms.js";

const main = document.getElementById("main");
const rows = [...document.querySelectorAll(".row")];
const actions = JSON.parse(main.dataset.keys);
const codes = JSON.parse(main.dataset.codes);
const ACTS = new Set(["done", "accept", "reject", "nothing", "barrier", "facilitator", "mixed", "skip", "flag", "code"]);
const ONWARD = new Set(["done", "reject", "nothing", "skip", "barrier", "facilitator", "mixed"]);
const palette = document.getElementById("palette") ? import("./palette.js") : null;
let busy = Promise.resolve();
let current = null;
let since = performance.now();

function inTurn(work) {
  busy = busy.then(work, work);
  return busy;
}

function makeCurrent(row, { grab = true, scroll = true } = {}) {
  if (!row) return;
  for (const one of rows) { one.removeAttribute("aria-current"); one.tabIndex = -1; }
  current = row;
  since = performance.now();
  row.setAttribute("aria-current", "true");
  row.tabIndex = 0;
  if (grab) row.focus({ preventScroll: true });
  if (scroll) row.scrollIntoView({ block: "nearest" });
}

const beside = (step) => rows[Math.min(rows.length - 1, Math.max(0, rows.indexOf(current) + step))];

function draw(content) {
  for (const [id, state] of Object.entries(content.rows || {})) {
    for (const row of rows.filter((one) => one.dataset.utterance === id)) {
      row.dataset.token = state.token;
      row.dataset.offered = JSON.stringify(state.offered);
      row.setAttribute("aria-label", state.spoken);
      row.querySelector(".chips").innerHTML = state.html;
    }
  }
  renewed(content);
}

async function act(action, code, stay) {
  if (!current) return;
  const row = current;
  const { ok, status, content } = await post("/act", {
    action, code, utterance: Number(row.dataset.utterance), expected: row.dataset.token, view: "rows", drawn: "list",
    shown: JSON.parse(row.dataset.offered),
    seconds: (performance.now() - since) / 1000,
  });
  if (ok || status === 409) draw(content);
  if (!ok) return;
  clearWarning();
  say(content.say, content.hint);
  if (action === "code" && palette) (await palette).noteCode(code);
  if (!stay && ONWARD.has(action)) makeCurrent(beside(1));
}

async function reverse(path) {
  const { ok, content } = await post(path, { view: "rows" });
  if (!ok || showReversed(content)) return;
  draw(content);
  if (content.quote) drawStar(content.quote);
  say(content.say);
  const id = content.quote ? String(content.quote[0]) : Object.keys(content.rows || {})[0];
  makeCurrent(rows.find((row) => row.dataset.utterance === id) ?? current);
}

async function context(row, button) {
  const box = row.querySelector(".context");
  if (box.hidden && !box.innerHTML) {
    const { ok, content } = await get(`/part/around?u=${row.dataset.utterance}`);
    if (!ok) return;
    box.innerHTML = content.html;
  }
  box.hidden = !box.hidden;
  button.setAttribute("aria-expanded", String(!box.hidden));
}

async function copy(row) {
  try {
    await navigator.clipboard.writeText(row.dataset.copy);
  } catch {
    const field = document.createElement("textarea");  // where the browser gives pages no clipboard
    field.value = row.dataset.copy;
    document.body.append(field);
    field.select();
    document.execCommand("copy");
    field.remove();
  }
  say("Copied with speaker and transcript");
}

function star(button, on) {
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "★" : "☆";
}

function drawStar([id, code, on]) {
  for (const row of rows) {
    if (row.dataset.utterance === String(id) && row.dataset.code === code) star(row.querySelector('[data-row="good"]'), on);
  }
}

async function good(row) {
  const button = row.querySelector('[data-row="good"]');
  if (!button) return say("Only a confirmed quote can be marked.");
  const wanted = button.getAttribute("aria-pressed") !== "true";
  const { ok, content } = await post("/good", { utterance: Number(row.dataset.utterance), code: row.dataset.code, good: wanted });
  if (!ok) return;
  star(button, content.good);
  say(content.say, content.hint);
}

document.addEventListener("keydown", async (event) => {
  const meaning = meaningOf(event, actions, Object.keys(actions).length ? codes : {});
  if (!meaning) return;
  const { action, code, stay } = meaning;
  const local = {
    next: () => makeCurrent(beside(1)), previous: () => makeCurrent(beside(-1)),
    undo: () => inTurn(() => reverse("/undo")), redo: () => inTurn(() => reverse("/redo")),
    good: () => current && inTurn(() => good(current)),
    find_code: async () => palette && (await palette).openPalette((found) => inTurn(() => act("code", found))),
    search: () => document.querySelector('input[type="search"]')?.focus(),
  };
  if (!(action in local) && !ACTS.has(action)) return;
  event.preventDefault();
  if (action in local) local[action]();
  else inTurn(() => act(action, code, stay));
});

main.addEventListener("click", (event) => {
  const row = event.target.closest(".row");
  if (!row) return;
  const button = event.target.closest("[data-row]");
  if (row !== current) makeCurrent(row, { grab: !button });
  if (!button) return;
  if (button.dataset.row === "context") context(row, button);
  else if (button.dataset.row === "copy") copy(row);
  else inTurn(() => good(row));
});
main.addEventListener("focusin", (event) => {
  const row = event.target.closest(".row");
  if (row && row !== current) makeCurrent(row, { grab: false });
});

for (const form of document.querySelectorAll("form[data-ticked]")) {
  form.addEventListener("submit", (event) => {
    const ticked = rows.filter((row) => row.querySelector("[data-tick]")?.checked).map((row) => row.dataset.utterance);
    form.elements.quotes.value = ticked.join(",");
    if (!ticked.length) {
      event.preventDefault();
      say("Tick the quotes that are meant first.");
    }
  });
}

if (rows.length) makeCurrent(rows[0], { grab: false, scroll: false });
