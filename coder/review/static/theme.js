// Light, dark, or as the system says; kept with the coder's other preferences in the study.

import { post } from "./talk.js";

const root = document.documentElement;
const pages = document.querySelector(".pages");
const here = pages?.querySelector("[aria-current]");
if (here) pages.scrollLeft = here.offsetLeft - pages.offsetLeft - (pages.clientWidth - here.offsetWidth) / 2;  // a long name beside it may leave too little room
const dark = matchMedia("(prefers-color-scheme: dark)");

for (const button of document.querySelectorAll("[data-theme-switch]")) {
  button.addEventListener("click", () => {
    const now = root.dataset.theme === "auto" ? (dark.matches ? "dark" : "light") : root.dataset.theme;
    root.dataset.theme = now === "dark" ? "light" : "dark";
    post("/prefer", { theme: root.dataset.theme });
  });
}
