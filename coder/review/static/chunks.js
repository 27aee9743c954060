// Long transcripts arrive in pieces: what is near the screen is loaded, the rest waits at its likely height.

import { get } from "./talk.js";

let desk = null;
const passed = new Set();

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
    if (isIntersecting) clocks.set(id, setTimeout(() => passed.add(id), 1000));
    else clearTimeout(clocks.get(id));
  }
}, { threshold: 0.6 });

function watchUnits(root) {
  for (const unit of root.querySelectorAll(".unit[data-codable]")) unitWatch.observe(unit);
}

export function passedUnits() {
  return [...document.querySelectorAll(".unit[data-open]")].map((unit) => Number(unit.dataset.id)).filter((id) => passed.has(id));
}

export function watchChunks(main) {
  desk = main;
  const near = new IntersectionObserver((entries) => {
    for (const entry of entries) if (entry.isIntersecting) load(entry.target);
  }, { rootMargin: "1200px 0px" });
  for (const chunk of waiting()) {
    chunk.style.setProperty("--waiting", chunk.dataset.size);
    near.observe(chunk);
  }
  watchUnits(main);
}
