// Keys for those who rate all day. Every key does what a button of the page does; the page works without this file.
// Single keys act only while the levels of a degree hold the focus, everything else needs Alt or Ctrl.

const form = document.getElementById("einschaetzung");
const degrees = [...(form?.querySelectorAll("fieldset.degree") ?? [])];
const press = (name) => form.querySelector(`[data-taste=${name}]`)?.click();

const move = (step) => {
  const here = degrees.findIndex((degree) => degree.contains(document.activeElement));
  const next = degrees[here < 0 ? (step > 0 ? 0 : degrees.length - 1) : here + step];
  if (!next) return;
  (next.querySelector("input:checked") ?? next.querySelector("input"))?.focus();
  next.scrollIntoView({ block: "start" });
};

const choose = (degree, key) => {
  const value = key === "-" ? "keine" : key;
  const radio = degree.querySelector(`input[type=radio][value="${value}"]`);
  if (!radio) return false;
  radio.checked = true;
  radio.focus();
  radio.dispatchEvent(new Event("change", { bubbles: true }));
  return true;
};

document.addEventListener("keydown", (event) => {
  if (!form || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  const degree = event.target.closest?.("fieldset.degree");
  let done = true;
  if (control && event.key === "Enter") press("senden");
  else if (control && !event.shiftKey && event.key.toLowerCase() === "s") press("zwischenspeichern");
  else if (event.altKey && !control && event.key.toLowerCase() === "w") press("ueberspringen");
  else if (event.altKey && event.key === "ArrowDown") move(1);
  else if (event.altKey && event.key === "ArrowUp") move(-1);
  else if (!control && !event.altKey && degree && event.target.type === "radio" && /^[0-4-]$/.test(event.key)) {
    done = choose(degree, event.key);
  } else done = false;
  if (done) event.preventDefault();
});
