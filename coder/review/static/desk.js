// The desk: one utterance in focus, gestures by key or button, and the touched pieces drawn anew from the answer.

import { get, post, say, warn, clearWarning } from "./talk.js";
import { meaningOf } from "./keys.js";
import { selectedPassage, dropSelection } from "./passage.js";
import { loadChunkOf, neighbourOf, watchChunks, passedUnits } from "./chunks.js";
import { showEntry, watchBook } from "./book.js";
import "./theme.js";

const desk = document.getElementById("main");
const panel = document.getElementById("panel");
const stage = document.getElementById("stage");
const view = desk.dataset.view;
const actions = JSON.parse(desk.dataset.keys);
const codes = JSON.parse(desk.dataset.codes);
const queue = view === "queue" ? JSON.parse(desk.dataset.queue) : null;
const drawn = view === "queue" ? JSON.parse(desk.dataset.drawn) : {};
const POLARITIES = ["barrier", "facilitator", "mixed"];
const ONWARD = new Set(["done", "reject", "nothing", "skip"]);
const LOCAL = { next, previous, next_open: nextOpen, next_uncertain: nextUncertain, search, find_code: findCode, memo, help, undo: () => reverse("/undo"), redo: () => reverse("/redo"), passed };

let current = Number(desk.dataset.focus) || 0;
let since = performance.now();
let away = 0;
let busy = Promise.resolve();

const narrow = matchMedia("(max-width: 56rem)");
const unitOf = (id) => document.getElementById(`u${id}`);

function announceFocus(id, { scroll = true, grab = true } = {}) {
  const before = document.querySelector('.unit[aria-current="true"]');
  if (before && before.dataset.id !== String(id)) {
    before.removeAttribute("aria-current");
    before.tabIndex = -1;
  }
  current = id;
  since = performance.now();
  away = 0;
  const unit = unitOf(id);
  if (!unit) return;
  unit.setAttribute("aria-current", "true");
  unit.tabIndex = 0;
  if (grab) unit.focus({ preventScroll: true });
  if (scroll) unit.scrollIntoView({ block: view === "queue" && !narrow.matches ? "center" : "nearest" });
  remember(id);
}

function remember(id) {
  const address = new URL(location.href);
  address.searchParams.set("u", id);
  history.replaceState(null, "", address);
}

function draw(content, { scroll = true } = {}) {
  const held = document.activeElement?.closest?.("#panel [data-do]");
  const again = held && { action: held.dataset.do, code: held.dataset.code };
  if (content.stage && stage) stage.innerHTML = content.stage;
  for (const [id, html] of Object.entries(content.units || {})) {
    const unit = unitOf(id);
    if (unit) unit.outerHTML = html;
  }
  if (content.panel) panel.innerHTML = content.panel;
  if (content.tally) document.getElementById("tally").innerHTML = content.tally;
  if (content.focus) announceFocus(content.focus, { scroll, grab: !again });
  if (again) {
    // Whoever works with Tab stays on the button they pressed.
    const code = again.code ? `[data-code="${CSS.escape(again.code)}"]` : "";
    panel.querySelector(`[data-do="${again.action}"]${code}`)?.focus();
  }
  if (queue) showPlace();
  showEntry(panel);
}

function showPlace() {
  const at = queue.indexOf(current);
  document.getElementById("place").textContent = at < 0 ? `${queue.length} in this queue` : `${at + 1} of ${queue.length}`;
  document.getElementById("place-bar").value = at + 1;
}

// One thing after the other: keys pressed faster than the disk writes wait their turn, none is lost.
function inTurn(work) {
  busy = busy.then(work, work);
  return busy;
}

async function go(id) {
  if (!id) return;
  if (queue) {
    const { ok, content } = await get(`/part/step?u=${id}`);
    if (ok) draw(content);
    return;
  }
  if (!(await loadChunkOf(id))) {
    location.href = `/at/${id}`;
    return;
  }
  announceFocus(id);
  const { ok, content } = await get(`/part/panel?u=${id}`);
  if (ok && current === id) draw(content, { scroll: false });
}

async function neighbour(step) {
  if (queue) {
    const at = queue.indexOf(current);
    return queue[at + step] ?? null;
  }
  return neighbourOf(current, step);
}

async function next() {
  const id = await neighbour(1);
  if (id) return go(id);
  if (queue) location.href = withoutPlace();
  else say("This is the last utterance.");
}

async function previous() {
  const id = await neighbour(-1);
  if (id) return go(id);
  say("This is the first utterance.");
}

function withoutPlace() {
  const address = new URL(location.href);
  address.searchParams.delete("u");
  return address.href;
}

async function nextOpen() {
  if (queue) return next();
  const { ok, content } = await get(`/part/open?u=${current}`);
  if (ok && content.id) await go(content.id);
  else if (ok) say("Everything here is decided.");
}

async function nextUncertain() {
  const where = desk.dataset.transcript ? `&t=${desk.dataset.transcript}` : "";
  const { ok, content } = await get(`/part/uncertain?u=${current}${where}`);
  if (ok && content.id) await go(content.id);
  else if (ok) say("Nothing uncertain is waiting.");
}

