// Adjudication: one key takes a side; or choose other codes, then Enter.

import { post, say, sayNext } from "./talk.js";
import { meaningOf } from "./keys.js";
import "./theme.js";

const sides = document.getElementById("sides");
const box = () => document.getElementById("adjudicate");
const started = performance.now();

async function reverse(path) {
  const { ok, content } = await post(path, { view: "adjudicate" });
  if (!ok) return;
  if (!content.go) return say(content.say);
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
if (sides) {
  const actions = JSON.parse(sides.dataset.keys);
  const codeKeys = JSON.parse(sides.dataset.codes);
  const own = document.getElementById("own");
  const lacking = document.getElementById("lacking");
  const chosen = new Map();  // code to polarity, in the order of choosing; null: none given yet
  const card = (side) => sides.querySelector(`[data-side="${side}"]`);
  const held = (side) => JSON.parse(card(side)?.dataset.held ?? "[]");
  const press = (button, on) => button.setAttribute("aria-pressed", String(on));

  const adjudicate = async (codes) => {
    const { utterance, token, sides: seen } = box().dataset;
    const { ok, status, content } = await post("/adjudicate", {
      utterance: Number(utterance), codes, expected: token, sides: JSON.parse(seen), memo: document.getElementById("why").value,
      seconds: (performance.now() - started) / 1000,
    });
    if (status === 409) {  // somebody decided here meanwhile: it is shown, and what was chosen and written stays
      sides.innerHTML = content.sides;
      showNames();
    }
    if (!ok) return;
    sayNext(content.say);
    location.href = content.go;
  };
  const both = () => {
    const found = new Map();
    for (const { code, polarity } of [...held("A"), ...held("B")]) {
      found.set(code, found.has(code) && found.get(code) !== polarity ? "mixed" : polarity);
    }
    return [...found].map(([code, polarity]) => ({ code, polarity }));
  };
  const label = (button) => button.querySelector("span:not(.swatch)").textContent;
  const drawChosen = () => {
    own.open = true;
    for (const button of own.querySelectorAll("[data-own]")) {
      const sign = own.querySelector(`[data-polarity="${chosen.get(button.dataset.own)}"] .pol`);
      press(button, chosen.has(button.dataset.own));
      button.querySelector("[data-given]").replaceChildren(...(sign ? [sign.cloneNode(true)] : []));
    }
    for (const button of own.querySelectorAll("[data-polarity]")) press(button, [...chosen.values()].includes(button.dataset.polarity));
    own.scrollIntoView({ block: "nearest" });  // by key it can be chosen while it is out of sight
    if (!lacking) return;
    const bare = [...own.querySelectorAll("[data-own]")].filter((button) => chosen.get(button.dataset.own) === null).map(label);
    lacking.textContent = `${bare.join(", ")}: barrier, facilitator or mixed?`;
    lacking.hidden = !bare.length;
  };
  const choose = (code) => {
    if (!chosen.delete(code)) chosen.set(code, null);
    drawChosen();
  };
  // As in the transcript: a polarity is given to all chosen codes that have none, else to the one chosen last.
  const polarity = (value) => {
    const bare = [...chosen.keys()].filter((code) => chosen.get(code) === null);
    const codes = bare.length ? bare : [...chosen.keys()].slice(-1);
    if (!codes.length) say("Choose a code first; the polarity goes with it.");
    for (const code of codes) chosen.set(code, value);
    drawChosen();
  };
  const showNames = () => {
    const shown = document.querySelector('[data-do="names"]').getAttribute("aria-pressed") === "true";
    for (const name of document.querySelectorAll(".name")) name.hidden = !shown;
  };
  const deeds = {
    take_a: () => (card("A") ? adjudicate(held("A")) : say("No coder's decision stands here any more.")),
    take_b: () => (card("B") ? adjudicate(held("B")) : say("Only one coder has decided here.")),
    take_both: () => (card("A") ? adjudicate(both()) : say("No coder's decision stands here any more.")),
    nothing: () => adjudicate([]),
    next: () => { location.href = sides.dataset.later ? `/adjudicate?u=${sides.dataset.later}` : "/adjudicate"; },
    undo,
    redo,
    memo: () => document.getElementById("why").focus(),
    names: () => {
      const button = document.querySelector('[data-do="names"]');
      press(button, button.getAttribute("aria-pressed") !== "true");
      showNames();
    },
    done: () => {
      if (chosen.size) adjudicate([...chosen].map(([code, given]) => ({ code, polarity: given })));
      else say("Choose the codes that stand, or take a side.");
    },
    code: choose,
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
    if (button.dataset.own) choose(button.dataset.own);
    else if (button.dataset.polarity) polarity(button.dataset.polarity);
    else deeds[button.dataset.do]?.();
  });
  const here = document.getElementById("here");
  here?.focus({ preventScroll: true });
  document.getElementById("why").addEventListener("keydown", (event) => { if (event.key === "Escape") here?.focus({ preventScroll: true }); });
}
