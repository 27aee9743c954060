// By code: what was on the screen can be accepted together; unticked ones stay undecided, refused ones are rejected.

import { post, say } from "./talk.js";
import "./theme.js";

const box = document.getElementById("picks");
const accept = document.getElementById("accept");
const started = performance.now();

if (box) {
  const picks = [...box.querySelectorAll(".pick")];
  const unseen = new Set(picks);
  const ready = () => unseen.size === 0;
  const tell = () => {
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
    const { ok } = await post("/bulk", { answers, seconds: (performance.now() - started) / 1000 });
    if (ok) location.reload();
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const at = picks.indexOf(document.activeElement.closest?.(".pick"));
    if (event.key === "j" || event.key === "k") picks[Math.min(picks.length - 1, Math.max(0, at + (event.key === "j" ? 1 : -1)))].focus();
    if (event.key === "x" && at >= 0 && !event.repeat) { refuse(picks[at], !picks[at].classList.contains("refused")); tell(); }
  });
  tell();
}

function refuse(pick, on) {
  pick.classList.toggle("refused", on);
  const button = pick.querySelector("[data-refuse]");
  button.setAttribute("aria-pressed", String(on));
  button.textContent = on ? "Rejected" : "Reject";
  if (on) pick.querySelector("input").checked = false;
}

document.getElementById("undo")?.addEventListener("click", async () => {
  const { ok } = await post("/undo", { view: "bulk" });
  if (ok) location.reload();
});
