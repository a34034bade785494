// Keys of the gate and the rating page, as the page lists them, and texts to begin a reason with. Every page works
// without this file.

const help = document.querySelector("[data-tasten]");
const form = document.querySelector("form[data-einmal]");
const LETTERS = { j: "yes", n: "no", o: "open" };

if (help && form) {
  help.hidden = false;

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey && event.key === "Enter") {
      event.preventDefault();
      const buttons = form.querySelectorAll(".savebar .btn-primary");
      buttons[buttons.length - 1]?.click();
    } else if (event.altKey && !event.ctrlKey && event.code === "KeyU") {
      event.preventDefault();
      document.querySelector('[data-taste="ueberspringen"]')?.click();
    }
  });

  // A letter or a digit counts only while one of the answers holds the focus.
  form.addEventListener("keydown", (event) => {
    const radio = event.target;
    if (radio.type !== "radio" || event.ctrlKey || event.altKey || event.metaKey) return;
    const value = LETTERS[event.key.toLowerCase()] ?? event.key;
    const wanted = [...form.elements[radio.name]].find((each) => each.value === value);
    if (!wanted) return;
    event.preventDefault();
    wanted.click();
    const reason = radio.closest("fieldset").querySelector("textarea");
    (radio.name.startsWith("level_") && reason ? reason : wanted).focus();
  });
}

// A chosen text stands in the reason at once; the button that does the same without this file goes.
const texts = document.querySelector('select[name="baustein"]');
if (texts) {
  document.querySelector('button[name="tun"][value="baustein"]')?.closest("p").remove();
  texts.addEventListener("change", () => {
    const text = texts.selectedOptions[0]?.dataset.text;
    const reason = texts.form.elements.namedItem("reason");
    if (!text || !reason) return;
    reason.value = [reason.value.trim(), text].filter(Boolean).join("\n");
    reason.dispatchEvent(new Event("input", { bubbles: true }));
  });
}
