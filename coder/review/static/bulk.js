// By code: what was on the screen can be accepted together; unticked ones stay undecided, refused ones are rejected.

import { post, say, sayNext } from "./talk.js";
import { meaningOf } from "./keys.js";
import { reverse } from "./undo.js";
import "./theme.js";

const box = document.getElementById("picks");
const accept = document.getElementById("accept");
const started = performance.now();
const picks = [...document.querySelectorAll(".pick")];
const undoing = document.getElementById("undo");
let tell = () => {};

if (box) {
  const unseen = new Set(picks);
  const ready = () => unseen.size === 0;
  tell = () => {
    const ticked = picks.filter((pick) => pick.querySelector("input").checked).length;
    const refused = picks.filter((pick) => pick.classList.contains("refused")).length;
    accept.setAttribute("aria-disabled", String(!ready()));
    accept.textContent = `Accept ${ticked}${refused ? `, reject ${refused}` : ""}`;
    document.getElementById("seen").textContent = ready() ? "" : `${unseen.size} not seen yet: scroll to the last one.`;
  };
  const watch = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) { unseen.delete(entry.target); watch.unobserve(entry.target); }
    tell();
  }, { threshold: 0.9 });
  for (const pick of picks) watch.observe(pick);
  box.addEventListener("change", (event) => {
    const pick = event.target.closest(".pick");
    if (event.target.checked) refuse(pick, false);
    tell();
  });
  box.addEventListener("click", (event) => {
    const button = event.target.closest("[data-refuse]");
    if (button) refuse(button.closest(".pick"), button.getAttribute("aria-pressed") !== "true");
    tell();
  });
  accept.addEventListener("click", async () => {
    if (!ready()) return say("Look at all of them first.");
    const answers = picks.filter((pick) => pick.querySelector("input").checked || pick.classList.contains("refused")).map((pick) => ({
      utterance: Number(pick.dataset.utterance), suggestion: Number(pick.dataset.suggestion), expected: pick.dataset.token,
      code: box.dataset.code, accept: pick.querySelector("input").checked,
    }));
    if (!answers.length) return say("Nothing is ticked.");
    const { ok, content } = await post("/bulk", { answers, seconds: (performance.now() - started) / 1000 });
    if (content.cards) showDecided(content.cards);
    if (!ok) return;
    sayNext(content.say);
    location.reload();
  });
  tell();
}

// What was decided elsewhere since it was shown says what stands, and is no more to be answered.
function showDecided(cards) {
  for (const pick of picks) {
    const card = cards[pick.dataset.utterance];
    if (!card) continue;
    pick.dataset.token = card.token;
    if (!card.decided) continue;
    refuse(pick, false);
    pick.classList.add("answered");
    pick.querySelector("input").checked = false;
    for (const control of pick.querySelectorAll("input, [data-refuse]")) control.disabled = true;
    const line = pick.querySelector("[data-decided]");
    line.innerHTML = `Decided elsewhere: ${card.decided}`;
    line.hidden = false;
  }
  tell();
}

function tick(pick) {
  const field = pick.querySelector("input");
  if (!field.disabled) field.click();  // as with the mouse: a tick takes a rejection back
}

function refuse(pick, on) {
  pick.classList.toggle("refused", on);
  const button = pick.querySelector("[data-refuse]");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Rejected" : "Reject";
  if (on) pick.querySelector("input").checked = false;
}

undoing?.addEventListener("click", () => reverse("/undo"));
document.addEventListener("keydown", (event) => {
  const action = meaningOf(event, JSON.parse(undoing?.dataset.keys || "{}"), {})?.action;
  const at = picks.indexOf(document.activeElement.closest?.(".pick"));
  const deeds = {
    next: () => picks[Math.min(picks.length - 1, at + 1)]?.focus(),
    previous: () => picks[Math.max(0, at - 1)]?.focus(),
    reject: () => { if (at >= 0 && !picks[at].classList.contains("answered")) { refuse(picks[at], !picks[at].classList.contains("refused")); tell(); } },
    accept: () => { if (at >= 0) tick(picks[at]); },
    done: () => accept?.click(),
    undo: () => reverse("/undo"),
    redo: () => reverse("/redo"),
  };
  if (!(action in deeds)) return;
  event.preventDefault();
  deeds[action]();
});
