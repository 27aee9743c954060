// Parts of a page that take a moment to count are fetched after it is shown.

import { get } from "./talk.js";

for (const box of document.querySelectorAll("[data-fetch]")) {
  get(box.dataset.fetch).then(({ ok, content }) => { if (ok) box.innerHTML = content.html; });
}
