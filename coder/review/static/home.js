// The home page: opens a study, begins one, makes the sample study; long work shows how far it is.

import { post, postForm, say, warn } from "./talk.js";
import { follow, paragraph } from "./jobs.js";

const NAME = "coder name";
const nameField = document.getElementById("coder");
const box = document.getElementById("job");
const form = document.getElementById("begin");
const drop = document.getElementById("drop");
const files = form.elements.transcripts;

nameField.value = localStorage.getItem(NAME) || "";
nameField.addEventListener("change", () => localStorage.setItem(NAME, nameField.value.trim()));

async function open(study, passphrase = "") {
  const coder = nameField.value.trim();
  if (!coder) {
    nameField.focus();
    return warn("Write your name first: every decision bears it.");
  }
  localStorage.setItem(NAME, coder);
  say("Opening…");
  const { ok, content } = await post("/open", { study, coder, passphrase });
  if (ok) location.href = content.go;
}

function finish(content) {
  if (content.problem) return box.replaceChildren(paragraph(content.problem, "bad"));
  if (!content.problems.length && nameField.value.trim()) return open(content.study);
  const button = document.createElement("button");
  button.type = "button";
  button.className = "primary";
  button.textContent = `Open ${content.study}`;
  button.addEventListener("click", () => open(content.study));
  box.replaceChildren(paragraph(`The study ${content.study} is ready; ${content.read} transcripts were read.`),
    ...content.problems.map((line) => paragraph(line, "bad small")), button);
}

async function send(path, body) {
  const { ok, content } = await (body ? postForm(path, body) : post(path, {}));
  if (ok) follow(content.job, finish);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-open]");
  if (button) open(button.dataset.open);
});
document.getElementById("sample").addEventListener("click", () => {
  if (nameField.value.trim()) return send("/sample");
  nameField.focus();
  warn("Write your name first: every decision bears it.");
});
form.addEventListener("submit", (event) => { event.preventDefault(); say("Sending…"); send(form.elements.passphrase.value ? "/begin?encrypted=1" : "/begin", new FormData(form)); });
for (const locked of document.querySelectorAll("form[data-locked]")) {
  locked.addEventListener("submit", (event) => { event.preventDefault(); open(locked.dataset.locked, locked.elements.passphrase.value); });
}

function tellChosen() {
  const names = [...files.files].map((file) => file.name);
  if (names.length) document.getElementById("chosen").textContent = `${names.length} chosen: ${names.slice(0, 6).join(", ")}${names.length > 6 ? " …" : ""}`;
}
files.addEventListener("change", tellChosen);
drop.addEventListener("dragover", () => drop.classList.add("over"));
drop.addEventListener("dragleave", () => drop.classList.remove("over"));
drop.addEventListener("drop", (event) => {
  drop.classList.remove("over");
  files.files = event.dataTransfer.files;
  tellChosen();
});
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
const job = document.getElementById("main").dataset.job;
if (job) follow(job, finish);
