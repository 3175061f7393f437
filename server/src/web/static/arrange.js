// The portal editor: rows move without a new page, the draft saves itself, the preview follows.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-arrange]");
  const said = form.querySelector("[data-said]");
  const discard = document.querySelector("[data-discard]");
  const look = document.querySelector("[data-look]");
  const frame = document.querySelector("[data-stage] iframe");
  const say = (text) => { said.textContent = text; };

  // The preview
  if (look) {
    look.elements.contact.addEventListener("change", () => {
      form.elements.as.value = look.elements.contact.value;
      look.requestSubmit();
    });
    look.classList.add("quick");
    look.requestSubmit();
  }
  const refresh = () => {
    // Only the portal itself: an error page is left as it is.
    if (frame?.contentWindow.location.pathname.endsWith("/preview")) frame.contentWindow.location.reload();
  };

  // Saving
  const typed = () => new URLSearchParams(new FormData(form)).toString();
  let saved = form.hasAttribute("data-changed") ? "" : typed();
  let settled = said.textContent;
  let busy = false;
  let leaving = false;
  let pause;
  const mark = (errors) => {
    for (const old of form.querySelectorAll("[data-live]")) old.remove();
    for (const field of form.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
    for (const [name, text] of Object.entries(errors)) {
      const field = form.elements[name];
      if (!field?.closest) continue;
      const note = document.createElement("p");
      note.className = "error";
      note.dataset.live = "";
      note.id = `live-${name}`;
      note.textContent = text;
      field.setAttribute("aria-invalid", "true");
      field.setAttribute("aria-describedby", note.id);
      field.after(note);
    }
  };
  const save = async () => {
    clearTimeout(pause);
    const now = typed();
    if (busy || leaving) return;
    if (now === saved) {
      mark({});
      say(settled);
      return;
    }
    busy = true;
    say("Saving…");
    try {
      const body = new URLSearchParams(now);
      body.set("do", "save");
      const reply = await fetch("/admin/portal", { method: "POST", body, headers: { accept: "application/json" } });
      const told = await reply.json().catch(() => ({}));
      mark(told.errors || {});
      if (reply.ok) {
        // What was typed meanwhile is not saved yet.
        const sent = new URLSearchParams(now);
        sent.set("version", told.version);
        saved = sent.toString();
        for (const one of [form, discard]) one.elements.version.value = told.version;
        discard.hidden = !told.dirty;
        settled = told.dirty ? "Draft saved. Publish it to show it to your clients." : "Your clients see exactly this.";
        say(settled);
        refresh();
      } else if (told.conflict) {
        say(`${told.conflict[0]} changed the draft on ${told.conflict[1]}. Press “Save draft” to choose what stays.`);
        busy = leaving = true;
        return;
      } else {
        say(told.errors && Object.keys(told.errors).length ? "Not saved yet: please look at what is marked." : "Not saved. Please press “Save draft”.");
      }
    } catch {
      say("No connection: not saved yet.");
      soon(5000);
    }
    busy = false;
    const words = (text) => text.replace(/\bversion=\d*/, "");
    if (words(typed()) !== words(now)) soon(300);
  };
  const soon = (wait) => {
    clearTimeout(pause);
    pause = setTimeout(save, wait);
  };
  form.addEventListener("input", (event) => {
    if (event.target.name === "new") return;
    soon(700);
  });
  form.addEventListener("submit", () => { leaving = true; });
  addEventListener("beforeunload", (event) => {
    if (!leaving && typed() !== saved) event.preventDefault();
  });
  // The list of what can be added is no part of the draft.
  const chooser = form.elements.new;
  if (chooser) {
    chooser.removeAttribute("name");
    form.addEventListener("formdata", (event) => { if (leaving) event.formData.set("new", chooser.value); });
    saved = form.hasAttribute("data-changed") ? "" : typed();
  }

  // Rows
  const settle = (list) => {
    const rows = [...list.querySelectorAll(":scope > [data-name]")];
    rows.forEach((row, at) => {
      row.querySelector("[data-move=up]").disabled = at === 0;
      row.querySelector("[data-move=down]").disabled = at === rows.length - 1;
    });
    return rows;
  };
  const tell = (list, row) => {
    const rows = settle(list);
    say(`${row.dataset.name} is now ${rows.indexOf(row) + 1} of ${rows.length}.`);
    soon(900);
  };
  for (const list of form.querySelectorAll("[data-rows]")) {
    list.addEventListener("click", (event) => {
      const button = event.target.closest("[data-move]");
      if (!button) return;
      event.preventDefault();
      const row = button.closest("[data-name]");
      const up = button.dataset.move === "up";
      const other = up ? row.previousElementSibling : row.nextElementSibling;
      if (!other) return;
      list.insertBefore(up ? row : other, up ? other : row);
      tell(list, row);
      // At the end the pressed button rests: the other one takes the focus.
      const next = button.disabled ? row.querySelector(`[data-move=${up ? "down" : "up"}]`) : button;
      next.focus();
    });
    for (const grip of list.querySelectorAll("[data-grip]")) {
      grip.addEventListener("pointerdown", (down) => {
        if (down.button) return;
        down.preventDefault();
        const row = grip.closest("[data-name]");
        const before = [...list.children].indexOf(row);
        row.classList.add("dragged");
        const over = (event) => {
          const others = [...list.children].filter((one) => one !== row);
          const next = others.find((one) => {
            const box = one.getBoundingClientRect();
            return event.clientY < box.top + box.height / 2;
          });
          if (row.nextElementSibling !== (next ?? null)) list.insertBefore(row, next ?? null);
          if (event.clientY < 60) scrollBy(0, -12);
          if (event.clientY > innerHeight - 100) scrollBy(0, 12);
        };
        const done = () => {
          row.classList.remove("dragged");
          removeEventListener("pointermove", over);
          removeEventListener("pointerup", done);
          removeEventListener("pointercancel", done);
          if ([...list.children].indexOf(row) !== before) tell(list, row);
        };
        addEventListener("pointermove", over);
        addEventListener("pointerup", done);
        addEventListener("pointercancel", done);
      });
    }
  }

  // A picture shows at once, and its list folds.
  for (const picture of form.querySelectorAll(".picture")) {
    picture.addEventListener("change", (event) => {
      const chosen = event.target.closest("label").querySelector("path").getAttribute("d");
      picture.querySelector("summary path").setAttribute("d", chosen);
    });
    picture.addEventListener("click", (event) => {
      // A click that chose, not an arrow key that walks along.
      if (event.target.matches("input") && event.detail) picture.open = false;
    });
    picture.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && picture.open) {
        picture.open = false;
        picture.querySelector("summary").focus();
      }
    });
  }
});
