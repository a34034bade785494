// A slider beside each weight, kept in step with its field, and the running sum. Without this file the fields do it.
const form = document.querySelector("form[data-gewichte]");
const fields = [...(form?.querySelectorAll("input[type=number]") ?? [])];
const line = form?.querySelector("[data-summe]");

const sum = () => fields.reduce((total, field) => total + (Number.parseInt(field.value, 10) || 0), 0);
const say = () => {
  const total = sum();
  const off = 100 - total;
  const rest = off === 0 ? "" : off > 0 ? `, es ${off === 1 ? "fehlt" : "fehlen"} ${off}` : `, ${-off} zu viel`;
  line.textContent = `Summe: ${total} Prozent${rest}`;
  line.classList.toggle("field-error", off !== 0);
};

for (const field of fields) {
  const slider = document.createElement("input");
  slider.type = "range";
  slider.className = "slider";
  for (const name of ["min", "max", "step", "value"]) slider[name] = field[name];
  slider.setAttribute("aria-label", `${form.querySelector(`label[for="${field.id}"]`).textContent}, Schieberegler`);
  slider.addEventListener("input", () => { field.value = slider.value; say(); });
  field.addEventListener("input", () => { slider.value = field.value; say(); });
  field.after(slider);
}
if (line) {
  line.setAttribute("role", "status");
  say();
}
