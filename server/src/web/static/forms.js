// The builder of forms. What is built lies in one hidden field, which the server reads and checks.
"use strict";
(() => {
  const form = document.querySelector("[data-builder]");
  if (!form) return;
  const store = form.elements.fields;
  const facts = JSON.parse(store.dataset.facts);
  const flaws = JSON.parse(store.dataset.flaws);
  const list = form.querySelector("[data-list]");
  const none = form.querySelector("[data-none]");
  const said = form.querySelector("[data-said]");
  let fields = JSON.parse(store.value);
  // The field whose settings are open, and the flaws of fields by what they were sent as.
  let open = null;
  const wrong = new Map();
  for (const flaw of flaws) {
    const field = fields[flaw.at];
    if (field) wrong.set(field, [...(wrong.get(field) || []), flaw.text]);
    open ??= field ?? null;
  }

  const make = (tag, props = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(props)) {
      if (value === false || value === undefined || value === null) continue;
      if (name in made && typeof value !== "string") made[name] = value;
      else made.setAttribute(name, value);
    }
    made.append(...inside.filter((one) => one !== null && one !== undefined));
    return made;
  };
  const icon = (strokes) => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    for (const [name, value] of Object.entries({ class: "icon", viewBox: "0 0 24 24", width: 18, height: 18, fill: "none", stroke: "currentColor", "stroke-width": 1.8, "stroke-linecap": "round", "stroke-linejoin": "round", "aria-hidden": "true" })) svg.setAttribute(name, value);
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    path.setAttribute("d", strokes);
    svg.append(path);
    return svg;
  };
  const kindOf = (field) => facts.kinds[field.kind.type];
  const nameOf = (field) => field.label.trim() || kindOf(field).label;
  const newId = () => "f" + [...crypto.getRandomValues(new Uint8Array(4))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const keep = () => {
    store.value = JSON.stringify(fields);
    store.dispatchEvent(new Event("input", { bubbles: true }));
  };
  const put = (object, key, value) => {
    if (value === "" || value === null || value === undefined || (Array.isArray(value) && !value.length)) delete object[key];
    else object[key] = value;
  };
  const whole = (text, most) => {
    const number = Math.trunc(Number(text));
    return text.trim() === "" || !Number.isFinite(number) ? null : Math.min(Math.max(number, 0), most);
  };

  // Parts of the settings. Each has a label, and an id of its own.
  let count = 0;
  const labelled = (label, control, hint) => {
    const id = `set-${++count}`;
    control.id = id;
    if (hint) control.setAttribute("aria-describedby", `${id}-hint`);
    return make("div", { class: "field" }, make("label", { for: id }, label), control, hint ? make("p", { class: "hint", id: `${id}-hint` }, hint) : null);
  };
  const text = (label, value, change, props = {}, hint = "") => {
    const control = make(props.rows ? "textarea" : "input", { autocomplete: "off", ...(props.rows ? {} : { type: "text" }), ...props });
    control.value = value ?? "";
    control.addEventListener("input", () => { change(control.value); keep(); });
    return labelled(label, control, hint);
  };
  const number = (label, value, change, most, hint = "") =>
    text(label, value, (typed) => change(whole(typed, most)), { type: "number", min: "0", max: String(most), step: "1", inputmode: "numeric" }, hint);
  const choose = (label, value, options, change, hint = "") => {
    const control = make("select", {}, ...options.map(([code, name]) => make("option", { value: code }, name)));
    control.value = value ?? "";
    control.addEventListener("change", () => { change(control.value); keep(); });
    return labelled(label, control, hint);
  };
  const tick = (label, on, change, hint = "") => {
    const id = `set-${++count}`;
    const control = make("input", { type: "checkbox", id, checked: Boolean(on) });
    control.addEventListener("change", () => { change(control.checked); keep(); });
    return make("div", { class: "check" }, control, make("div", {}, make("label", { for: id }, label), hint ? make("p", { class: "hint" }, hint) : null));
  };
  const halves = (...inside) => make("div", { class: "halves" }, ...inside);
  const part = (title, ...inside) => make("fieldset", { class: "built-part" }, make("legend", {}, title), ...inside);

  // Money is kept in minor units, and typed as people write it.
  const toMinor = (typed, currency) => {
    const amount = Number(typed.replace(",", "."));
    return typed.trim() === "" || !Number.isFinite(amount) ? null : Math.round(amount * 10 ** (facts.digits[currency] ?? 2));
  };
  const fromMinor = (minor, currency) => {
    const digits = facts.digits[currency] ?? 2;
    return minor === undefined || minor === null || minor === "" ? "" : (Number(minor) / 10 ** digits).toFixed(digits);
  };

  const optionsPart = (field, redraw) => {
    const kind = field.kind;
    const tie = facts.ties.find((one) => one.value === field.tie);
    const fixed = Boolean(tie?.choices);
    const box = text("Options", kind.options.join("\n"), (typed) => { kind.options = typed.split("\n").map((one) => one.trim()).filter(Boolean); },
      { rows: String(Math.min(Math.max(kind.options.length + 1, 4), 12)), readOnly: fixed }, fixed ? "These are the choices of the client field." : "One on each line.");
    const inside = [box];
    if (!fixed) inside.push(tick("Something else may be written in", kind.other, (on) => { kind.other = on; }));
    if (kind.type === "many") inside.push(halves(
      number("At least", kind.min, (value) => put(kind, "min", value), 500, "How many are to be chosen."),
      number("At most", kind.max, (value) => put(kind, "max", value), 500)));
    return inside;
  };
  const limitsPart = (field, redraw) => {
    const kind = field.kind;
    switch (kind.type) {
      case "text": case "long_text": {
        const most = kind.type === "text" ? 1000 : 20000;
        const inside = [halves(
          number("Shortest", kind.min, (value) => put(kind, "min", value), most, "In characters."),
          number("Longest", kind.max, (value) => put(kind, "max", value), most, "In characters."))];
        if (kind.type === "text") inside.push(choose("May consist of", kind.pattern, [["", "Anything"], ...facts.patterns], (value) => put(kind, "pattern", value)));
        return inside;
      }
      case "number": return [halves(
        text("Smallest", kind.min, (value) => put(kind, "min", value.trim()), { inputmode: "decimal" }),
        text("Largest", kind.max, (value) => put(kind, "max", value.trim()), { inputmode: "decimal" }),
        number("Digits after the point", kind.decimals, (value) => { kind.decimals = value ?? 0; }, 6),
        text("Unit", kind.unit, (value) => put(kind, "unit", value), { maxlength: "200" }, "Such as “guests”."))];
      case "money": return [
        choose("Currency", kind.currency, facts.currencies, (value) => {
          for (const end of ["min", "max"]) if (kind[end] !== undefined) kind[end] = toMinor(fromMinor(kind[end], kind.currency), value);
          kind.currency = value;
        }),
        halves(
          text("Smallest", fromMinor(kind.min, kind.currency), (value) => put(kind, "min", toMinor(value, kind.currency)), { inputmode: "decimal" }),
          text("Largest", fromMinor(kind.max, kind.currency), (value) => put(kind, "max", toMinor(value, kind.currency)), { inputmode: "decimal" }))];
      case "date": return [halves(
        text("Earliest", kind.min, (value) => put(kind, "min", value), { type: "date" }),
        text("Latest", kind.max, (value) => put(kind, "max", value), { type: "date" }))];
      case "rating": return [number("Stars", kind.max, (value) => { kind.max = value ?? 5; }, 10, "At most ten.")];
      case "file": {
        const kinds = new Set(kind.kinds || []);
        return [
          make("div", { class: "boxes", role: "group", "aria-label": "Kinds of files" }, ...facts.file_kinds.map(([code, name]) => tick(name, kinds.has(code), (on) => {
            on ? kinds.add(code) : kinds.delete(code);
            put(kind, "kinds", facts.file_kinds.map(([one]) => one).filter((one) => kinds.has(one)));
          }))),
          make("p", { class: "hint" }, "None ticked: any kind."),
          halves(
            number("How many at most", kind.max_count, (value) => put(kind, "max_count", value), 20, "Left empty: one."),
            number("Largest, in MB", kind.max_bytes ? Math.max(1, Math.round(kind.max_bytes / 1e6)) : "", (value) => put(kind, "max_bytes", value ? value * 1e6 : null), 100, "Left empty: 100."))];
      }
      default: return kind.options ? optionsPart(field, redraw) : [];
    }
  };
  const beginPart = (field) => {
    const set = (make) => (value) => put(field, "default", value === "" ? null : make(value));
    const now = field.default || {};
    switch (field.kind.type) {
      case "text": case "long_text": case "email":
        return text("Begins with", now.text, set((value) => ({ text: value })), field.kind.type === "long_text" ? { rows: "2" } : {}, "What stands in it before anything is typed.");
      case "number": return text("Begins with", now.number, set((value) => ({ number: value })), { inputmode: "decimal" });
      case "date": return text("Begins with", now.date, set((value) => ({ date: value })), { type: "date" });
      case "time": return text("Begins with", now.time, set((value) => ({ time: value })), { type: "time" });
      case "yes_no": return choose("Begins with", now.yes_no === undefined ? "" : now.yes_no ? "yes" : "no", [["", "Nothing chosen"], ["yes", "Yes"], ["no", "No"]], set((value) => ({ yes_no: value === "yes" })));
      case "one": case "drop_down":
        return choose("Begins with", now.choices?.options[0], [["", "Nothing chosen"], ...field.kind.options.map((one) => [one, one])], set((value) => ({ choices: { options: [value] } })));
      default: return null;
    }
  };

  // Show-if conditions, on fields above this one.
  const valueOf = (condition, asked, redraw) => {
    const change = (value) => put(condition, "value", value);
    const kind = asked.kind;
    switch (kind.type) {
      case "yes_no": return choose("Value", condition.value, [["", "Please choose"], ["yes", "Yes"], ["no", "No"]], change);
      case "one": case "many": case "drop_down":
        if (!kind.other) return choose("Value", condition.value, [["", "Please choose"], ...kind.options.map((one) => [one, one])], change);
        return text("Value", condition.value, change, { maxlength: "200" });
      case "date": return text("Value", condition.value, change, { type: "date" });
      case "time": return text("Value", condition.value, change, { type: "time" });
      case "money": return text(`Value in ${kind.currency}`, fromMinor(condition.value, kind.currency), (value) => change(String(toMinor(value, kind.currency) ?? "")), { inputmode: "decimal" });
      case "file": return text("How many files", condition.value, change, { inputmode: "numeric" });
      default: return text("Value", condition.value, change, { maxlength: "200" });
    }
  };
  const showPart = (field, redraw) => {
    const earlier = fields.slice(0, fields.indexOf(field)).filter((one) => kindOf(one).asks);
    const conditions = field.show_if;
    if (!conditions && !earlier.length) return part("When it shows", make("p", { class: "hint" }, "Always. With a question above it, it can depend on the answer."));
    const add = make("button", { type: "button", class: "secondary small" }, conditions ? "Add another condition" : "Show it only on a condition");
    add.addEventListener("click", () => {
      const asked = earlier.at(-1);
      field.show_if ||= { join: "all", list: [] };
      field.show_if.list.push({ field: asked?.id ?? "", operator: kindOf(asked).operators.includes("is") ? "is" : "not_empty" });
      keep();
      redraw((body) => body.querySelector(".condition:last-of-type select"));
    });
    if (!earlier.length) add.hidden = true;
    const inside = [];
    if (conditions?.list.length > 1) inside.push(choose("Show it when", conditions.join, [["all", "All of these hold"], ["any", "One of these holds"]], (value) => { conditions.join = value; }));
    conditions?.list.forEach((condition, at) => {
      const asked = fields.find((one) => one.id === condition.field);
      const names = earlier.map((one) => [one.id, nameOf(one)]);
      if (!asked || !earlier.includes(asked)) names.unshift([condition.field, asked ? `${nameOf(asked)} (below this one)` : "A field that is gone"]);
      const row = make("div", { class: "condition", role: "group", "aria-label": `Condition ${at + 1}` });
      row.append(choose("Field", condition.field, names, (value) => {
        condition.field = value;
        const operators = kindOf(fields.find((one) => one.id === value)).operators;
        if (!operators.includes(condition.operator)) condition.operator = operators[0];
        delete condition.value;
        redraw((body) => body.querySelectorAll(".condition")[at].querySelector("select"));
      }));
      const operators = asked ? kindOf(asked).operators : [condition.operator];
      const offered = operators.includes(condition.operator) ? operators : [condition.operator, ...operators];
      row.append(choose("Comparison", condition.operator, offered.map((one) => [one, facts.operators[one].label]), (value) => {
        condition.operator = value;
        if (!facts.operators[value].value) delete condition.value;
        redraw((body) => body.querySelectorAll(".condition")[at].querySelectorAll("select")[1]);
      }));
      if (asked && facts.operators[condition.operator].value) row.append(valueOf(condition, asked));
      const remove = make("button", { type: "button", class: "quiet danger", "aria-label": `Remove condition ${at + 1}` }, "Remove");
      remove.addEventListener("click", () => {
        conditions.list.splice(at, 1);
        if (!conditions.list.length) delete field.show_if;
        keep();
        redraw((body) => body.querySelector("[data-add-condition]"));
      });
      row.append(remove);
      inside.push(row);
    });
    add.setAttribute("data-add-condition", "");
    return part(field.kind.type === "page_break" ? "When this page shows" : "When it shows", ...inside, add);
  };
  const tiePart = (field, redraw) => {
    const kind = kindOf(field);
    const offered = facts.ties.filter((one) => kind.ties.includes(one.value) || one.value === field.tie);
    if (!offered.length) return null;
    return choose("Client field", field.tie, [["", "None"], ...offered.map((one) => [one.value, one.label])], (value) => {
      put(field, "tie", value);
      const tie = facts.ties.find((one) => one.value === value);
      if (tie?.choices && field.kind.options) {
        field.kind.options = [...tie.choices];
        field.kind.other = false;
      }
      redraw((body) => body.querySelector("[data-tie] select"));
    }, "It begins with what is known, and the answer updates it.");
  };

  const settings = (field, row) => {
    const redraw = (focus) => {
      const body = row.querySelector(".built-body");
      body.replaceChildren(...settings(field, row));
      focus(body)?.focus();
    };
    const kind = kindOf(field);
    const words = { heading: "Heading", paragraph: "Text", page_break: "Name of the page" }[field.kind.type] || "Question";
    const label = text(words, field.label, (value) => { field.label = value; title(field, row); },
      field.kind.type === "paragraph" ? { rows: "4", maxlength: "4000" } : { maxlength: "200" },
      field.kind.type === "page_break" ? "Optional. What follows is on a page of its own." : "");
    label.setAttribute("data-label-field", "");
    const inside = [label];
    if (kind.asks) {
      inside.push(tick("Required", field.required, (on) => { field.required = on; title(field, row); }));
      inside.push(text("Help", field.help, (value) => put(field, "help", value), { rows: "2", maxlength: "4000" }, "Optional. Stands below the question."));
    } else if (field.kind.type === "heading") {
      inside.push(text("Below it", field.help, (value) => put(field, "help", value), { rows: "2", maxlength: "4000" }, "Optional."));
    }
    const limits = limitsPart(field, redraw);
    const choices = Boolean(field.kind.options);
    if (choices) inside.push(...limits);
    const more = [];
    if (["text", "long_text", "email", "phone", "number", "money"].includes(field.kind.type)) {
      more.push(text("Placeholder", field.placeholder, (value) => put(field, "placeholder", value), { maxlength: "200" }, "Optional. An example, shown in grey."));
    }
    const begin = kind.asks ? beginPart(field) : null;
    if (begin) more.push(begin);
    if (!choices && limits.length) inside.push(part("Limits", ...limits));
    if (more.length) inside.push(halves(...more));
    const tie = kind.asks ? tiePart(field, redraw) : null;
    if (tie) {
      tie.setAttribute("data-tie", "");
      inside.push(tie);
    }
    inside.push(showPart(field, redraw));
    return inside;
  };

  const title = (field, row) => {
    const name = nameOf(field);
    row.querySelector(".built-name").textContent = name;
    row.querySelector(".built-kind").textContent = [kindOf(field).label, field.required ? "required" : "", field.tie ? "updates a client field" : "", field.show_if ? "shows on a condition" : ""].filter(Boolean).join(" · ");
    for (const button of row.querySelectorAll("[data-does]")) button.setAttribute("aria-label", `${button.dataset.does} ${name}`);
  };
  const act = (does, strokes, run) => {
    const button = make("button", { type: "button", class: "quiet built-act", title: does }, icon(strokes));
    button.dataset.does = does;
    button.addEventListener("click", run);
    return button;
  };
  const rowOf = (field) => [...list.children].find((row) => row.field === field);
  const focusOn = (field, selector) => rowOf(field)?.querySelector(selector)?.focus();
  const tell = (words, undo) => {
    said.replaceChildren(words);
    if (!undo) return;
    const button = make("button", { type: "button", class: "quiet" }, "Undo");
    button.addEventListener("click", undo);
    said.append(" ", button);
  };

  const move = (field, by) => {
    const at = fields.indexOf(field);
    const to = at + by;
    if (to < 0 || to >= fields.length) return tell(by < 0 ? "It is the first already." : "It is the last already.");
    fields.splice(to, 0, fields.splice(at, 1)[0]);
    draw();
    focusOn(field, by < 0 ? "[data-does='Move up']" : "[data-does='Move down']");
    tell(`${nameOf(field)} is number ${to + 1} of ${fields.length} now.`);
  };
  const add = (field, at) => {
    fields.splice(at, 0, field);
    open = field;
    draw();
    focusOn(field, "[data-label-field] :is(input, textarea)");
    rowOf(field).scrollIntoView({ block: "nearest" });
  };
  const remove = (field) => {
    const at = fields.indexOf(field);
    fields.splice(at, 1);
    if (open === field) open = null;
    draw();
    const next = fields[Math.min(at, fields.length - 1)];
    if (next) focusOn(next, ".built-open");
    else form.querySelector("[data-add]").focus();
    tell(`${nameOf(field)} is removed.`, () => {
      fields.splice(Math.min(at, fields.length), 0, field);
      draw();
      focusOn(field, ".built-open");
      tell(`${nameOf(field)} is back.`);
    });
  };

  const draw = () => {
    const rows = fields.map((field) => {
      const isOpen = open === field;
      const row = make("li", { class: `built-row${kindOf(field).asks ? "" : " plain-kind"}${field.kind.type === "page_break" ? " page-break" : ""}` });
      row.field = field;
      const grip = make("span", { class: "grip", "aria-hidden": "true" }, icon("M9 6h.01M15 6h.01M9 12h.01M15 12h.01M9 18h.01M15 18h.01"));
      grip.addEventListener("pointerdown", (event) => drag(event, row));
      const toggle = make("button", { type: "button", class: "built-open", "aria-expanded": String(isOpen) }, make("span", { class: "built-name" }), make("span", { class: "built-kind" }));
      toggle.addEventListener("click", () => {
        open = open === field ? null : field;
        draw();
        focusOn(field, ".built-open");
      });
      row.append(make("div", { class: "built-head" }, grip, toggle, make("div", { class: "built-acts" },
        act("Move up", "M12 19V5M6 11l6-6 6 6", () => move(field, -1)),
        act("Move down", "M12 5v14M6 13l6 6 6-6", () => move(field, 1)),
        act("Duplicate", "M9 9h11v11H9zM5 15H4V4h11v1", () => {
          const copy = structuredClone(field);
          copy.id = newId();
          // One field alone updates a client's.
          delete copy.tie;
          add(copy, fields.indexOf(field) + 1);
        }),
        act("Remove", "M5 7h14M10 7V5h4v2M7 7l1 13h8l1-13M10.500 11v5M13.500 11v5", () => remove(field)))));
      for (const words of wrong.get(field) || []) row.append(make("p", { class: "error" }, words));
      row.classList.toggle("wrong", wrong.has(field));
      if (isOpen) {
        const body = make("div", { class: "built-body", role: "group" });
        row.append(body);
        body.append(...settings(field, row));
        body.setAttribute("aria-label", "Settings");
      }
      title(field, row);
      return row;
    });
    list.replaceChildren(...rows);
    none.hidden = fields.length > 0;
    keep();
  };

  // By pointer: the row follows the others' middles; released, the list is what is seen.
  const drag = (event, row) => {
    if (event.button !== 0) return;
    event.preventDefault();
    row.classList.add("dragged");
    const over = (event) => {
      const others = [...list.children].filter((one) => one !== row);
      const next = others.find((one) => {
        const box = one.querySelector(".built-head").getBoundingClientRect();
        return event.clientY < box.top + box.height / 2;
      });
      if (row.nextElementSibling !== (next ?? null)) list.insertBefore(row, next ?? null);
      if (event.clientY < 60) scrollBy(0, -12);
      if (event.clientY > innerHeight - 100) scrollBy(0, 12);
    };
    // At the window: a row that changes its place in the page loses the pointer.
    const done = () => {
      removeEventListener("pointermove", over);
      removeEventListener("pointerup", done);
      removeEventListener("pointercancel", done);
      fields = [...list.children].map((one) => one.field);
      draw();
    };
    addEventListener("pointermove", over);
    addEventListener("pointerup", done);
    addEventListener("pointercancel", done);
  };

  for (const button of form.querySelectorAll("[data-add]")) {
    button.addEventListener("click", () => {
      const kind = structuredClone(facts.kinds[button.dataset.add].blank);
      const at = open ? fields.indexOf(open) + 1 : fields.length;
      add({ id: newId(), kind, label: "", required: false }, at);
    });
  }
  for (const link of document.querySelectorAll("[data-flaw]")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      const field = fields[Number(link.dataset.flaw)];
      open = field ?? null;
      draw();
      focusOn(field, "[data-label-field] :is(input, textarea)");
    });
  }
  // Pressing Enter in a setting does not send the whole form.
  list.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target.matches("input:not([type=checkbox])")) event.preventDefault();
  });
  draw();

  // The preview follows after a pause, in a new frame each time: going back does not go through previews.
  const pane = form.querySelector("[data-preview]");
  const button = form.querySelector("[data-preview-button]");
  let shown = 0;
  let pause;
  const look = () => {
    const old = pane.querySelector("iframe:not(.coming)");
    for (const late of pane.querySelectorAll(".coming")) late.remove();
    const frame = old.cloneNode();
    frame.className = "coming";
    frame.name = button.formTarget = `preview-${++shown}`;
    pane.append(frame);
    frame.addEventListener("load", () => {
      const at = old.contentWindow?.scrollY ?? 0;
      old.remove();
      frame.className = "";
      frame.contentWindow?.scrollTo(0, at);
    }, { once: true });
    form.requestSubmit(button);
  };
  const soon = (wait) => {
    clearTimeout(pause);
    pause = setTimeout(look, wait);
  };
  form.addEventListener("input", () => soon(600));
  soon(0);
})();