function search() {
  const field = document.getElementById("search");
  field.focus();
  field.select();
}

function findCode() {
  document.getElementById("find-code").focus();
}

function help() {
  document.getElementById("help").showModal();
}

async function act(action, code, stay) {
  const selected = view === "read" ? selectedPassage() : null;
  const reshaping = selected && (action === "code" || action === "extend");
  const target = reshaping && action === "code" ? Number(selected.unit.dataset.id) : current;
  const unit = unitOf(target);
  if (!unit) return;
  const onward = !stay && (ONWARD.has(action) || (POLARITIES.includes(action) && desk.dataset.advance === "on"));
  const id = onward ? await neighbour(1) : null;
  const { ok, status, content } = await post("/act", {
    action: reshaping && action === "extend" ? "cover" : action, code, utterance: target, expected: unit.dataset.token,
    selection: reshaping ? selected.span : null, seconds: (performance.now() - since - away) / 1000,
    then: onward ? id ?? target : null, view, drawn: drawn[target] || view, q: desk.dataset.q || "",
  });
  if (reshaping) dropSelection();
  if (ok || status === 409) {
    if (ok) clearWarning();
    if (content.focus && !queue && !unitOf(content.focus)) await loadChunkOf(content.focus);
    draw(content, { scroll: content.focus !== target });
    say(content.say);
    if (ok && onward && !id && queue) location.href = withoutPlace();
  }
}

async function reverse(path) {
  const { ok, content } = await post(path, { view, q: desk.dataset.q || "" });
  if (!ok) return;
  say(content.say);
  if (!content.focus) return;
  if (!queue && !unitOf(content.focus) && !(await loadChunkOf(content.focus))) {
    location.href = content.go;
    return;
  }
  draw(content);
}

function memo() {
  const dialog = document.getElementById("memo");
  const text = document.getElementById("memo-text");
  text.value = "";
  dialog.returnValue = "";
  dialog.showModal();
  text.focus();
}

document.getElementById("memo").addEventListener("close", (event) => {
  const text = document.getElementById("memo-text").value;
  if (event.target.returnValue !== "save" || !text.trim()) return announceFocus(current, { scroll: false });
  const about = event.target.querySelector('[name="about"]:checked').value;
  const pressed = panel.querySelector('.code[aria-pressed="true"]');
  const subject = about === "transcript" ? { transcript: Number(desk.dataset.transcript) || null }
    : about === "code" ? { code: pressed?.dataset.code || null } : { utterance: current };
  if (!Object.values(subject)[0]) return warn("Choose a code, or open the transcript, to write this memo.");
  inTurn(async () => {
    const { ok, content } = await post("/memo", { ...subject, text, view, q: desk.dataset.q || "" });
    if (ok) { draw(content, { scroll: false }); say(content.say); announceFocus(current, { scroll: false }); }
  });
});
document.getElementById("memo-text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) event.target.closest("dialog").close("save");
});

async function passed() {
  const ids = passedUnits();
  if (!ids.length) return say("Nothing that you passed is without a decision.");
  const { ok, content } = await post("/passed", { utterances: ids, transcript: Number(desk.dataset.transcript), view, q: "" });
  if (ok) { draw(content, { scroll: false }); say(content.say); }
}

function perform({ action, code, stay }) {
  if (action in LOCAL) return action === "memo" || action === "help" || action === "search" || action === "find_code"
    ? LOCAL[action]() : inTurn(LOCAL[action]);
  return inTurn(() => act(action, code, stay));
}

document.addEventListener("keydown", (event) => {
  const letters = desk.dataset.letters === "on";
  const meaning = meaningOf(event, letters ? actions : {}, letters ? codes : {});
  if (!meaning) return;
  event.preventDefault();
  perform(meaning);
});

desk.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    if (button.getAttribute("aria-disabled") === "true") return;
    return perform({ action: button.dataset.do, code: button.dataset.code });
  }
  const unit = event.target.closest(".unit");
  if (unit && view === "read" && getSelection().isCollapsed && Number(unit.dataset.id) !== current) inTurn(() => go(Number(unit.dataset.id)));
});

for (const button of document.querySelectorAll("[data-match]")) {
  button.addEventListener("click", () => {
    const matches = JSON.parse(desk.dataset.matches);
    const at = matches.indexOf(current);
    const id = matches[(at + Number(button.dataset.match) + matches.length) % matches.length];
    if (id) inTurn(() => go(id));
  });
}

for (const field of document.querySelectorAll("#search, #find-code")) {
  field.addEventListener("keydown", (event) => {
    if (event.key === "Escape") unitOf(current)?.focus();
  });
}

// Time with the page out of sight is no time spent thinking.
let hiddenAt = 0;
document.addEventListener("visibilitychange", () => {
  if (document.hidden) hiddenAt = performance.now();
  else away += performance.now() - hiddenAt;
});

watchChunks(desk);
watchBook(panel, codes, (code) => perform({ action: "code", code }));
if (current) announceFocus(current);
if (queue && current) showPlace();
unitOf(current)?.scrollIntoView({ block: narrow.matches ? "nearest" : "center" });
