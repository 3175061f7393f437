// Staff's pages on a phone: none is wider than the screen, and each can be read by everybody (K5).

import type { Page } from "@playwright/test";

import * as staff from "./support/staff.ts";
import { checkAxe, expect, test } from "./support/test.ts";

/** The page a link of this list leads to. */
async function first(page: Page, path: string, link: RegExp): Promise<string> {
  await page.goto(path);
  const found = page.getByRole("main").locator("a").filter({ hasNotText: /^$/ });
  const hrefs = await found.evaluateAll((all) => all.map((it) => (it as HTMLAnchorElement).pathname));
  const one = hrefs.find((href) => link.test(href));
  expect(one, `${path} leads to nothing like ${link}`).toBeTruthy();
  return one as string;
}

const LISTS = [
  "/admin",
  "/admin/clients",
  "/admin/clients/new",
  "/admin/portal-users",
  "/admin/forms",
  "/admin/contracts",
  "/admin/quotes",
  "/admin/orders",
  "/admin/invoices",
  "/admin/payments",
  "/admin/money",
  "/admin/events",
  "/admin/crew",
  "/admin/documents",
  "/admin/settings",
  "/admin/portal",
  "/admin/website",
  "/admin/fields",
  "/admin/groups",
  "/admin/billing",
  "/admin/account",
];

for (const half of [0, 1]) {
  test(`staff's lists and settings fit a phone, part ${half + 1} of 2 (K5)`, async ({ page, demo }) => {
    test.slow();
    await staff.signIn(page, demo.host, "owner@demo.test");
    await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
    for (const path of LISTS.filter((_, at) => at % 2 === half)) {
      await page.goto(demo.host + path);
      await expect(page.getByRole("heading", { level: 1 }), path).toBeVisible();
      await staff.fits(page);
      await checkAxe(page);
    }
  });
}

test("one client, contract, quote, invoice, payment, event and crew member fit a phone (K5)", async ({ page, demo }) => {
  test.slow();
  await staff.signIn(page, demo.host, "owner@demo.test");
  await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
  for (const [list, link] of [
    ["/admin/clients", /\/admin\/clients\/cli_\w+$/],
    ["/admin/contracts", /\/admin\/contracts\/ctr_\w+$/],
    ["/admin/quotes", /\/admin\/quotes\/quo_\w+$/],
    ["/admin/invoices", /\/admin\/invoices\/inv_\w+$/],
    ["/admin/payments", /\/admin\/payments\/pay_\w+$/],
    ["/admin/events", /\/admin\/events\/evt_\w+$/],
    ["/admin/crew", /\/admin\/crew\/\w+_\w+$/],
  ] as const) {
    await page.goto(demo.host + (await first(page, demo.host + list, link)));
    await expect(page.getByRole("heading", { level: 1 }), list).toBeVisible();
    await staff.fits(page);
    await checkAxe(page);
  }
});
