// The desk: one utterance in focus, gestures by key or button, and the touched pieces drawn anew from the answer.

import { get, post, renewed, say, sayNext, showReversed, warn, clearWarning } from "./talk.js";
import { meaningOf } from "./keys.js";
import { selectedPassage, dropSelection } from "./passage.js";
import { loadChunkOf, neighbourOf, redrawn, watchChunks, passedUnits } from "./chunks.js";
import { noteCode, openPalette } from "./palette.js";
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
const ONWARD = new Set(["done", "reject", "nothing", "skip", "take_a", "take_b", "take_both"]);
const COMPARING = new Set(["take_a", "take_b", "take_both"]);
const LOCAL = { next, previous, next_open: nextOpen, next_uncertain: nextUncertain, search, find_code: findCode, memo, memo_edit: editMemo, memo_delete: deleteMemo, onward: nextTranscript, help, undo: () => reverse("/undo"), redo: () => reverse("/redo"), passed };

let current = Number(desk.dataset.focus) || 0;
let since = performance.now();
let away = 0;
let busy = Promise.resolve();
let kept = null;  // the words that were selected when a button or a dialog took the focus, and with it the selection
let byKeyboard = false;  // whether the button pressed last was pressed with Enter or Space

const narrow = matchMedia("(max-width: 56rem)");
const unitOf = (id) => document.getElementById(`u${id}`);

