// Parts of a page that take a moment to count are fetched after it is shown.

import { get } from "./talk.js";

for (const box of document.querySelectorAll("[data-fetch]")) {
  box.setAttribute("aria-busy", "true");
  get(box.dataset.fetch).then(({ ok, content }) => {
    if (ok) box.innerHTML = content.html;
    else box.textContent = content.error ?? "This part could not be fetched. Load the page again.";
    box.removeAttribute("aria-busy");
  });
}
