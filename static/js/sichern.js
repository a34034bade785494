// Saves the form of an idea on the server while somebody types. Without this file every button of the form saves.

const PAUSE = 1500; // after the last key
const PATIENCE = 15000; // until a failed saving is tried again
const form = document.querySelector("form[data-sichern]");
const said = document.getElementById("gesichert");
const alarm = document.getElementById("nicht-gesichert");
const SIGNED_OUT = "Nicht gespeichert. Ihr Text steht noch hier; bitte melden Sie sich neu an.";
const NO_ANSWER = "Nicht gespeichert. Das Portal antwortet nicht; Ihr Text steht noch hier. Lassen Sie dieses Fenster offen.";
const NO_RIGHT = "Nicht gespeichert. Sie dürfen diese Idee nicht mehr bearbeiten. Ihr Text steht noch hier, damit Sie ihn kopieren können.";

let timer = 0;
let saving = false;
let dirty = false;
let leaving = false;

const hidden = (name) => form.querySelector(`input[name="${name}"]`);

const setHidden = (name, value) => {
  let field = hidden(name);
  if (!field) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.prepend(field);
  }
  field.value = value;
};

const link = (text, href, inNewWindow) => {
  const made = document.createElement("a");
  made.textContent = text;
  made.href = href;
  if (inNewWindow) {
    made.target = "_blank";
    made.rel = "noopener";
  }
  return made;
};

const paragraph = (...parts) => {
  const made = document.createElement("p");
  made.append(...parts);
  return made;
};

// Loud, and silent again when it is over; the same words are not said twice.
const raise = (...parts) => {
  const key = parts.map((part) => part.textContent).join("\n");
  if (!alarm.hidden && alarm.dataset.worte === key) return;
  alarm.replaceChildren(...parts);
  alarm.dataset.worte = key;
  alarm.hidden = false;
  if (form.contains(document.activeElement)) document.activeElement.scrollIntoView({ block: "nearest" });
};
const calm = () => {
  alarm.hidden = true;
  alarm.replaceChildren();
};

const later = (milliseconds) => {
  clearTimeout(timer);
  timer = setTimeout(save, milliseconds);
};

// A new sign-in changes the form's token; it is read from a page that only a signed-in person gets.
const renewToken = async () => {
  const answer = await fetch(form.action, { headers: { Accept: "text/html" }, redirect: "manual" });
  if (!answer.ok) return false;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = page.querySelector("main form input[name=csrfmiddlewaretoken]")?.value;
  if (!token) return false;
  for (const field of document.querySelectorAll("input[name=csrfmiddlewaretoken]")) field.value = token;
  return true;
};

const send = () => {
  const data = new URLSearchParams(new FormData(form));
  data.delete("aktion");
  return fetch(form.dataset.sichern, {
    method: "POST",
    body: data,
    redirect: "manual",
    headers: { Accept: "application/json" },
  });
};

const isJson = (answer) => (answer.headers.get("Content-Type") ?? "").startsWith("application/json");

const show = (told) => {
  const isNew = !hidden("version");
  setHidden("version", told.version);
  setHidden("gesehen", JSON.stringify(told.seen));
  form.dataset.sichern = told.autosave;
  form.action = told.address;
  if (isNew) {
    hidden("form_token")?.remove();
    document.getElementById("rubrik").textContent = "Entwurf, noch nicht eingereicht";
    history.replaceState(null, "", told.address);
    const place = document.getElementById("sobald-gesichert");
    const links = place.querySelector("template").content;
    for (const each of links.querySelectorAll("[data-zu]")) each.href = told.address.replace("bearbeiten/", each.dataset.zu);
    place.replaceChildren(links);
  }
  for (const section of told.sections) {
    const line = document.querySelector(`[data-abschnitt="${section.slug}"]`);
    if (!line) continue;
    line.textContent = section.state;
    line.className = section.css;
  }
  for (const hint of told.hints) {
    const line = document.querySelector(`[data-kriterium="${hint.code}"]`);
    if (!line) continue;
    line.querySelector("span").textContent = hint.text;
    line.classList.toggle("said", hint.said);
  }
  const troubles = [];
  if (told.disputed) {
    troubles.push(paragraph(`${told.disputed.text} `, link("Vergleichen und entscheiden", told.disputed.href, true)));
  }
  if (told.complaints.length) {
    const list = document.createElement("ul");
    for (const complaint of told.complaints) {
      const entry = document.createElement("li");
      entry.append(link(complaint.text, `#${complaint.anchor}`));
      list.append(entry);
    }
    troubles.push(paragraph("Nicht gespeichert ist, was noch nicht passt:"), list);
  }
  if (troubles.length) raise(...troubles);
  else calm();
  let words = told.text;
  if (told.elsewhere.length) {
    words += ` Inzwischen hat jemand anderes geschrieben: ${told.elsewhere.join(", ")}. Laden Sie die Seite neu, um es zu sehen.`;
  }
  // What was typed since is not saved yet, and nothing says so.
  said.textContent = dirty ? "" : words;
};

