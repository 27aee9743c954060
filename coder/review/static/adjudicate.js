// Adjudication: one key takes a side; or choose other codes, then Enter.

import { post, say, sayNext } from "./talk.js";
import { meaningOf } from "./keys.js";
import "./theme.js";

const box = document.getElementById("adjudicate");
const started = performance.now();

async function reverse(path) {
  const { ok, content } = await post(path, { view: "adjudicate" });
  if (!ok) return;
  if (!content.focus) return say(content.say);
  sayNext(content.say);
  location.href = content.adjudicated ? `/adjudicate?u=${content.focus}` : content.go;
}

const undo = () => reverse("/undo");
const redo = () => reverse("/redo");
const undoing = document.getElementById("undo");  // where nothing is open any more
undoing?.addEventListener("click", undo);
if (undoing) {
  document.addEventListener("keydown", (event) => {
    const action = meaningOf(event, JSON.parse(undoing.dataset.keys), {})?.action;
    if (action === "undo" || action === "redo") reverse(`/${action}`);
  });
}
if (box) {
  const actions = JSON.parse(box.dataset.keys);
  const codeKeys = JSON.parse(box.dataset.codes);
  const held = Object.fromEntries([...box.querySelectorAll("[data-side]")].map((card) => [card.dataset.side, JSON.parse(card.dataset.held)]));
  const own = document.getElementById("own");
  const pressed = (kind) => [...own.querySelectorAll(`[data-${kind}][aria-pressed="true"]`)];
  const toggle = (button, on = button.getAttribute("aria-pressed") !== "true") => {
    button.setAttribute("aria-pressed", String(on));
    return on;
  };

  const adjudicate = async (codes) => {
    const { ok, content } = await post("/adjudicate", {
      utterance: Number(box.dataset.utterance), codes, expected: box.dataset.token, memo: document.getElementById("why").value,
      seconds: (performance.now() - started) / 1000,
    });
    if (!ok) return;
    sayNext(content.say);
    location.href = content.go;
  };
  const both = () => {
    const found = new Map();
    for (const { code, polarity } of [...(held.A || []), ...(held.B || [])]) {
      found.set(code, found.has(code) && found.get(code) !== polarity ? "mixed" : polarity);
    }
    return [...found].map(([code, polarity]) => ({ code, polarity }));
  };
  const polarity = (value) => {
    own.open = true;
    for (const button of own.querySelectorAll("[data-polarity]")) toggle(button, button.dataset.polarity === value);
  };
  const deeds = {
    take_a: () => adjudicate(held.A || []),
    take_b: () => adjudicate(held.B || []),
    take_both: () => adjudicate(both()),
    nothing: () => adjudicate([]),
    next: () => { location.href = box.dataset.later ? `/adjudicate?u=${box.dataset.later}` : "/adjudicate"; },
    undo,
    redo,
    memo: () => document.getElementById("why").focus(),
    names: () => {
      const shown = toggle(document.querySelector('[data-do="names"]'));
      for (const name of document.querySelectorAll(".name")) name.hidden = !shown;
    },
    done: () => {
      const codes = pressed("own").map((button) => ({ code: button.dataset.own, polarity: pressed("polarity")[0]?.dataset.polarity ?? null }));
      if (codes.length) adjudicate(codes);
      else say("Choose the codes that stand, or take a side.");
    },
    code: (code) => { own.open = true; toggle(own.querySelector(`[data-own="${CSS.escape(code)}"]`)); },
    barrier: () => polarity("barrier"), facilitator: () => polarity("facilitator"), mixed: () => polarity("mixed"),
  };
  document.addEventListener("keydown", (event) => {
    const meaning = meaningOf(event, actions, Object.keys(actions).length ? codeKeys : {});
    if (!meaning || !(meaning.action in deeds)) return;
    event.preventDefault();
    deeds[meaning.action](meaning.code);
  });
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do], [data-own], [data-polarity]");
    if (!button) return;
    if (button.dataset.own) toggle(button);
    else if (button.dataset.polarity) polarity(button.dataset.polarity);
    else deeds[button.dataset.do]?.();
  });
  const here = document.getElementById("here");
  here?.focus({ preventScroll: true });
  document.getElementById("why").addEventListener("keydown", (event) => { if (event.key === "Escape") here?.focus({ preventScroll: true }); });
}
