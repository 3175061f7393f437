// The demo's mailbox: every mail and SMS, newest first.

import type { Demo } from "./demo.ts";

export interface Mail {
  to: string;
  channel: "email" | "sms";
  subject: string;
  text: string;
  html: string | null;
  at: string;
}

export class Mailbox {
  private readonly seen = new Set<string>();

  constructor(private readonly demo: Demo) {}

  /** Everything for an address or number so far, newest first. */
  async all(to: string): Promise<Mail[]> {
    const reply = await fetch(`${this.demo.host}/dev/mailbox.json?to=${encodeURIComponent(to)}`);
    if (!reply.ok) throw new Error(`the mailbox answered ${reply.status}`);
    return (await reply.json()) as Mail[];
  }

  /**
   * What is there already is not what comes next: call it before the act that sends something.
   * Also waits out the demo's limit of one code a second for the same person.
   */
  async forget(...people: string[]) {
    const there = (await Promise.all(people.map((to) => this.all(to)))).flat();
    for (const mail of there) this.seen.add(key(mail));
    const newest = Math.max(0, ...there.map((mail) => Date.parse(mail.at)));
    const wait = newest + 1_100 - Date.now();
    if (wait > 0) await new Promise((done) => setTimeout(done, wait));
  }

  /** Waits for something new for that address or number. */
  async next(to: string): Promise<Mail> {
    const until = Date.now() + 10_000;
    while (Date.now() < until) {
      const fresh = (await this.all(to)).find((mail) => !this.seen.has(key(mail)));
      if (fresh) {
        this.seen.add(key(fresh));
        return fresh;
      }
      await new Promise((done) => setTimeout(done, 50));
    }
    throw new Error(`nothing came for ${to} within ten seconds`);
  }

  /** The eight digits of the next mail or SMS. */
  async code(to: string): Promise<string> {
    return codeIn(await this.next(to));
  }

  /** The direct link of the next mail. */
  async link(to: string): Promise<string> {
    return linkIn(await this.next(to));
  }
}

const key = (mail: Mail) => `${mail.at} ${mail.subject} ${mail.text}`;

export function codeIn(mail: Mail): string {
  const found = /\b(\d{4})[ -]?(\d{4})\b/.exec(mail.text);
  if (!found) throw new Error(`no code in: ${mail.text}`);
  return found[1] + found[2];
}

export function linkIn(mail: Mail): string {
  const found = /https?:\/\/\S+#portico=[\w.~-]+/.exec(mail.text);
  if (!found) throw new Error(`no direct link in: ${mail.text}`);
  return found[0];
}