const signedOut = () => {
  said.textContent = "";
  raise(
    paragraph(SIGNED_OUT),
    paragraph(link("Neu anmelden (öffnet ein neues Fenster)", form.dataset.anmelden, true)),
    paragraph("Danach speichert dieses Fenster von selbst weiter."),
  );
};

const save = async () => {
  clearTimeout(timer);
  if (saving || !dirty || leaving) return;
  saving = true;
  dirty = false;
  let wait = 0;
  try {
    let answer = await send();
    let isSignedIn = false;
    if (!isJson(answer) && answer.status < 500) {
      isSignedIn = answer.status === 404 || (await renewToken());
      if (isSignedIn) answer = await send();
    }
    if (isJson(answer)) {
      const told = await answer.json();
      if (answer.ok) {
        show(told);
        if (!dirty) form.dispatchEvent(new CustomEvent("gesichert"));
      } else {
        said.textContent = "";
        raise(paragraph(told.text));
      }
    } else {
      dirty = true;
      wait = PATIENCE;
      if (answer.status >= 500) {
        said.textContent = "";
        raise(paragraph(NO_ANSWER));
      } else if (isSignedIn) {
        said.textContent = "";
        raise(paragraph(NO_RIGHT));
      } else {
        signedOut();
      }
    }
  } catch {
    if (!leaving) {
      dirty = true;
      wait = PATIENCE;
      said.textContent = "";
      raise(paragraph(NO_ANSWER));
    }
  }
  saving = false;
  if (dirty) later(wait || PAUSE);
};

if (form) {
  const typed = (event) => {
    if (event.target.id === "suchwort") return;
    dirty = true;
    said.textContent = "";
    later(PAUSE);
  };
  form.addEventListener("input", typed);
  form.addEventListener("change", typed);
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
  });
  window.addEventListener("pageshow", () => { leaving = false; });
  // Back from signing in elsewhere, or about to be put away: now, not later.
  window.addEventListener("focus", save);
  document.addEventListener("visibilitychange", save);
}

// Narrows what can be picked while somebody types; what is chosen stays in sight.
const search = document.querySelector("[data-suche]");
if (search) {
  const offer = document.getElementById(search.dataset.suche);
  const found = document.getElementById("gefunden");
  const fold = (text) => text.toLowerCase().normalize("NFD").replace(/\p{M}/gu, "").replaceAll("ß", "ss");
  const boxes = [...offer.querySelectorAll(".form-check")].map((box) => ({
    box,
    words: fold(`${box.textContent} ${box.dataset.worte}`),
    input: box.querySelector("input"),
  }));
  const narrow = () => {
    const wanted = fold(search.value).split(/\s+/).filter(Boolean);
    let hits = 0;
    for (const { box, words, input } of boxes) {
      const fits = wanted.every((word) => words.includes(word));
      hits += fits;
      box.hidden = !fits && !input.checked;
    }
    for (const part of offer.querySelectorAll("details")) {
      const shown = part.querySelector(".form-check:not([hidden])");
      part.hidden = !shown;
      if (wanted.length && shown) part.open = true;
    }
    found.textContent = wanted.length ? `${hits} von ${boxes.length} passen.` : "";
  };
  search.addEventListener("input", narrow);
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") event.preventDefault();
  });
}
