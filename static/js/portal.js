// Small comforts. Every page works without this file.

// Counts what is typed where a field says how long it may be, as the server counts it.
for (const line of document.querySelectorAll("[data-zaehler]")) {
  const field = document.getElementById(line.dataset.zaehler);
  const limit = Number(field?.dataset.zeichen);
  if (!limit) continue;
  const count = () => {
    const used = [...field.value.replaceAll("\r\n", "\n").normalize("NFC").trim()].length;
    line.textContent = `${used.toLocaleString("de")} von ${limit.toLocaleString("de")} Zeichen`;
    line.classList.toggle("count-over", used > limit);
    line.setAttribute("role", used > limit ? "status" : "note");
  };
  field.addEventListener("input", count);
  count();
}

// A second click on the same button sends nothing twice.
for (const form of document.querySelectorAll("form[data-einmal]")) {
  let changed = false;
  let sent = false;
  form.addEventListener("input", (event) => { changed ||= event.target.tagName === "TEXTAREA"; });
  form.addEventListener("gesichert", () => { changed = false; }); // saved meanwhile, see sichern.js
  form.addEventListener("submit", (event) => {
    if (event.submitter?.formTarget === "_blank") return; // looks at something in a window of its own
    if (sent) event.preventDefault();
    sent = true;
    changed = false;
  });
  // Back from the browser's memory the form may be sent again.
  window.addEventListener("pageshow", () => { sent = false; });
  // Longer text is not lost by a slip.
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

// A link into a fold opens it.
const open = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (!target) return;
  for (let fold = target.closest("details"); fold; fold = fold.parentElement?.closest("details")) fold.open = true;
  target.scrollIntoView();
};
window.addEventListener("hashchange", open);
open();
