// The codebook beside the document: the entry of the code at hand, or those that hold a searched word.

const boxes = () => [...document.querySelectorAll(".entry-box")];
const field = () => document.getElementById("find-code");

function only(wanted) {
  for (const box of boxes()) box.hidden = !wanted(box);
}

export function showEntry(panel) {
  if (field().value.trim()) return;
  const at = panel.querySelector('.code[aria-pressed="true"]') || panel.querySelector(".code.offered") || panel.querySelector(".code");
  if (at) only((box) => box.dataset.code === at.dataset.code);
}

export function watchBook(panel, codes, apply) {
  showEntry(panel);
  const look = (event) => {
    const button = event.target.closest(".code");
    if (button && !field().value.trim()) only((box) => box.dataset.code === button.dataset.code);
  };
  panel.addEventListener("focusin", look);
  panel.addEventListener("mouseover", look);
  panel.addEventListener("mouseleave", () => showEntry(panel));
  field().addEventListener("input", () => {
    const words = field().value.trim().toLowerCase().split(/\s+/).filter(Boolean);
    if (!words.length) return showEntry(panel);
    only((box) => words.every((word) => box.textContent.toLowerCase().includes(word)));
  });
  field().addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    const found = boxes().filter((box) => !box.hidden);
    if (found.length !== 1) return;
    const code = found[0].dataset.code;
    field().value = "";
    field().blur();
    apply(code);
  });
}
