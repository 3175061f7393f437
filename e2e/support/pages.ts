// Pages made for one test on the studio's own origin: other policies, other markup.

import type { Page } from "@playwright/test";

import type { Demo } from "./demo.ts";

/** The snippet as a studio pastes it. */
export const snippet = (demo: Demo) =>
  `<script async src="${demo.host}/embed.js"></script>
<portico-portal studio="demo"><a href="${demo.host}/demo/login">My Account</a></portico-portal>`;

export interface Made {
  head?: string;
  body: string;
  /** Its Content-Security-Policy. */
  policy?: string;
  /** Its origin, where it is not on the studio's own website. */
  website?: string;
}

/** Serves the page at an address of the studio's website, or of another, and opens it. */
export async function openMade(page: Page, demo: Demo, made: Made): Promise<string> {
  const origin = made.website ?? demo.website;
  const address = `${origin}/made-for-a-test.html`;
  // The browser knows of no network address for a page that the test itself answers, and so asks
  // for permission where the portal's is on this machine.
  await page.context().grantPermissions(["local-network-access"], { origin });
  await page.route(address, (route) =>
    route.fulfill({
      contentType: "text/html; charset=utf-8",
      headers: made.policy ? { "content-security-policy": made.policy } : {},
      body: `<!doctype html><html lang="en"><head><title>Made for a test</title>
<meta name="viewport" content="width=device-width">${made.head ?? ""}</head>
<body><main><h1>Made for a test</h1>${made.body}</main></body></html>`,
    }),
  );
  await page.goto(address);
  return address;
}

/** All that a strict page has to allow: our scripts with WASM, and our addresses to ask. */
export const strictPolicy = (demo: Demo) =>
  `default-src 'none'; script-src ${demo.host} 'wasm-unsafe-eval'; connect-src ${demo.host}; img-src ${demo.host}`;

/** Holds the portal's module back until told otherwise, as a slow line does. */
export async function holdBack(page: Page, what: RegExp): Promise<() => void> {
  let release = () => {};
  const released = new Promise<void>((done) => (release = done));
  await page.route(what, async (route) => {
    await released;
    await route.continue().catch(() => {});
  });
  return release;
}

export const WASM = /\/assets\/[0-9a-f]+\/[^/]+\.wasm$/;
