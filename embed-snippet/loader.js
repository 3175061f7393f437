// Portico's loader: defines <portico-portal>, shows a sign-in that can be used at once, fetches
// the studio's settings and the widget side by side, and hands over what was typed meanwhile.
// The build fills in the two names in double underscores and strips comment lines.
(() => {
  "use strict";
  const HOST = "__PORTICO_HOST__";
  const ASSETS = __PORTICO_ASSETS__;
  const PORTAL = "portico-portal";
  const FIELDS = "portico-fields";

  // The second copy of a script pasted twice, or the fresh copy asked for in `load`.
  const first = customElements.get(PORTAL);
  if (first) {
    first.refresh?.(ASSETS);
    return;
  }

  const TOKENS = {
    light: `color-scheme:light!important;
--portico-accent:#38343b;--portico-on-accent:#ffffff;--portico-ink:#231f24;--portico-muted:#665e66;
--portico-surface:#ffffff;--portico-line:#e4dfe1;--portico-edge:#8c848a;--portico-danger:#b3261e;--portico-focus:#1d63d8;
--portico-shadow:0 1px 2px rgb(35 31 36/.05),0 12px 32px -12px rgb(35 31 36/.14);`,
    dark: `color-scheme:dark!important;
--portico-accent:#e6e0e5;--portico-on-accent:#1c191d;--portico-ink:#f4f0f3;--portico-muted:#b5acb3;
--portico-surface:#221e23;--portico-line:#3c363d;--portico-edge:#8f868d;--portico-danger:#ffb0a8;--portico-focus:#8db6ff;
--portico-shadow:0 1px 2px rgb(0 0 0/.4),0 12px 32px -12px rgb(0 0 0/.5);`,
  };
  const sheet = (css) => {
    const made = new CSSStyleSheet();
    made.replaceSync(css);
    return made;
  };
  const SHELL = sheet(`
:host{all:initial!important;display:block!important;inline-size:100%!important;direction:ltr!important;unicode-bidi:isolate!important;container-type:inline-size!important;
--portico-font:-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;--portico-heading-font:var(--portico-font);--portico-radius:10px;${TOKENS.light}
font:16px/24px var(--portico-font)!important;color:var(--portico-ink)!important}
@media(prefers-color-scheme:dark){:host(:not([theme=light])){${TOKENS.dark}}}
:host([theme=dark]){${TOKENS.dark}}
:host([hidden]),[hidden]{display:none!important}
p{margin:0}
.shell{box-sizing:border-box;max-inline-size:440px;margin-inline:auto;padding:24px 32px 32px;background:var(--portico-surface);border:1px solid var(--portico-line);border-radius:calc(var(--portico-radius) + 6px);box-shadow:var(--portico-shadow)}
.brand{display:flex;flex-direction:column;align-items:center;justify-content:center;gap:6px;block-size:184px;text-align:center;overflow-wrap:anywhere}
.logo{display:grid;place-items:center;block-size:56px;min-inline-size:56px;font:600 24px/56px var(--portico-heading-font)}
.logo:not(:empty){border-radius:28px;color:var(--portico-on-accent);background:var(--portico-accent)}
.logo:has(img){background:none}
.logo img{block-size:56px;max-inline-size:220px;object-fit:contain}
.name{font:600 18px/26px var(--portico-heading-font)}
.welcome{color:var(--portico-muted);max-block-size:72px;overflow:auto}
.room{min-block-size:288px}
.open,.say a{box-sizing:border-box;display:block;inline-size:100%;min-block-size:48px;border:0;border-radius:var(--portico-radius);font:600 16px/24px var(--portico-font);color:var(--portico-on-accent);background:var(--portico-accent);cursor:pointer}
.say{display:grid;gap:8px;font-weight:600}
.say p+p{font-weight:400}
.bar{block-size:16px;margin-block-end:16px;border-radius:8px;background:var(--portico-line)}
.bar+.bar{inline-size:60%}
:focus-visible{outline:3px solid var(--portico-focus);outline-offset:2px}
::slotted(form){all:initial!important;display:block!important;direction:inherit!important;color-scheme:inherit!important}
@container(inline-size<400px){.shell{padding:16px 20px 24px}}`);
  // Host rules can touch the fields, so every declaration here is important: those of a
  // shadow sheet then beat whatever the page says.
  const imp = (css) => css.replace(/;|}/g, (end) => "!important" + end);
  const FORM = sheet(imp(`
:host{all:initial;display:flex;flex-wrap:wrap;gap:8px;direction:inherit;color-scheme:inherit}
::slotted(*){all:initial;display:block;flex:0 0 100%;box-sizing:border-box;direction:inherit;color-scheme:inherit;font:16px/24px var(--portico-font);color:var(--portico-ink);overflow-wrap:anywhere}
::slotted(h2){font:600 24px/32px var(--portico-heading-font);margin-block-end:8px}
::slotted(label){font-weight:600;font-size:15px;margin-block-start:4px}
::slotted(input){inline-size:100%;block-size:48px;padding-inline:14px;border:1px solid var(--portico-edge);border-radius:var(--portico-radius);background:var(--portico-surface);cursor:text}
::slotted(button){min-block-size:48px;padding:10px 20px;margin-block-start:8px;border-radius:var(--portico-radius);font-weight:600;text-align:center;color:var(--portico-on-accent);background:var(--portico-accent);cursor:pointer;transition:background-color .2s}
::slotted(button:hover){filter:brightness(1.1)}
::slotted([aria-busy=true]){opacity:.65;cursor:progress}
::slotted(:focus-visible:not(h2)){outline:3px solid var(--portico-focus);outline-offset:2px}
::slotted([hidden]){display:none}
::slotted([data-portico=note]){color:var(--portico-danger)}`));

  const make = (tag, attributes, ...inside) => {
    const made = document.createElement(tag);
    for (const name in attributes) made.setAttribute(name, attributes[name]);
    made.append(...inside);
    return made;
  };
  const later = (task) => new Promise((done) => setTimeout(done, task));

  // The secret of a direct link leaves the address before anything else can happen.
  let secret = "";
  const takeSecret = () => {
    const found = /^#portico=(.+)/.exec(location.hash);
    if (!found) return;
    secret = found[1];
    history.replaceState(history.state, "", location.href.split("#")[0]);
  };
  takeSecret();

  // Those of this copy, or of a fresher one.
  let assets = ASSETS;
  let renew;
  const fresh = new Promise((done) => (renew = done));
  // Resolves with the widget's module, loaded once for all portals of a page.
  let widget;
  const load = async (again) => {
    const glue = assets.base + assets.glue;
    // A page's own fetch may answer with an object of its own, which cannot be compiled while it comes.
    const wasm = fetch(assets.base + assets.wasm, { credentials: "omit" }).then((reply) => (reply instanceof Response ? reply : reply.arrayBuffer()));
    wasm.catch(() => {});
    try {
      // A failed import may be remembered for its address, so a second try asks for another.
      const app = await import(again ? `${glue}?${again}` : glue);
      await app.default({ module_or_path: wasm });
      await later();
      app.room();
      return app;
    } catch (error) {
      // The event that tells a refusal by the page's policy from a lost network comes a task later.
      await later(50);
      if (refused) throw error;
      const seen = await fetch(glue, { credentials: "omit" }).catch(() => 0);
      if (seen.status == 404 && assets == ASSETS) {
        // This build is gone: the page kept an old copy of this script.
        import(`${HOST}/embed.js?${Date.now()}`).catch(() => {});
        assets = await fresh;
        return load();
      }
      for (const portal of portals) portal.note("No connection. What you typed is kept; trying again…");
      await Promise.race([later(5000), new Promise((done) => addEventListener("online", done, { once: true }))]);
      return load((again || 0) + 1);
    }
  };
  let refused;
  const portals = new Set();
  const watch = (event) => {
    if (event.type == "hashchange") {
      takeSecret();
      // A copy: restarting takes a portal out of the set and puts it back.
      if (secret) for (const portal of [...portals]) portal.restart();
    } else if (event.blockedURI.startsWith(HOST)) refused = true;
  };
  const watched = (on) => {
    for (const [target, type] of [[window, "hashchange"], [document, "securitypolicyviolation"]])
      target[on + "EventListener"](type, watch);
  };

  let count = 0;

  customElements.define(
    FIELDS,
    class extends HTMLElement {
      constructor() {
        super();
        const root = this.attachShadow({ mode: "open" });
        root.adoptedStyleSheets = [FORM];
        root.append(...["top", "", "submit", "after"].map((name) => make("slot", { name })));
      }
    },
  );

  customElements.define(
    PORTAL,
    class extends HTMLElement {
      static refresh(assets) {
        if (assets.base != ASSETS.base) renew(assets);
      }
      #root = this.attachShadow({ mode: "open" });
      // What lives between connection and removal; a new object each time, so that what was
      // started for an earlier life can tell that it is over.
      #life;

      connectedCallback() {
        if (!this.#life) this.#start();
      }
      disconnectedCallback() {
        // A moved element is back before this task ends, and keeps its state.
        queueMicrotask(() => this.isConnected || this.#stop());
      }
      restart() {
        this.#stop();
        this.#start();
      }
      note(text) {
        if (this.#life) this.#life.note.textContent = text;
      }

      async #start() {
        if (!portals.size) watched("add");
        portals.add(this);
        const life = (this.#life = {});
        const root = this.#root;
        this.toggleAttribute("framed", self != top);
        const studio = this.getAttribute("studio") || "";
        const key = `portico:${HOST.split("//")[1]}:${studio}`;
        const api = `${HOST}/api/portal/v1/${encodeURIComponent(studio)}/`;
        // Staff read where the portal works and where the page forbids it; nothing about the visitor.
        const sighted = (sight) => JSON.stringify({ page: location.origin + location.pathname, sight });
        const report = (sight) => navigator.sendBeacon?.(api + "embed-report", sighted(sight));
        let live;
        try {
          live = sessionStorage.getItem(key) || localStorage.getItem(key);
        } catch {}

        const id = `portico-email-${++count}`;
        const email = make("input", { id, type: "text", name: "email", inputmode: "email", autocomplete: "username", autocapitalize: "none", spellcheck: "false", required: "" });
        const submit = make("button", { type: "submit", slot: "submit" }, "Continue");
        const note = (life.note = make("p", { "data-portico": "note", slot: "after", role: "status" }));
        const fields = make(FIELDS, {}, make("h2", { slot: "top", tabindex: "-1" }, "My Account"), make("label", { for: id }, "Email address"), email, submit, note);
        const form = make("form", { slot: "portico", method: "post", novalidate: "" }, fields);

        const logo = make("div", { class: "logo", "aria-hidden": "true" });
        const name = make("p", { class: "name" });
        const welcome = make("p", { class: "welcome" });
        const room = make("div", { class: "room" });
        const show = (...what) => room.replaceChildren(...what);
        const say = (...what) => show(make("div", { class: "say" }, ...what));
        const line = (text) => make("p", {}, text);
        const letter = (studio) => logo.replaceChildren(studio[0]);
        const slot = make("slot", { name: "portico" });
        const mount = make("div", { hidden: "" });
        const shell = make("div", { class: "shell" }, make("div", { class: "brand" }, logo, name, welcome), room);
        root.adoptedStyleSheets = [SHELL];
        root.append(shell, mount);
        this.append(form);

        const boot = {
          host: HOST,
          studio,
          key,
          secret,
          pending: false,
          opened: false,
          ready: () => {
            // In one task, so that nothing is ever seen twice or moves, and the focus stays.
            shell.remove();
            mount.hidden = false;
            note.remove();
            hand.abort();
          },
        };
        secret = "";
        const hand = new AbortController();
        Object.assign(life, { form, fields, mount, boot, hand });
        const press = (event) => {
          event.preventDefault();
          if (!form.reportValidity()) return;
          boot.pending = true;
          submit.setAttribute("aria-busy", "true");
        };
        // A sandboxed page without allow-forms has clicks and no submits.
        submit.addEventListener("click", press, hand);
        form.addEventListener("submit", press, hand);

        const open = () => {
          boot.opened = true;
          show(slot);
          email.focus();
        };
        const button = () => {
          const made = make("button", { class: "open", type: "button" }, "My Account");
          made.onclick = open;
          show(made);
        };
        const bars = () => [1, 2].map(() => make("div", { class: "bar" }));
        const started = (boot.secret && "form") || (live && "live") || this.getAttribute("start");
        if (started == "live") show(...bars());
        else if (started == "button") button();
        else show(slot);

        // The field stands; what follows is a task of its own, so that neither holds the page up for long.
        await later();
        if (this.#life != life) return;
        const ask = (address, more) => fetch(address, { credentials: "omit", ...more }).then(async (reply) => [reply.status, await reply.text()]);
        boot.settings = ask(api + "settings").then((got) => {
          const settings = JSON.parse(got[1]);
          if (got[0] != 200) return (boot.got = got);
          const initial = () => letter(settings.name);
          if (settings.logo_url) {
            const image = make("img", { src: settings.logo_url, alt: "" });
            // Where the page's policy allows no picture of ours, the letter stands in.
            image.onerror = initial;
            logo.append(image);
          } else initial();
          name.append(settings.name);
          welcome.append(settings.welcome || "");
          if (settings.locked) say(line(settings.locked.title), line(settings.locked.detail));
          else if (!started && settings.start == "button" && !email.value && document.activeElement != email) button();
          boot.language = settings.language;
          boot.got = got;
          return got;
        });
        // A website that is not on the studio's list cannot read any answer but the one to this.
        let why;
        const refusal = () => ask(api + "embed-report", { method: "POST", body: sighted("origin_refused") });
        boot.settings = boot.settings.catch(() =>
          refusal()
            .then((got) => {
              if (got[0] != 403) return;
              why = JSON.parse(got[1]);
              name.append(why.support.name);
              letter(why.support.name);
            })
            .catch(() => {})
            .then(() => [0, ""]),
        );
        const words = () => ask(assets.base + (assets.texts[boot.language] || assets.texts.en)).catch(() => []);
        const texts = boot.settings.then(words);

        try {
          // Throws at once, before any download, where the page's policy refuses WASM.
          new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
          const heard = boot.settings.then(() => {
            if (why) throw why;
          });
          const [app] = await Promise.all([(widget ||= load()), heard]);
          // Not in the task that started Yew.
          await later();
          let got = await texts;
          // The network was gone, or the build.
          while (got[0] != 200) got = (await later(500), await words());
          boot.texts = got[1];
          if (this.#life != life) return;
          life.app = app.mount(this, root, mount, form, fields, email, submit, boot);
          report("seen");
        } catch (error) {
          console.warn("Portico cannot run on this page; a link is shown instead.", error);
          if (this.#life != life) return;
          if (!why) report("wasm_refused");
          form.remove();
          mount.remove();
          say(...(why ? [line(why.title), line(why.detail)] : [line("Your account opens on a page of its own:")]), make("slot"));
        }
      }

      #stop() {
        const life = this.#life;
        if (!life) return;
        this.#life = 0;
        life.hand.abort();
        const { form, fields, mount, boot } = life;
        const [slot, ...slots] = fields.shadowRoot.children;
        const nodes = [...mount.querySelectorAll("*"), fields, form, this.#root];
        life.app?.();
        // Yew never lets go of the elements it listened on: so each node is left alone and empty, or
        // whole trees would stay with them, and what was handed over is forgotten.
        for (const node of nodes) node.replaceChildren();
        form.remove();
        for (const one of slots) one.remove();
        // Chromium keeps its last list of slots until it is asked again.
        slot.assignedNodes();
        for (const name in boot) delete boot[name];
        portals.delete(this);
        if (!portals.size) watched("remove");
      }
    },
  );
})();