function announceFocus(id, { scroll = true, grab = true } = {}) {
  for (const before of document.querySelectorAll('.unit[aria-current="true"]')) {
    if (before.dataset.id === String(id)) continue;
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
  // Whoever presses buttons with Tab and Enter stays on the button while they stay on the utterance. After a click,
  // or on another utterance, keys belong to the utterance: Enter then does what the screen says.
  const held = byKeyboard && content.focus === current && document.activeElement?.closest?.("#panel [data-do]");
  const again = held && { action: held.dataset.do, code: held.dataset.code };
  if (content.stage && stage) stage.innerHTML = content.stage;
  for (const [id, html] of Object.entries(content.units || {})) {
    const unit = unitOf(id);
    if (!unit) continue;
    unit.outerHTML = html;
    redrawn(unitOf(id));
  }
  if (content.panel) {
    panel.innerHTML = content.panel;
    keepClear();
  }
  if (content.tally) document.getElementById("tally").innerHTML = content.tally;
  if (content.focus) announceFocus(content.focus, { scroll, grab: !again });
  if (again) {
    const code = again.code ? `[data-code="${CSS.escape(again.code)}"]` : "";
    (panel.querySelector(`[data-do="${again.action}"]${code}`) ?? unitOf(current))?.focus();
  }
  if (queue) showPlace();
  showEntry(panel);
  renewed(content);
}

// What the focus reaches in the panel comes to rest below the suggestion and answers, which stick to its top.
function keepClear() {
  const pinned = panel.querySelector(".pinned");
  const sticks = pinned && getComputedStyle(pinned).position === "sticky";
  panel.parentElement.style.scrollPaddingTop = sticks ? `${pinned.offsetHeight + 8}px` : "";
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
  if (queue) drawAnew();
  else say("This is the last utterance. Enter leads to the next transcript.");
}

async function previous() {
  const id = await neighbour(-1);
  if (id) return go(id);
  say(queue ? "This is the first of the queue as it was drawn." : "This is the first utterance.");
}

// The queue is drawn anew: what was decided leaves it, and what waits comes.
function drawAnew(said) {
  sayNext([said, "That was the last of the queue; it was drawn anew"].filter(Boolean).join(" · "));
  location.href = withoutPlace();
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

async function nextTranscript(said) {
  const { ok, content } = await get(`/part/after?t=${desk.dataset.transcript}`);
  if (!ok) return;
  if (!content.id) return say([said, "This is the end, and no other transcript waits for you."].filter(Boolean).join(" · "));
  sayNext([said, `Now: ${content.name}`].filter(Boolean).join(" · "));
  location.href = `/at/${content.id}`;
}

async function nextUncertain() {
  const where = desk.dataset.transcript ? `&t=${desk.dataset.transcript}` : "";
  const { ok, content } = await get(`/part/uncertain?u=${current}${where}`);
  if (ok && content.id) await go(content.id);
  else if (ok) say("Nothing uncertain is waiting.");
}

function search() {
  const field = document.getElementById("search");
  field.focus({ preventScroll: !narrow.matches });  // it is in view, unless the window is narrow
  field.select();
}

function findCode() {
  kept = selectedPassage() ?? kept;
  openPalette((code) => perform({ action: "code", code }));
}

function help() {
  document.getElementById("help").showModal();
}

// The suggestions in view, in the panel or else beside the words: a decision answers these and no newer ones.
function shownAt(id) {
  const inner = document.getElementById("panel-inner");
  return JSON.parse((Number(inner?.dataset.unit) === id ? inner : unitOf(id)).dataset.offered);
}

async function act(action, code, stay, before) {
  const selected = selectedPassage() ?? before;
  const reshaping = selected && (action === "code" || action === "extend");
  if (reshaping && queue && !selected.ids.includes(current)) return say("Nothing was coded: select words of the utterance in focus.");
  const target = reshaping && action === "code" && !queue ? Number(selected.unit.dataset.id) : current;
  const unit = unitOf(target);
  if (!unit) return;
  const onward = !stay && (ONWARD.has(action) || (POLARITIES.includes(action) && desk.dataset.advance === "on"));
  if (onward) dropSelection();  // else the next code went to the words that were left
  const id = onward ? await neighbour(1) : null;
  const { ok, status, content } = await post("/act", {
    action: reshaping && action === "extend" ? "cover" : action, code, utterance: target, expected: unit.dataset.token,
    selection: reshaping ? selected.span : null, shown: shownAt(target), seconds: (performance.now() - since - away) / 1000,
    then: onward ? id ?? target : null, view, drawn: drawn[target] || view, q: desk.dataset.q || "",
  });
  if (reshaping) dropSelection();
  if (ok && action === "code") noteCode(code);
  if (ok || status === 409) {
    if (ok) clearWarning();
    if (content.focus && !queue && !unitOf(content.focus)) await loadChunkOf(content.focus);
    draw(content, { scroll: content.focus !== target });
    say(content.say, content.hint);
    if (!ok || !onward || id || content.stay) return;
    if (queue) drawAnew(content.say);
    else await nextTranscript(content.say);
  }
}

async function reverse(path) {
  const { ok, content } = await post(path, { view, current, q: desk.dataset.q || "" });
  if (!ok || showReversed(content)) return;
  clearWarning();
  say(content.say);
  if (!content.focus) return;
  if (!queue && !unitOf(content.focus) && !(await loadChunkOf(content.focus))) {
    sayNext(content.say);
    location.href = content.go;
    return;
  }
  draw(content);
}

// A memo is kept until it is saved, for the program may have stopped: under what it is about, and for its author alone.
const keptAs = (subject) => `coder unsaved memo ${JSON.stringify([desk.dataset.study, desk.dataset.coder, subject])}`;
const forget = (subject) => sessionStorage.removeItem(keptAs(subject));

function editMemo(button) {
  openMemo({ thread: button.dataset.thread }, button.dataset.text);
}

function deleteMemo(button) {
  inTurn(() => writeMemo({ thread: button.dataset.thread }, ""));
}

async function writeMemo(subject, text) {
  const { ok, content } = await post("/memo", { ...subject, text, focus: current, view, q: desk.dataset.q || "" });
  if (!ok) return;
  if (!text || sessionStorage.getItem(keptAs(subject)) === text) forget(subject);
  draw(content, { scroll: false });
  say(content.say, content.hint);
  announceFocus(current, { scroll: false });
}

// What a new memo can be about here, by the names of the choices in the dialog.
function subjectsHere() {
  const { transcript, last } = document.getElementById("panel-inner")?.dataset ?? {};
  return { utterance: { utterance: current }, transcript: { transcript: Number(transcript) }, code: { code: last } };
}

function memo() {
  const here = subjectsHere();
  const unsaved = Object.keys(here).find((about) => sessionStorage.getItem(keptAs(here[about])));
  if (unsaved) document.querySelector(`#memo [name="about"][value="${unsaved}"]`).checked = true;
  openMemo(here[unsaved ?? "utterance"]);
}

function openMemo(subject, stored = "") {
  const dialog = document.getElementById("memo");
  const text = document.getElementById("memo-text");
  dialog.dataset.opened = JSON.stringify(subject);
  document.getElementById("memo-about").hidden = "thread" in subject;
  text.value = sessionStorage.getItem(keptAs(subject)) ?? stored;
  dialog.returnValue = "";
  dialog.showModal();
  text.focus();
}

document.getElementById("memo").addEventListener("close", ({ target: dialog }) => {
  kept = null;
  const text = document.getElementById("memo-text").value;
  const opened = JSON.parse(dialog.dataset.opened);
  if (dialog.returnValue) forget(opened);  // saved under what it is about now, or cancelled; Escape keeps it
  if (dialog.returnValue !== "save" || !text.trim()) return announceFocus(current, { scroll: false });
  const subject = "thread" in opened ? opened : subjectsHere()[dialog.querySelector('[name="about"]:checked').value];
  const named = Boolean(Object.values(subject)[0]);
  sessionStorage.setItem(keptAs(named ? subject : { utterance: current }), text);
  if (!named) return warn("No code is decided here, so there is none to write about. Open the memo again: your text is in it.");
  inTurn(() => writeMemo(subject, text));
});
document.getElementById("memo-text").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
  event.preventDefault();  // else the same key press goes on to the button that the focus returns to
  event.target.closest("dialog").close("save");
});

