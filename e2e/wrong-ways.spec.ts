// Every wrong way in is told apart and explained: rows A12, A13, L23, L24.

import { problem } from "./support/api.ts";
import { Portal } from "./support/portal.ts";
import { checkAxe, expect, test } from "./support/test.ts";

const REFUSED = [
  { email: "nobody@demo.test", says: "Unable to find your email address in the system", rows: "A12 A17" },
  { email: "twin@demo.test", says: "Found multiple records with the same email address", rows: "A12 A13" },
  { email: "off@demo.test", says: "Your access is switched off", rows: "A12 A18" },
];

for (const { email, says, rows } of REFUSED) {
  for (const where of ["foreign", "hosted"] as const) {
    test(`${email} is told "${says}" on the ${where} page (${rows})`, async ({ page, places }) => {
      const portal = new Portal(page);
      await portal.open(places[where].address);
      await portal.enterEmail(email);
      await expect(portal.says(says)).toBeVisible();
      await expect(portal.email).toHaveValue(email);
      await expect(portal.email).toHaveAttribute("aria-invalid", "true");
      await expect(portal.email).toBeFocused();
      await checkAxe(page);
    });
  }
}

test("a wrong password is told, whom to ask too, and the right one works after it (A12)", async ({ page, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByPassword("client@demo.test", "not the password");
  await expect(portal.says("Invalid Password. Please try logging in again")).toBeVisible();
  await expect(portal.email).toHaveValue("client@demo.test");
  await expect(page.getByText(/Fernlight Studio/).last()).toBeVisible();
  await checkAxe(page);
  await portal.password.fill("demo-demo-demo");
  await portal.button("Sign in").click();
  await portal.isIn();
});

test("duplicates are told the same by password and by reset (A13)", async ({ page, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByPassword("twin@demo.test");
  await expect(portal.says("Found multiple records with the same email address")).toBeVisible();
  await portal.button("Reset password").click();
  await portal.button("Send link").click();
  await expect(portal.says("Found multiple records with the same email address")).toBeVisible();
});

test("an empty email is noticed before anything is sent (A12)", async ({ page, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.ready();
  const asked: string[] = [];
  page.on("request", (request) => asked.push(request.url()));
  await portal.button("Continue").click();
  await expect(portal.says("Please enter your email address")).toBeVisible();
  expect(asked.filter((url) => url.includes("sign-in"))).toEqual([]);
});

test("a fault of the server is said with a reference and whom to ask (A12 L24)", async ({ page, watch, foreign }) => {
  const portal = new Portal(page);
  watch.expect(/status of 500/);
  await page.route(/sign-in\/code$/, (route) =>
    route.request().method() === "POST"
      ? route.fulfill(problem(500, "internal", "Unknown Error. Please try logging in again", { reference: "r-4711" }))
      : route.fallback(),
  );
  await portal.open(foreign.address);
  await portal.enterEmail("client@demo.test");
  await expect(portal.says("Unknown Error")).toBeVisible();
  await expect(portal.says("r-4711")).toBeVisible();
  await expect(portal.email).toHaveValue("client@demo.test");
  await checkAxe(page);
});

const LOCKED = [
  { studio: "lapsed", says: "Error 101" },
  { studio: "unpaid", says: "Error 102" },
  { studio: "closed", says: "The client portal is closed" },
];

for (const { studio, says } of LOCKED) {
  test(`the portal of the studio "${studio}" is locked and says "${says}" (L23 L24)`, async ({ page, demo }) => {
    const portal = new Portal(page);
    await page.goto(`${demo.host}/${studio}/login`);
    await expect(portal.heading(says)).toBeVisible();
    await expect(portal.email).toBeHidden();
    // What support needs, ready to copy.
    await expect(page.getByText(`${demo.host}/${studio}/login`)).toBeVisible();
    await expect(portal.button("Copy details")).toBeVisible();
    await checkAxe(page);
  });
}

test("an unknown studio has no portal page (A20)", async ({ page, demo }) => {
  const reply = await page.goto(`${demo.host}/no-such-studio/login`);
  expect(reply?.status()).toBe(404);
  await checkAxe(page);
});
