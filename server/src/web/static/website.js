// The page "Put it on your website": the preview follows what is chosen, and a test waits for its page's word.
"use strict";
addEventListener("DOMContentLoaded", () => {
  const form = document.querySelector("[data-look-form]");
  const frame = document.querySelector("[data-look-frame]");
  let shown;
  const look = () => {
    const fields = new URLSearchParams(new FormData(form));
    for (const name of ["csrf", "version"]) fields.delete(name);
    if (fields.toString() === shown) return;
    shown = fields.toString();
    // Not by src: that would put each look into the history.
    frame.contentWindow.location.replace(`/admin/website/preview?${shown}`);
  };
  let pause;
  form.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(look, 500);
  });

  const test = document.querySelector("[data-test]");
  if (!test) return;
  const said = test.querySelector("[data-test-said]");
  const say = (text, kind) => {
    said.hidden = false;
    said.textContent = text;
    said.dataset.kind = kind || "";
  };
  const told = {
    seen: ["The portal opened on", "good"],
    wasm_refused: ["The page's security policy forbids the portal, and visitors get a link instead: see below how to mend it. The page:", "bad"],
    origin_refused: ["The portal was asked for on a website that is not on your list. Add it under “Your websites”:", "bad"],
  };
  let turn = 0;
  test.querySelector("[data-test-page]").addEventListener("click", async () => {
    const mine = ++turn;
    say("Waiting for your page…");
    try {
      const begun = await fetch(test.action, { method: "POST", body: new URLSearchParams(new FormData(test)) });
      const { since } = await begun.json();
      for (let tries = 0; tries < 30 && mine === turn; tries++) {
        await new Promise((done) => { setTimeout(done, 2000); });
        const reply = await fetch(`${test.action}?since=${encodeURIComponent(since)}`);
        const { found } = await reply.json();
        if (found && mine === turn) {
          const [text, kind] = told[found.sight];
          return say(`${text} ${found.page}`, kind);
        }
      }
      if (mine === turn) say("Nothing was heard of your page within a minute. Is the HTML on it, as HTML and not as text? Is the page published? Does a blocker in your browser hold it back?", "bad");
    } catch {
      say("No connection. Please try again.", "bad");
    }
  });
});
