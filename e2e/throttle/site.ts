// A page with each sign-in in it, all else alike, and on another origin the script that draws Preact's.

import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { type IncomingMessage, type Server, type ServerResponse, createServer } from "node:http";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";

import { build } from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));

async function listen(answer: (request: IncomingMessage, reply: ServerResponse) => void): Promise<[Server, string]> {
  const server = createServer(answer).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return [server, `http://127.0.0.1:${address.port}`];
}

/** Compressed as far as it goes, as the loader is. */
const small = (text: string | Uint8Array) =>
  brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } });

const page = (portal: string) => `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>My Account</title><link rel="icon" href="data:,">
<style>body{font:16px/1.6 Georgia,serif;margin:0 auto;max-width:720px;padding:16px}footer{margin-top:48px}</style></head>
<body><header><a href="/">Fernlight Studio</a></header>
<main><h1>Good to see you</h1><p>Your papers, dates and payments with us, all in one place.</p>${portal}</main>
<footer><p>3 Walcot Yard, Bath</p></footer></body></html>`;

const PLAIN = `<form method="post" novalidate><h2>My Account</h2><p><label for="email">Email address</label>
<input id="email" type="text" name="email" inputmode="email" autocomplete="username" required></p>
<button type="submit">Continue</button></form>`;

export interface Site {
  /** Where the pages are. */
  origin: string;
  /** Preact and the form, compressed, in bytes. */
  bytes: number;
  stop(): void;
}

/** Answers `/plain`, `/preact` and `/ours`. */
export async function serve(host: string): Promise<Site> {
  const made = await build({
    entryPoints: [path.join(here, "form.jsx")],
    bundle: true,
    minify: true,
    write: false,
    format: "iife",
    target: "es2022",
    jsxFactory: "h",
  });
  const script = small(made.outputFiles[0].contents);
  const [scripts, scriptOrigin] = await listen((_, reply) => {
    reply.writeHead(200, {
      "content-type": "text/javascript; charset=utf-8",
      "content-encoding": "br",
      "content-length": script.length,
      "cache-control": "public, max-age=300",
      "access-control-allow-origin": "*",
      "cross-origin-resource-policy": "cross-origin",
      "x-content-type-options": "nosniff",
      vary: "accept-encoding",
    });
    reply.end(script);
  });
  const snippet = await readFile(path.resolve(here, "../../embed-snippet/snippet.html"), "utf8");
  const pages: Record<string, Buffer> = {
    "/plain": small(page(PLAIN)),
    "/preact": small(page(`<script async src="${scriptOrigin}/form.js"></script><div id="portal"></div>`)),
    "/ours": small(page(snippet.replaceAll("https://HOST", host).replaceAll("STUDIO", "demo"))),
  };
  const [site, origin] = await listen((request, reply) => {
    const found = pages[request.url ?? ""];
    if (!found) return void reply.writeHead(404).end();
    reply.writeHead(200, { "content-type": "text/html; charset=utf-8", "content-encoding": "br", "content-length": found.length });
    reply.end(found);
  });
  return {
    origin,
    bytes: script.length,
    stop() {
      for (const server of [site, scripts]) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}
