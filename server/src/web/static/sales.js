// The editor of quotes and invoices: lines and steps come, go and move, and the server says what they come to.
"use strict";
(() => {
  const each = (root, selector, act) => root.querySelectorAll(selector).forEach(act);

  // Payment plans: also on the settings.
  for (const plan of document.querySelectorAll("[data-plan]")) {
    const list = plan.querySelector("[data-steps]");
    const template = plan.querySelector("[data-step-template]");
    const changed = () => list.dispatchEvent(new Event("input", { bubbles: true }));
    const wire = (row) => {
      const when = row.querySelector("[data-when]");
      const value = row.querySelector("[name=step_value]");
      const label = row.querySelector("[data-when-label]");
      when.addEventListener("change", () => {
        const day = when.value === "on";
        if (day !== (value.type === "date")) value.value = "";
        value.type = day ? "date" : "text";
        value.inputMode = day ? "" : "numeric";
        label.textContent = day ? "Day" : "How many";
        changed();
      });
      const remove = row.querySelector("[data-remove-step]");
      remove.hidden = false;
      remove.addEventListener("click", () => {
        const next = row.nextElementSibling || row.previousElementSibling;
        row.remove();
        changed();
        (next?.querySelector("input") || plan.querySelector("[data-add-step]")).focus();
      });
    };
    const add = (step) => {
      const row = template.content.firstElementChild.cloneNode(true);
      row.querySelector("[name=step_share]").value = step.share;
      row.querySelector("[data-when]").value = step.when;
      const value = row.querySelector("[name=step_value]");
      value.type = step.when === "on" ? "date" : "text";
      row.querySelector("[data-when-label]").textContent = step.when === "on" ? "Day" : "How many";
      value.value = step.value;
      list.append(row);
      wire(row);
      return row;
    };
    each(list, "[data-step]", wire);
    const button = plan.querySelector("[data-add-step]");
    button.hidden = false;
    button.addEventListener("click", () => {
      add({ share: "", when: "days", value: "30" }).querySelector("input").focus();
      changed();
    });
    const saved = plan.querySelector("[data-saved-plan]");
    if (saved) {
      const plans = JSON.parse(plan.dataset.plans);
      plan.querySelector("[data-saved-plans]").hidden = false;
      saved.addEventListener("change", () => {
        const chosen = plans.find((one) => one.name === saved.value);
        if (!chosen) return;
        list.replaceChildren();
        chosen.steps.forEach(add);
        changed();
      });
    }
  }

  const form = document.querySelector("[data-sale]");
  if (!form) return;
  const list = form.querySelector("[data-lines]");
  const template = form.querySelector("[data-line-template]");
  const said = form.querySelector("[data-said]");
  const rows = () => [...list.querySelectorAll("[data-line]")];
  const nameOf = (row) => row.querySelector("[name=line_name]").value.trim() || "The line";

  // What it comes to, a moment after the last key. A late answer to an earlier question is not shown.
  const totals = form.querySelector("[data-totals]");
  const most = form.querySelector("[data-most]");
  const unsummed = form.querySelector("[data-unsummed]");
  const planned = form.querySelector("[data-planned]");
  const pair = (tag, text) => {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  };
  const fill = (target, items, make) => target?.replaceChildren(...items.map((item) => {
    const row = document.createElement("div");
    row.append(...make(item, row));
    return row;
  }));
  const show = (sums) => {
    const filled = rows().filter((row) => ["line_name", "line_price", "line_description"].some((name) => row.querySelector(`[name=${name}]`).value.trim()));
    each(list, "[data-amount]", (output) => { output.textContent = "–"; });
    unsummed.hidden = Boolean(sums.totals);
    const wrong = Object.values(sums.errors || {});
    unsummed.textContent = wrong.length && filled.length ? wrong[0] : "The total shows once the lines are filled in.";
    filled.forEach((row, at) => { row.querySelector("[data-amount]").textContent = sums.lines?.[at] ?? "–"; });
    fill(totals, sums.totals || [], (sum, row) => {
      if (sum.total) row.className = "paid";
      return [pair("dt", sum.label), pair("dd", sum.amount)];
    });
    most.textContent = sums.most ? `With every optional line ${sums.most}.` : "";
    fill(planned, sums.plan || [], (part) => [pair("dt", part.label), pair("dd", part.due), pair("dd", part.amount)]);
  };
  let asked = 0;
  const ask = async () => {
    const turn = ++asked;
    try {
      const reply = await fetch(form.dataset.sale, { method: "POST", body: new URLSearchParams(new FormData(form)) });
      if (reply.ok && turn === asked) show(await reply.json());
    } catch {
      // Without a connection the last sums stay; saving tells what is wrong.
    }
  };
  let pause;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(ask, 350);
  });
  const changed = () => list.dispatchEvent(new Event("input", { bubbles: true }));

  const settle = () => {
    const all = rows();
    all.forEach((row, at) => {
      row.querySelector("[data-up]").disabled = at === 0;
      row.querySelector("[data-down]").disabled = at === all.length - 1;
    });
  };
  const move = (row, step, button) => {
    const all = rows();
    const to = all.indexOf(row) + step;
    if (to < 0 || to >= all.length) return;
    step < 0 ? all[to].before(row) : all[to].after(row);
    settle();
    changed();
    (button.disabled ? row.querySelector(step < 0 ? "[data-down]" : "[data-up]") : button).focus();
    said.textContent = `${nameOf(row)} is at place ${to + 1} of ${all.length}.`;
  };
  const drag = (row, grip) => {
    grip.hidden = false;
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      row.classList.add("dragged");
      const follow = (moved) => {
        const over = rows().find((one) => {
          const box = one.getBoundingClientRect();
          return one !== row && moved.clientY > box.top && moved.clientY < box.bottom;
        });
        if (!over) return;
        const box = over.getBoundingClientRect();
        moved.clientY < box.top + box.height / 2 ? over.before(row) : over.after(row);
      };
      const end = () => {
        row.classList.remove("dragged");
        grip.removeEventListener("pointermove", follow);
        settle();
        changed();
      };
      grip.addEventListener("pointermove", follow);
      grip.addEventListener("lostpointercapture", end, { once: true });
    });
  };
  const grow = (area) => {
    const fit = () => {
      area.style.height = "auto";
      area.style.height = `${area.scrollHeight + 2}px`;
    };
    area.addEventListener("input", fit);
    if (area.value) fit();
  };
  const wire = (row) => {
    row.querySelector("[data-acts]").hidden = false;
    const up = row.querySelector("[data-up]");
    const down = row.querySelector("[data-down]");
    up.addEventListener("click", () => move(row, -1, up));
    down.addEventListener("click", () => move(row, 1, down));
    row.querySelector("[data-remove]").addEventListener("click", () => {
      const next = row.nextElementSibling || row.previousElementSibling;
      said.textContent = `${nameOf(row)} is removed.`;
      row.remove();
      settle();
      changed();
      (next?.querySelector("[name=line_name]") || form.querySelector("[data-add-line]")).focus();
    });
    drag(row, row.querySelector("[data-grip]"));
    grow(row.querySelector("textarea"));
  };
  rows().forEach(wire);
  settle();
  const add = form.querySelector("[data-add-line]");
  add.hidden = false;
  add.addEventListener("click", () => {
    const row = template.content.firstElementChild.cloneNode(true);
    const last = rows().at(-1);
    list.append(row);
    // The next line is most often taxed as the one before.
    if (last) row.querySelector("[name=line_tax]").value = last.querySelector("[name=line_tax]").value;
    wire(row);
    settle();
    row.querySelector("[name=line_name]").focus();
    changed();
  });
})();
