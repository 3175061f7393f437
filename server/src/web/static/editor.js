// The buttons above a text that is written in Markdown. Undo keeps working: what a button writes is typed.
"use strict";
for (const bar of document.querySelectorAll("[data-marks]")) {
  const text = document.getElementById(bar.getAttribute("aria-controls"));
  const type = (from, to, words, select) => {
    text.focus();
    text.setSelectionRange(from, to);
    if (!document.execCommand("insertText", false, words)) {
      text.setRangeText(words, from, to, "end");
      text.dispatchEvent(new Event("input", { bubbles: true }));
    }
    if (select) text.setSelectionRange(select[0], select[1]);
  };
  const around = (mark, example) => {
    const { selectionStart: from, selectionEnd: to, value } = text;
    const chosen = value.slice(from, to);
    const n = mark.length;
    if (value.slice(from - n, from) === mark && value.slice(to, to + n) === mark) {
      type(from - n, to + n, chosen, [from - n, to - n]);
    } else {
      const words = chosen || example;
      type(from, to, mark + words + mark, [from + n, from + n + words.length]);
    }
  };
  // Puts a mark before each line that is chosen, or takes it away where all have it.
  const before = (mark, known) => {
    const { selectionStart, selectionEnd, value } = text;
    const from = value.lastIndexOf("\n", selectionStart - 1) + 1;
    const end = value.indexOf("\n", selectionEnd);
    const to = end < 0 ? value.length : end;
    const lines = value.slice(from, to).split("\n");
    const all = lines.every((line) => known.test(line));
    const words = lines.map((line, at) => all ? line.replace(known, "") : mark(at) + line.replace(/^(#{1,6} |[-*] |\d+\. |> )/, "")).join("\n");
    type(from, to, words, [from, from + words.length]);
  };
  // A block of its own, with empty lines around it.
  const block = (words) => {
    const { selectionEnd: at, value } = text;
    const lead = !at || value.slice(0, at).endsWith("\n\n") ? "" : value.slice(0, at).endsWith("\n") ? "\n" : "\n\n";
    type(at, at, `${lead}${words}\n\n`);
  };
  const acts = {
    bold: () => around("**", "important"),
    italic: () => around("*", "words"),
    heading: () => before(() => "# ", /^#{1,6} /),
    list: () => before(() => "- ", /^[-*] /),
    numbers: () => before((at) => `${at + 1}. `, /^\d+\. /),
    quote: () => before(() => "> ", /^> /),
    table: () => block("| What | Amount |\n|---|---:|\n| First | 0.00 |\n| Second | 0.00 |"),
    rule: () => block("---"),
  };
  bar.addEventListener("click", (event) => acts[event.target.closest("[data-mark]")?.dataset.mark]?.());
  // One stop for the Tab key; arrows move within.
  const buttons = [...bar.querySelectorAll("button")];
  const stop = (button) => buttons.forEach((one) => { one.tabIndex = one === button ? 0 : -1; });
  stop(buttons[0]);
  bar.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = buttons[(buttons.indexOf(document.activeElement) + step + buttons.length) % buttons.length];
    stop(next);
    next.focus();
  });
  text.addEventListener("keydown", (event) => {
    const mark = (event.ctrlKey || event.metaKey) && !event.shiftKey && { b: "bold", i: "italic" }[event.key];
    if (!mark) return;
    event.preventDefault();
    acts[mark]();
  });
  bar.hidden = false;
}