async function passed() {
  const ids = passedUnits();
  if (!ids.length) return say("Nothing that you passed is without a decision.");
  const { ok, content } = await post("/passed", { utterances: ids, transcript: Number(desk.dataset.transcript), view, q: "" });
  if (ok) { draw(content, { scroll: false }); say(content.say, content.hint); }
}

const AT_ONCE = new Set(["memo", "memo_edit", "memo_delete", "help", "search", "find_code"]);

function perform({ action, code, stay, button }) {
  if (action in LOCAL) {
    if (action !== "find_code") kept = null;  // a code that is looked for is meant for the words, a move or memo is not
    if (!AT_ONCE.has(action)) dropSelection();  // whoever moves on has left the words
    return AT_ONCE.has(action) ? LOCAL[action](button) : inTurn(() => LOCAL[action]());
  }
  const before = kept;
  kept = null;
  return inTurn(() => act(action, code, stay, before));
}

document.addEventListener("keydown", (event) => {
  const letters = desk.dataset.letters === "on";
  const meaning = meaningOf(event, letters ? actions : {}, letters ? codes : {});
  if (!meaning || meaning.action === "good" || (COMPARING.has(meaning.action) && !panel.querySelector("[data-compare=differs]"))) return;
  event.preventDefault();
  kept = null;
  byKeyboard = false;  // a key of the page's own: the buttons of the panel are not where the coder is
  perform(meaning);
});

desk.addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) {
    if (button.getAttribute("aria-disabled") === "true") return rest(button, event.detail === 0);
    byKeyboard = event.detail === 0;
    return perform({ action: button.dataset.do, code: button.dataset.code, stay: event.shiftKey, button });
  }
  const unit = event.target.closest(".unit");
  if (unit && view === "read" && getSelection().isCollapsed && Number(unit.dataset.id) !== current) inTurn(() => go(Number(unit.dataset.id)));
});

// A button that can do nothing now says why; after a click the keys belong to the utterance again.
function rest(button, pressed) {
  say(button.title);
  if (!pressed) unitOf(current)?.focus({ preventScroll: true });
}

document.addEventListener("pointerdown", (event) => {
  const held = event.target instanceof Element && event.target.closest(".panel, dialog");
  kept = held ? selectedPassage() ?? kept : null;
});

for (const id of ["help", "palette"]) {
  document.getElementById(id).addEventListener("close", () => {
    kept = null;
    unitOf(current)?.focus({ preventScroll: true });
  });
}

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

keepClear();
narrow.addEventListener("change", keepClear);
watchChunks(desk);
watchBook(panel, codes, (code) => perform({ action: "code", code }));
if (current) announceFocus(current);
if (queue && current) showPlace();
unitOf(current)?.scrollIntoView({ block: narrow.matches ? "nearest" : "center" });
