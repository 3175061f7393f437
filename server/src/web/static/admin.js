// Comfort for the admin's pages; each of them works without it.
"use strict";
document.documentElement.classList.add("js");
addEventListener("DOMContentLoaded", () => {
  const all = (selector) => document.querySelectorAll(selector);

  const menuButton = document.querySelector(".menu-button");
  if (menuButton) {
    const menu = document.getElementById("menu");
    const show = (open) => {
      menu.classList.toggle("open", open);
      menuButton.setAttribute("aria-expanded", String(open));
    };
    menuButton.addEventListener("click", () => show(!menu.classList.contains("open")));
    addEventListener("keydown", (event) => {
      if (event.key === "Escape" && menu.classList.contains("open")) {
        show(false);
        menuButton.focus();
      }
    });
  }

  // Copying: the button is there where the browser lets it work.
  for (const button of all("[data-copy]")) {
    const source = document.getElementById(button.dataset.copy);
    const label = button.textContent;
    button.hidden = !navigator.clipboard;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(source.value);
        button.textContent = "Copied";
      } catch {
        source.select();
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = label; }, 2500);
    });
    button.setAttribute("aria-live", "polite");
  }

  // A picker beside a colour's field.
  for (const field of all("[data-colour]")) {
    const picker = document.createElement("input");
    picker.type = "color";
    picker.className = "picker";
    picker.setAttribute("aria-label", "Pick the " + document.querySelector(`label[for="${field.id}"]`).textContent.toLowerCase());
    const shape = /^#?([0-9a-f]{6})$/i;
    const take = () => { picker.value = "#" + (shape.exec(field.value.trim())?.[1] ?? "38343b"); };
    take();
    field.addEventListener("input", take);
    picker.addEventListener("input", () => {
      field.value = picker.value;
      field.dispatchEvent(new Event("input", { bubbles: true }));
    });
    const row = document.createElement("div");
    row.className = "colour-row";
    field.replaceWith(row);
    row.append(picker, field);
  }

  // What was typed is not lost by leaving the page.
  for (const form of all("[data-guard]")) {
    const note = form.querySelector("[data-unsaved]");
    const before = new URLSearchParams(new FormData(form)).toString();
    let sent = false;
    const changed = () => form.hasAttribute("data-changed")
      || new URLSearchParams(new FormData(form)).toString() !== before;
    const tell = () => { note.hidden = !changed(); };
    form.addEventListener("input", tell);
    // A preview goes into a frame, and the page stays.
    form.addEventListener("submit", (event) => { sent ||= !event.submitter?.formTarget; });
    addEventListener("beforeunload", (event) => {
      if (!sent && changed()) event.preventDefault();
    });
    tell();
  }

  // Selecting: everybody on the page at once, and how many that are.
  for (const form of all("[data-select]")) {
    const whole = form.querySelector("[data-select-all]");
    const boxes = [...form.querySelectorAll("[name=contact]")];
    const everything = form.querySelector("[name=everything]");
    const note = form.querySelector("[data-selected]");
    const tell = () => {
      const count = boxes.filter((box) => box.checked).length;
      whole.checked = count === boxes.length;
      whole.indeterminate = count > 0 && count < boxes.length;
      note.textContent = everything.checked ? "" : count ? `${count} selected` : "";
    };
    whole.hidden = false;
    whole.addEventListener("change", () => {
      for (const box of boxes) box.checked = whole.checked;
    });
    form.addEventListener("change", tell);
    tell();
  }

  // A file that is too large is told before it is sent.
  for (const input of all("[data-most-bytes]")) {
    const note = document.getElementById("error-" + input.name);
    input.addEventListener("change", () => {
      const large = [...input.files].some((file) => file.size > Number(input.dataset.mostBytes));
      input.setCustomValidity(large ? input.dataset.tooLarge : "");
      note.textContent = large ? input.dataset.tooLarge : "";
      note.hidden = !large;
      input.setAttribute("aria-invalid", String(large));
    });
  }

  // Letters: tokens go in where the caret was, and the preview follows after a pause.
  for (const form of all("[data-letter]")) {
    const body = form.querySelector("[data-words=body]");
    const pane = form.querySelector("[data-preview]");
    const button = form.querySelector("[data-preview-button]");
    const choice = form.querySelector("[data-token]");
    let last = body;
    for (const field of form.querySelectorAll("[data-words]")) {
      field.addEventListener("focus", () => { last = field; });
    }
    // The caret begins behind the text, not before it.
    body.setSelectionRange(body.value.length, body.value.length);
    form.querySelector("[data-tools]").hidden = false;
    for (const inserter of form.querySelectorAll("[data-insert]")) {
      inserter.addEventListener("click", () => {
        const token = inserter.dataset.insert || choice.value;
        const option = [...choice.options].find((one) => one.value === token);
        const field = option?.hasAttribute("data-body-only") ? body : last;
        field.focus();
        field.setRangeText(`{{ ${token} }}`, field.selectionStart, field.selectionEnd, "end");
        field.dispatchEvent(new Event("input", { bubbles: true }));
      });
    }
    // A new frame each time: going back in an old one would go back through every preview.
    let count = 0;
    const look = () => {
      const old = pane.querySelector("iframe:not(.coming)");
      for (const late of pane.querySelectorAll(".coming")) late.remove();
      const frame = old.cloneNode();
      frame.className = "coming";
      frame.name = button.formTarget = `preview-${++count}`;
      pane.append(frame);
      frame.addEventListener("load", () => {
        old.remove();
        frame.className = "";
      }, { once: true });
      form.requestSubmit(button);
    };
    let pause;
    const soon = (wait) => {
      clearTimeout(pause);
      pause = setTimeout(look, wait);
    };
    form.addEventListener("input", () => soon(600));
    soon(0);
  }

  // An event dragged to another day; its page moves it without this.
  for (const table of all("[data-calendar]")) {
    const mover = document.querySelector("[data-mover]");
    let held = null;
    for (const hint of all("[data-drag-hint]")) hint.hidden = false;
    const cell = (event) => event.target.closest?.("[data-day]");
    const leave = () => { for (const day of table.querySelectorAll(".over")) day.classList.remove("over"); };
    table.addEventListener("dragstart", (event) => {
      held = event.target.closest?.("[data-move]");
      if (!held) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held.textContent.trim());
    });
    table.addEventListener("dragover", (event) => {
      leave();
      const day = cell(event);
      if (!held || !day || day === held.closest("[data-day]")) return;
      event.preventDefault();
      day.classList.add("over");
    });
    table.addEventListener("dragend", () => { leave(); held = null; });
    table.addEventListener("drop", (event) => {
      const day = cell(event);
      if (!held || !day || day === held.closest("[data-day]")) return;
      event.preventDefault();
      mover.action = held.dataset.move;
      mover.elements.version.value = held.dataset.version;
      mover.elements.day.value = day.dataset.day;
      mover.submit();
    });
  }

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  document.querySelector("[data-problems]")?.focus();
});
