// Long transcripts arrive in pieces: what is near the screen is loaded, the rest waits at its likely height.

import { get } from "./talk.js";

let desk = null;
const passed = new Set();  // utterances that were on the screen for a second while they had no decision
const place = () => `coder passed ${desk.dataset.study} ${desk.dataset.coder} ${desk.dataset.transcript}`;

const waiting = () => [...document.querySelectorAll(".chunk.waiting")];
const chunkWith = (id) => [...document.querySelectorAll(".chunk")].find((chunk) => Number(chunk.dataset.first) <= id && id <= Number(chunk.dataset.last));

async function load(chunk) {
  if (!chunk.classList.contains("waiting")) return;
  chunk.classList.remove("waiting");
  const q = encodeURIComponent(desk.dataset.q || "");
  const { ok, content } = await get(`/part/chunk?t=${desk.dataset.transcript}&first=${chunk.dataset.first}&q=${q}`);
  if (!ok) return chunk.classList.add("waiting");
  chunk.innerHTML = content.html;
  watchUnits(chunk);
}

export async function loadChunkOf(id) {
  if (document.getElementById(`u${id}`)) return true;
  const chunk = desk?.dataset.transcript && chunkWith(id);
  if (!chunk) return false;
  await load(chunk);
  return Boolean(document.getElementById(`u${id}`));
}

export async function neighbourOf(id, step) {
  const chunk = chunkWith(id);
  const beside = step > 0 ? chunk?.nextElementSibling : chunk?.previousElementSibling;
  const units = () => [...document.querySelectorAll(".unit[data-codable]")];
  let at = units().findIndex((unit) => Number(unit.dataset.id) === id);
  if (at < 0) at = units().findIndex((unit) => Number(unit.dataset.id) > id) - (step > 0 ? 1 : 0);
  const near = units()[at + step];
  if (near && (near.closest(".chunk") === chunk || !beside?.classList.contains("waiting"))) return Number(near.dataset.id);
  if (beside?.classList.contains("chunk")) {
    await load(beside);
    const fresh = units();
    const here = fresh.findIndex((unit) => Number(unit.dataset.id) === id);
    return Number(fresh[here + step]?.dataset.id) || null;
  }
  return near ? Number(near.dataset.id) : null;
}

// What was on the screen for a second counts as passed; only such utterances can be closed together.
const clocks = new Map();
const unitWatch = new IntersectionObserver((entries) => {
  for (const { target, isIntersecting } of entries) {
    const id = Number(target.dataset.id);
    clearTimeout(clocks.get(id));
    if (isIntersecting && target.hasAttribute("data-open")) clocks.set(id, setTimeout(() => { passed.add(id); tellPassed(); }, 1000));
  }
}, { threshold: 0.6 });

function watchUnits(root) {
  for (const unit of root.querySelectorAll(".unit[data-codable]")) unitWatch.observe(unit);
}

function tellPassed() {
  sessionStorage.setItem(place(), JSON.stringify([...passed]));
  const button = document.getElementById("passed");
  if (!button) return;
  const count = passedUnits().length;
  button.textContent = count ? `Mark the ${count} I passed without a decision as nothing to code` : "Nothing passed without a decision";
  button.setAttribute("aria-disabled", String(!count));
}

// A unit drawn anew: what is decided now no longer counts as passed without a decision.
export function redrawn(unit) {
  if (!unit) return;
  if (unit.hasAttribute("data-codable")) unitWatch.observe(unit);
  if (!unit.hasAttribute("data-open") && passed.delete(Number(unit.dataset.id))) tellPassed();
}

export function passedUnits() {
  return [...passed].filter((id) => {
    const unit = document.getElementById(`u${id}`);
    return !unit || unit.hasAttribute("data-open");
  }).sort((a, b) => a - b);
}

export function watchChunks(main) {
  desk = main;
  if (desk.dataset.transcript) {
    for (const id of JSON.parse(sessionStorage.getItem(place()) || "[]")) passed.add(id);
    tellPassed();
  }
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(entry.target);
  }, { rootMargin: "1200px 0px" });
  for (const chunk of waiting()) {
    chunk.style.setProperty("--waiting", chunk.dataset.size);
    near.observe(chunk);
  }
  watchUnits(main);
}
