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

  // A plot wider than the screen begins where this month is in sight.
  for (const frame of all(".plot-frame")) {
    const now = frame.querySelector(".plot-now")?.getBoundingClientRect();
    if (now) frame.scrollLeft += now.right + now.width - frame.getBoundingClientRect().right;
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
    const tell = () => { if (note) note.hidden = !changed(); };
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

  // Files go up in parts, one after the other; a lost connection is waited for, and nothing is sent twice.
  const pause = (ms) => new Promise((done) => { setTimeout(done, ms); });
  for (const form of all("[data-upload]")) {
    const input = form.querySelector("[type=file]");
    const list = form.querySelector("[data-sending]");
    const drop = form.querySelector("[data-drop]");
    const button = form.querySelector("button");
    const most = Number(form.dataset.most);
    const part = Number(form.dataset.part);
    let busy = false;

    form.querySelector("[data-drop-hint]").hidden = false;
    for (const kind of ["dragenter", "dragover", "dragleave", "drop"]) {
      drop.addEventListener(kind, (event) => {
        event.preventDefault();
        drop.classList.toggle("over", kind === "dragenter" || kind === "dragover");
      });
    }
    drop.addEventListener("drop", (event) => {
      if (busy || !event.dataTransfer.files.length) return;
      input.files = event.dataTransfer.files;
      if (!input.multiple && input.files.length > 1) input.value = "";
    });
    addEventListener("beforeunload", (event) => { if (busy) event.preventDefault(); });

    const ask = async (address, options) => {
      for (let tries = 0; ; tries++) {
        try {
          const reply = await fetch(address, options);
          if (reply.status < 500 || tries > 6) {
            const said = await reply.json().catch(() => ({}));
            if (!reply.ok) throw new Error(said.error || "The server did not take it. Please reload the page and try again.");
            return said;
          }
        } catch (error) {
          if (!(error instanceof TypeError) || tries > 6) throw error;
        }
        await pause(500 * 2 ** tries);
      }
    };
    const send = async (file, fields, show) => {
      if (file.size > most) throw new Error(form.dataset.tooLarge);
      const begin = new URLSearchParams(fields);
      begin.set("name", file.name);
      begin.set("bytes", String(file.size));
      let state = await ask(form.dataset.upload, { method: "POST", body: begin });
      while (!state.done) {
        const piece = file.slice(state.offset, state.offset + part);
        const address = `/admin/documents/uploads/${state.id}`;
        try {
          state = await ask(`${address}?offset=${state.offset}`, {
            method: "POST", body: piece,
            headers: { "portico-csrf": begin.get("csrf"), "content-type": "application/octet-stream" },
          });
        } catch (error) {
          if (!(error instanceof TypeError)) throw error;
          throw new Error("The connection is lost. Please try again when you are back online.");
        }
        show(state.offset / file.size);
      }
      return state;
    };
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (busy) return;
      busy = true;
      const fields = [...new FormData(form)].filter(([, value]) => typeof value === "string");
      const files = [...input.files];
      button.disabled = input.disabled = true;
      list.hidden = false;
      list.replaceChildren();
      const lines = files.map((file) => {
        const line = document.createElement("li");
        const name = document.createElement("span");
        const bar = document.createElement("progress");
        const note = document.createElement("span");
        name.textContent = file.name;
        note.textContent = "Waiting";
        note.className = "hint";
        bar.max = 1;
        bar.value = 0;
        bar.setAttribute("aria-label", file.name);
        line.append(name, bar, note);
        list.append(line);
        return { line, bar, note };
      });
      let clean = true;
      for (const [place, file] of files.entries()) {
        const { line, bar, note } = lines[place];
        note.textContent = "Sending";
        try {
          const state = await send(file, fields, (share) => { bar.value = share; });
          bar.value = 1;
          line.className = "done";
          note.textContent = state.already ? "Is here already" : "Done";
          clean &&= !state.already;
        } catch (error) {
          clean = false;
          line.className = "failed";
          note.textContent = error.message;
          note.className = "error";
        }
      }
      busy = false;
      if (clean) {
        location.reload();
        return;
      }
      button.disabled = input.disabled = false;
      input.value = "";
      const again = document.createElement("a");
      again.href = location.pathname;
      again.textContent = "Show the documents";
      const line = document.createElement("li");
      line.append(again);
      list.append(line);
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

  // A preview at two sizes.
  for (const stage of all("[data-stage]")) {
    const frame = stage.querySelector("iframe");
    const sizes = document.querySelector("[data-sizes]");
    sizes.hidden = false;
    // A desktop is wider than the room there is: it is shown smaller.
    const fit = () => {
      const wide = stage.classList.contains("desktop");
      const share = wide ? stage.clientWidth / 1280 : 1;
      frame.style.transform = wide ? `scale(${share})` : "";
      frame.style.height = wide ? `${stage.clientHeight / share}px` : "";
    };
    new ResizeObserver(fit).observe(stage);
    for (const button of sizes.querySelectorAll("button")) {
      button.addEventListener("click", () => {
        for (const one of sizes.querySelectorAll("button")) one.setAttribute("aria-pressed", String(one === button));
        stage.className = `stage ${button.dataset.size}`;
        fit();
      });
    }
  }

  // A choice that is a form of its own.
  for (const field of all("[data-submits]")) field.addEventListener("change", () => field.form.requestSubmit());

  // Writing a message: a saved reply goes in where the caret is, and what is attached is named.
  for (const form of all("[data-composer]")) {
    const text = form.querySelector("textarea");
    const reply = form.querySelector("[data-reply]");
    const files = form.querySelector("[data-attach]");
    const named = form.querySelector("[data-attached]");
    reply?.addEventListener("change", () => {
      const body = reply.selectedOptions[0]?.dataset.body;
      reply.selectedIndex = 0;
      if (!body) return;
      const before = text.value.slice(0, text.selectionStart);
      const gap = before && !before.endsWith("\n") ? "\n\n" : "";
      text.focus();
      text.setRangeText(gap + body, text.selectionStart, text.selectionEnd, "end");
    });
    files.addEventListener("change", () => {
      const all = [...files.files];
      named.textContent = all.length > 2 ? `${all.length} files` : all.map((file) => file.name).join(", ");
    });
    text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit(form.querySelector(".composer-send"));
    });
    let sent = false;
    form.addEventListener("submit", (event) => {
      // Pressed twice, it is sent once.
      if (sent) event.preventDefault();
      sent = true;
    });
    addEventListener("pageshow", () => { sent = false; });
    if (!document.querySelector("[data-problems]") && !location.search) form.scrollIntoView({ block: "end" });
  }

  // What is new shows by itself: a short question every other second while the page is looked at.
  const live = document.querySelector("[data-live]");
  const counts = (said) => {
    for (const badge of all("[data-waits]")) {
      const count = said[badge.dataset.waits];
      badge.hidden = !count;
      badge.querySelector("[data-count]").textContent = count > 99 ? "99+" : count;
    }
  };
  if (live) {
    const show = async () => {
      const reply = await fetch(location.href, { headers: { accept: "text/html" } });
      if (!reply.ok || reply.redirected) return;
      const page = new DOMParser().parseFromString(await reply.text(), "text/html");
      const fresh = page.getElementById(live.id);
      if (!fresh) return;
      const low = innerHeight + scrollY > document.body.scrollHeight - 160;
      live.replaceChildren(...fresh.childNodes);
      Object.assign(live.dataset, fresh.dataset);
      const composer = document.querySelector("[data-composer]");
      // Whoever answers now has seen what shows.
      if (composer) {
        composer.elements.last.value = live.dataset.newest;
        if (low) composer.scrollIntoView({ block: "end" });
      }
    };
    let wait = 1500;
    const look = async () => {
      if (document.visibilityState === "visible") {
        try {
          const reply = await fetch(live.dataset.live, { headers: { accept: "application/json" } });
          if (!reply.ok || reply.redirected) throw new Error();
          const said = await reply.json();
          counts(said);
          if (said.mark !== live.dataset.mark) await show();
          wait = 1500;
        } catch {
          wait = Math.min(wait * 2, 60000);
        }
      }
      setTimeout(look, wait);
    };
    setTimeout(look, wait);
    document.addEventListener("visibilitychange", () => { wait = 1500; });
  }

  // Parts of a form that belong to what was chosen; of empty lines one is shown.
  const choosing = new Set(Array.from(all("[data-chooses]"), (one) => one.form));
  for (const form of choosing) {
    const show = () => {
      for (const part of form.querySelectorAll("[data-when]")) {
        const [name, ...values] = part.dataset.when.split(" ");
        part.hidden = !values.includes(form.elements[name].value);
      }
      for (const card of form.querySelectorAll(".card")) {
        let free = 0;
        for (const slot of card.querySelectorAll("[data-slot]")) {
          const empty = !slot.querySelector("[data-chooses]").value;
          slot.hidden = empty && free > 0;
          if (empty) free += 1;
        }
      }
    };
    form.addEventListener("change", show);
    show();
  }

  for (const button of all("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => print());
  }

  document.querySelector("[data-problems]")?.focus();
});
