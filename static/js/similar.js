// Asks, while an idea is written, what resembles it. Without this file the same stands there after saving.
const place = document.querySelector("[data-aehnlich]");
const form = place?.closest("form");
const title = form?.elements.namedItem("title");
const text = form?.elements.namedItem("short_text");

if (title && text) {
  let waiting = 0;
  const own = () => location.pathname.match(/[0-9a-f-]{36}/)?.[0] ?? "";
  // The draft's own name belongs to it: once there is a draft, it can be said what is different.
  const question = () => `${own()}\n${title.value}\n${text.value}`;
  let asked = question();

  const ask = async () => {
    const words = question();
    if (words === asked || !title.value.trim() || text.value.trim().length < 20) return;
    asked = words;
    const body = new FormData();
    for (const name of ["csrfmiddlewaretoken", "title", "short_text"]) body.set(name, form.elements.namedItem(name).value);
    if (own()) body.set("project", own());
    try {
      const answer = await fetch(place.dataset.aehnlich, { method: "POST", body, redirect: "error" });
      if (answer.ok && words === asked) place.innerHTML = await answer.text();
    } catch {
      // Nothing is lost: the same is shown after saving.
    }
  };

  for (const field of [title, text]) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(ask, 700);
    });
    field.addEventListener("change", ask);
  }
  form.addEventListener("gesichert", ask); // see sichern.js
}
