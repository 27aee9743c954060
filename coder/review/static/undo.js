// Undo and redo on the pages beside the desk: a button takes back what it names, a key presses that button.

import { passedOver, post, say, sayNext, warnNext } from "./talk.js";
import { meaningOf } from "./keys.js";

// Take back (or do again) what was done last, or what is named, and show the page as it is then.
export async function reverse(path, change) {
  const { ok, content } = await post(path, { view: "page", change });
  if (!ok) return;
  if (!content.reversed) return say(content.say);
  sayNext(content.say);
  if (content.passed?.length) warnNext(passedOver(content.passed));
  location.reload();
}

const buttons = [...document.querySelectorAll("[data-reverse]")];
for (const button of buttons) button.addEventListener("click", () => reverse(button.dataset.reverse, button.dataset.change));
if (buttons.length) {
  document.addEventListener("keydown", (event) => {
    const action = meaningOf(event, JSON.parse(document.documentElement.dataset.reversing), {})?.action;
    if (!action) return;
    event.preventDefault();
    const button = buttons.find((one) => one.dataset.reverse === `/${action}`);
    if (button) button.click();
    else say(`Nothing of this page to ${action}.`);
  });
}
