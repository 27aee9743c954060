// Long work: asks how far it is, shows a bar, then what `finish` makes of the result (the job's own page, unless given).

import { get, say } from "./talk.js";

const box = document.getElementById("job");

export async function follow(id, finish = show) {
  if (!box) return;
  const words = paragraph("");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Progress");
  box.replaceChildren(words, bar);
  box.scrollIntoView({ block: "nearest" });
  for (;;) {
    const { ok, content } = await get(`/jobs/${id}`);
    if (!ok) return;
    words.textContent = `${content.title}: ${content.stage}${content.total ? ` (${content.done} of ${content.total})` : ""}`;
    if (content.total) { bar.max = content.total; bar.value = content.done; } else bar.removeAttribute("value");
    if (!content.running) return finish(content);
    await new Promise((done) => setTimeout(done, 300));
  }
}

export function paragraph(text, kind = "") {
  const element = document.createElement("p");
  element.textContent = text;
  element.className = kind;
  return element;
}

function show(content) {
  if (content.problem) return box.replaceChildren(paragraph(content.problem, "bad"));
  box.innerHTML = content.html;
  say(`${content.title}: done`);
}

if (box?.dataset.job) follow(box.dataset.job);
