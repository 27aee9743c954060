// Forms that write: sent with the CSRF token, then the page goes where the answer says.

import { post, postForm, say, sayNext, warn, warnNext } from "./talk.js";
import { follow } from "./jobs.js";

function contentOf(form) {
  const content = {};
  for (const [name, value] of new FormData(form)) content[name] = name in content ? `${content[name]},${value}` : value;
  return content;
}

function shown(problems, most = 12) {
  const rest = problems.length - most;
  return rest > 0 ? [...problems.slice(0, most), `and ${rest} more`] : problems;
}

function finish({ ok, content }) {
  if (!ok) return;
  const leaving = !content.job && content.go;
  (leaving ? sayNext : say)(content.say);
  if (content.problems?.length) (leaving ? warnNext : warn)(shown(content.problems).join("\n"));
  if (content.job) return follow(content.job);
  if (content.go) location.href = content.go;
}

for (const form of document.querySelectorAll("form[data-post]")) {
  const send = async () => finish(await post(form.dataset.post, contentOf(form)));
  form.addEventListener("submit", (event) => { event.preventDefault(); send(); });
  if (form.hasAttribute("data-live")) form.addEventListener("change", send);
}

for (const form of document.querySelectorAll("form[data-upload]")) {
  const field = form.querySelector('input[type="file"]');
  const send = async (files) => {
    const body = new FormData();
    for (const file of files) body.append("files", file);
    for (const name of ["new_version", "pseudonymise"]) if (form.querySelector(`[name="${name}"]`)?.checked) body.append(name, "1");
    say("Sending…");
    finish(await postForm(form.dataset.upload, body));
  };
  const take = () => { if (field.files.length) send(field.files).then(() => { field.value = ""; }); };
  field.addEventListener("change", take);
  take();  // chosen while this script was still loading
  form.addEventListener("dragover", (event) => { event.preventDefault(); form.classList.add("over"); });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("over");
    if (event.dataTransfer.files.length) send(event.dataTransfer.files);
  });
  form.addEventListener("submit", (event) => event.preventDefault());
}
// A file dropped beside the field must not replace the page.
for (const kind of ["dragover", "drop"]) document.addEventListener(kind, (event) => event.preventDefault());
