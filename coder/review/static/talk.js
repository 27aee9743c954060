// Talking to the server: every write carries the page's CSRF token; failures are said, never swallowed.

const csrf = document.querySelector('meta[name="csrf"]').content;
const sayBox = document.getElementById("say");
const noticeBox = document.getElementById("notice");
const NEXT = "coder say";
const NEXT_WARNING = "coder warning";
let fading = 0;

// Phones and tablets have no keys; what names one is not said there.
const keyless = matchMedia("(hover: none) and (pointer: coarse)");

export function say(text, keyHint = "") {
  if (!text) return;
  if (keyHint && !keyless.matches) text = `${text} · ${keyHint}`;
  // The same words twice must be announced twice: empty the live region first.
  sayBox.textContent = "";
  sayBox.classList.remove("gone");
  requestAnimationFrame(() => { sayBox.textContent = text; });
  clearTimeout(fading);
  fading = setTimeout(() => sayBox.classList.add("gone"), 2500);
}

// What to say on the page that is opened next.
export function sayNext(text) {
  if (text) sessionStorage.setItem(NEXT, text);
}

// What to warn of on the page that is opened next.
export function warnNext(text) {
  sessionStorage.setItem(NEXT_WARNING, text);
}

// A page that shows codes and keys which are not so any more is loaded anew, before a key means another code.
export function renewed(content) {
  if (!content.legend || content.legend === document.documentElement.dataset.legend) return;
  sayNext([content.say, "The codebook or your keys were changed: this page shows them now"].filter(Boolean).join(" · "));
  location.reload();
}

// What an undo or redo passed over, since it has to wait.
export function passedOver(reasons) {
  return ["Passed over:", ...reasons].join("\n");
}

// After an undo or redo of codes, groups or roles, which may show anywhere, the page is loaded anew.
export function showReversed({ reversed, focus, rows, quote, memo, passed, say: said }) {
  if (!reversed || focus || rows || quote || memo) return false;
  sayNext(said);
  if (passed?.length) warnNext(passedOver(passed));
  location.reload();
  return true;
}

export function warn(text) {
  noticeBox.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.textContent = "Close";
  close.addEventListener("click", clearWarning);
  noticeBox.append(close);
  noticeBox.hidden = false;
}

export function clearWarning() {
  noticeBox.hidden = true;
  noticeBox.textContent = "";
}

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && !noticeBox.hidden && !document.querySelector("dialog[open]")) clearWarning();
});

async function answer(request) {
  let response;
  try {
    response = await request;
  } catch {
    warn("Not saved: the program behind this page does not answer. What was saved before is safe on disk. "
      + "Start `coder open` or `coder review` again and open the address it prints.");
    return { ok: false, lost: true, content: {} };
  }
  let content = {};
  try {
    content = await response.json();
  } catch {
    content = { error: `The program answered in a way this page does not understand (${response.status}).` };
  }
  if (content.passed?.length) warn(passedOver(content.passed));
  if (!response.ok) warn(content.error || `That did not work (${response.status}).`);
  return { ok: response.ok, status: response.status, content };
}

export function post(path, body) {
  return answer(fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json", "X-CSRF-Token": csrf }, body: JSON.stringify(body),
  }));
}

export function postForm(path, form) {
  return answer(fetch(path, { method: "POST", headers: { "X-CSRF-Token": csrf, Accept: "application/json" }, body: form }));
}

export function get(path) {
  return answer(fetch(path, { headers: { Accept: "application/json", "X-CSRF-Token": csrf } }));
}

say(sessionStorage.getItem(NEXT));
sessionStorage.removeItem(NEXT);
if (sessionStorage.getItem(NEXT_WARNING)) warn(sessionStorage.getItem(NEXT_WARNING));
sessionStorage.removeItem(NEXT_WARNING);
