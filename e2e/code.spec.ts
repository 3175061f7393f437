// Signing in with a one-time code: rows A1, A3, A4.

import { Api, problem } from "./support/api.ts";
import { Portal } from "./support/portal.ts";
import { checkAxe, expect, test } from "./support/test.ts";

for (const where of ["foreign", "hosted"] as const) {
  test(`a client signs in with a code from their mail on the ${where} page (A1 A3 A22)`, async ({ page, mailbox, places }) => {
    const portal = new Portal(page);
    await portal.open(places[where].address);
    await expect(portal.heading("My Account")).toBeVisible();
    await portal.ready();
    await checkAxe(page);

    const code = await portal.askCode(mailbox, "client@demo.test");
    await expect(portal.heading("Check your email")).toBeVisible();
    await expect(portal.code).toBeFocused();
    await checkAxe(page);

    await portal.enterCode(code);
    await portal.isIn();
    await checkAxe(page);
    expect((await portal.stored()).filter((key) => key.startsWith("portico:"))).toHaveLength(1);
    expect(await page.evaluate(() => localStorage.length)).toBe(0);
  });

  test(`a reload stays in and signing out ends it on the ${where} page (A23)`, async ({ page, mailbox, places }) => {
    const portal = new Portal(page);
    await portal.open(places[where].address);
    await portal.signInByCode(mailbox, "client@demo.test");
    await page.reload();
    await portal.isIn();
    await portal.signOut();
    expect(await portal.stored()).toEqual([]);
    await page.reload();
    await portal.isOut();
  });
}

test("a code may be typed with its gap, by keyboard alone (A3)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  const code = await (async () => {
    await mailbox.forget("client@demo.test");
    await portal.email.fill("client@demo.test");
    await page.keyboard.press("Enter");
    await expect(portal.code).toBeFocused();
    return mailbox.code("client@demo.test");
  })();
  await page.keyboard.type(`${code.slice(0, 4)} ${code.slice(4)}`);
  await page.keyboard.press("Enter");
  await portal.isIn();
});

test("stay signed in lasts beyond the tab, and only where it was ticked (A3)", async ({ page, context, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.signInByCode(mailbox, "client@demo.test");
  const other = await context.newPage();
  await new Portal(other).open(foreign.address);
  await other.close();
  await portal.signOut();

  const code = await portal.askCode(mailbox, "client@demo.test");
  await portal.stay.check();
  await portal.enterCode(code);
  await portal.isIn();
  const later = new Portal(await context.newPage());
  await later.page.goto(foreign.address);
  await later.isIn();
});

test("an office with a mobile number gets the code by SMS, or by email one click away (A4)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  const bySms = await portal.askCode(mailbox, "office@demo.test", "+12025550142");
  await expect(portal.heading("Check your phone")).toBeVisible();
  await checkAxe(page);
  expect(bySms).toHaveLength(8);

  await mailbox.forget("office@demo.test", "+12025550142");
  await portal.button("Send it by email instead").click();
  await expect(portal.heading("Check your email")).toBeVisible();
  await portal.enterCode(await mailbox.code("office@demo.test"));
  await portal.isIn();
});

test("the code of the SMS opens the account too (A4)", async ({ page, mailbox, hosted }) => {
  const portal = new Portal(page);
  await portal.open(hosted.address);
  await portal.enterCode(await portal.askCode(mailbox, "office@demo.test", "+12025550142"));
  await portal.isIn();
});

test("a new code can be asked for after a countdown (A3)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  await portal.askCode(mailbox, "client@demo.test");
  const resend = portal.button("Send a new code");
  await expect(resend).toBeEnabled();
  await resend.click();
  await portal.enterCode(await mailbox.code("client@demo.test"));
  await portal.isIn();
});

test("a wrong code is told beside the field and what was typed stays (A12)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  const code = await portal.askCode(mailbox, "client@demo.test");
  const wrong = code === "00000000" ? "00000001" : "00000000";
  await portal.enterCode(wrong);
  await expect(portal.says("That code is not right")).toBeVisible();
  await expect(portal.code).toHaveAttribute("aria-invalid", "true");
  await expect(portal.code).toHaveValue(/0000.?000/);
  await checkAxe(page);
  await portal.enterCode(code);
  await portal.isIn();
});

test("five wrong codes end that code, and a new one works (A12)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  const code = await portal.askCode(mailbox, "client@demo.test");
  const wrong = code === "00000000" ? "00000001" : "00000000";
  for (let tries = 0; tries < 5; tries++) {
    const answered = page.waitForResponse(
      (response) => response.request().method() === "POST" && /code\/redeem/.test(response.url()),
    );
    await portal.enterCode(wrong);
    await answered;
    await portal.pause();
  }
  await portal.enterCode(code);
  await expect(portal.says("Too many wrong codes")).toBeVisible();
  await portal.button("Send a new code").click();
  await portal.enterCode(await mailbox.code("client@demo.test"));
  await portal.isIn();
});

test("a code works once, and only with the request that asked for it (A12)", async ({ demo, mailbox }) => {
  const api = new Api(demo);
  await mailbox.forget("client@demo.test");
  const first = await api.askCode("client@demo.test");
  const code = await mailbox.code("client@demo.test");
  const stranger = await api.redeem("not-the-request", code);
  expect(stranger.status).toBeGreaterThanOrEqual(400);
  expect((await api.redeem(first.body.request, code)).body.token).toBeTruthy();
  const again = await api.redeem(first.body.request, code);
  expect(again).toMatchObject({ status: 401, body: { code: "code_used" } });
});

test("an old code is told apart from a wrong one (A12)", async ({ page, mailbox, foreign }) => {
  const portal = new Portal(page);
  await portal.open(foreign.address);
  const code = await portal.askCode(mailbox, "client@demo.test");
  // Ten minutes cannot be waited for here; the server's own suite moves its clock instead.
  await page.route(/sign-in\/code\/redeem/, (route) =>
    route.request().method() === "POST"
      ? route.fulfill(problem(401, "code_expired", "That code has expired"))
      : route.fallback(),
  );
  await portal.enterCode(code);
  await expect(portal.says("That code has expired")).toBeVisible();
  await expect(portal.button("Send a new code")).toBeVisible();
});
