// The portal's API without a browser: for what happens behind a person's back.

import type { Demo } from "./demo.ts";

export class Api {
  constructor(
    private readonly demo: Demo,
    private readonly studio = "demo",
  ) {}

  async post<T>(path: string, body: unknown, token?: string): Promise<{ status: number; body: T }> {
    const reply = await fetch(`${this.demo.host}/api/portal/v1/${this.studio}/${path}`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        origin: this.demo.website,
        ...(token && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    return { status: reply.status, body: (text ? JSON.parse(text) : null) as T };
  }

  askCode(email: string) {
    return this.post<{ request: string }>("sign-in/code", { email });
  }

  redeem(request: string, code: string) {
    return this.post<{ token?: string; code?: string }>("sign-in/code/redeem", { request, code });
  }
}

/** A reply with a problem, as the server words it, for what cannot be brought about from outside. */
export function problem(status: number, code: string, title: string, more: object = {}) {
  return {
    status,
    contentType: "application/problem+json",
    headers: { "access-control-allow-origin": "*" },
    body: JSON.stringify({ type: "about:blank", title, status, code, detail: `${title}.`, reference: "r-e2e", ...more }),
  };
}
