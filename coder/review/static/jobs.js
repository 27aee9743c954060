// Long work: asks how far it is, shows a bar, then the result.

import { get, say } from "./talk.js";

const box = document.getElementById("job");

export async function follow(id) {
  if (!box) return;
  box.textContent = "";
  const words = document.createElement("p");
  const bar = document.createElement("progress");
  bar.setAttribute("aria-label", "Progress");
  box.append(words, bar);
  for (;;) {
    const { ok, content } = await get(`/jobs/${id}`);
    if (!ok) return;
    words.textContent = `${content.title}: ${content.stage}${content.total ? ` (${content.done} of ${content.total})` : ""}`;
    if (content.total) { bar.max = content.total; bar.value = content.done; } else bar.removeAttribute("value");
    if (!content.running) return finish(content);
    await new Promise((done) => setTimeout(done, 300));
  }
}

function finish(content) {
  if (content.problem) {
    const sentence = document.createElement("p");
    sentence.className = "bad";
    sentence.textContent = content.problem;
    box.replaceChildren(sentence);
    return;
  }
  box.innerHTML = content.html;
  say(`${content.title}: done`);
}

if (box?.dataset.job) follow(box.dataset.job);
