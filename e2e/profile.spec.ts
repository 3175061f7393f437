// Personal Info: what is shown, and changing it: rows C1, C2, C5, C8.

import type { Page } from "@playwright/test";

import { Portal } from "./support/portal.ts";
import { type Place, checkAxe, expect, test } from "./support/test.ts";

async function atInfo(page: Page, place: Place): Promise<Portal> {
  const portal = new Portal(page);
  await portal.open(place.address);
  await portal.signInByPassword("client@demo.test");
  await portal.isIn();
  await portal.goTo("Personal Info");
  return portal;
}

// A reply that is still on its way when a test ends is nobody's any more.
test.afterEach(({ page }) => page.unrouteAll({ behavior: "ignoreErrors" }));

test("Update Info opens the studio's form, and what is sent is there at once (C1 C5)", async ({ page, foreign }) => {
  const portal = await atInfo(page, foreign);
  await expect(portal.says("client@demo.test")).toBeVisible();
  await portal.button("Update Info").click();
  await expect(portal.heading("Update your details")).toBeVisible();
  await expect(page.getByLabel("First name")).toHaveValue("Ada");
  // The address one signs in with is shown and not asked.
  await expect(portal.says("client@demo.test")).toBeVisible();
  await expect(page.getByRole("textbox", { name: /^Email/ })).toHaveCount(0);
  await checkAxe(page);
  await page.getByLabel("Flat, building, company").fill("Garden flat");
  await portal.button("Send").click();
  await expect(portal.says("Thank you, your details are up to date.")).toBeVisible();
  await portal.button("Back to Personal Info").click();
  await expect(portal.says("Garden flat")).toBeVisible();
});

/** The demo studio has an update form; this is what one without sees. */
async function withoutForm(page: Page, saved: { answers?: Record<string, { text: string }> }) {
  const headers = { "access-control-allow-origin": "*" };
  const lastName = () => saved.answers?.last_name?.text ?? "Carter";
  await page.route(/\/profile$/, async (route) => {
    if (route.request().method() === "OPTIONS") return route.fallback();
    const reply = await route.fetch();
    const profile = await reply.json();
    delete profile.update_form;
    profile.contact.last_name = lastName();
    await route.fulfill({ response: reply, json: { ...profile, edit: true } });
  });
  await page.route(/\/profile\/form$/, async (route) => {
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fallback();
    if (request.method() === "POST") {
      saved.answers = request.postDataJSON().answers;
      return route.fulfill({ json: { said: "Your details are saved." }, headers });
    }
    const field = (id: string, label: string, kind: object) => ({ id, label, kind, required: false });
    const prompt = {
      form: {
        title: "Your details",
        fields: [
          field("first_name", "First name", { type: "text", max: 60 }),
          field("last_name", "Last name", { type: "text", max: 60 }),
          field("mobile", "Mobile", { type: "phone" }),
          field("language", "Language", { type: "drop_down", options: ["Deutsch", "English"], other: false }),
        ],
      },
      answers: { first_name: { text: "Ada" }, last_name: { text: lastName() }, mobile: { text: "+447911123456" } },
      act: "Save",
      country: "GB",
      changes: true,
    };
    await route.fulfill({ json: prompt, headers });
  });
}

test("without an update form the allowed fields are changed in place (C2 C8)", async ({ page, foreign }) => {
  const saved: { answers?: Record<string, { text: string }> } = {};
  await withoutForm(page, saved);
  const portal = await atInfo(page, foreign);
  await expect(portal.button("Update Info")).toHaveCount(0);
  await portal.button("Edit details").click();
  await expect(portal.heading("Your details")).toBeFocused();
  await checkAxe(page);
  await page.getByLabel("Mobile").fill("12");
  await portal.button("Save").click();
  await expect(portal.says(/This does not look like a telephone number/)).toBeVisible();
  await expect(page.getByLabel("Mobile")).toBeFocused();
  await page.getByLabel("Mobile").fill("");
  await page.getByLabel("Last name").fill("Carter-Hill");
  await page.getByRole("combobox", { name: "Language" }).click();
  await page.getByRole("option", { name: "Deutsch" }).click();
  await portal.button("Save").click();
  await expect(portal.says("Your details are saved.")).toBeVisible();
  await expect(portal.says("Ada Carter-Hill")).toBeVisible();
  expect(saved.answers).toEqual({
    mobile: { text: "" },
    last_name: { text: "Carter-Hill" },
    language: { choices: { options: ["Deutsch"] } },
  });
});

test("who leaves it changes nothing (C2)", async ({ page, foreign }) => {
  const saved: { answers?: Record<string, { text: string }> } = {};
  await withoutForm(page, saved);
  const portal = await atInfo(page, foreign);
  await portal.button("Edit details").click();
  await page.getByLabel("Last name").fill("Nobody");
  await portal.button("Back to Personal Info").click();
  await expect(portal.says("Ada Carter")).toBeVisible();
  expect(saved.answers).toBeUndefined();
});

test("another email address takes a proof and the code sent to it (C2)", async ({ page, foreign }) => {
  // The demo studio keeps addresses to itself; the proof is the server's own.
  const sent: Record<string, { email: string; code?: string; proof?: string }> = {};
  await page.route(/\/profile(\/email(\/confirm)?)?$/, async (route) => {
    const request = route.request();
    if (request.method() === "OPTIONS") return route.fallback();
    const headers = { "access-control-allow-origin": "*" };
    const name = new URL(request.url()).pathname.split("/").pop()!;
    if (name === "profile") {
      const reply = await route.fetch();
      return route.fulfill({ response: reply, json: { ...(await reply.json()), email_changeable: true } });
    }
    sent[name] = request.postDataJSON();
    if (name === "confirm") return route.fulfill({ status: 204, headers });
    const asked = { request: "r-1", channel: "email", to: "n•••@demo.test", resend_after: 30, expires_in: 600 };
    return route.fulfill({ json: asked, headers });
  });
  const portal = await atInfo(page, foreign);
  await portal.button("Change email address").click();
  await expect(portal.email).toBeFocused();
  // One form at a time.
  await expect(portal.button("Change password")).toBeDisabled();
  await checkAxe(page);
  await portal.email.fill("new-address@demo.test");
  await page.getByLabel("Current password").fill("not it at all");
  await portal.button("Continue").click();
  await expect(portal.says(/^Invalid Password/)).toBeVisible();
  await page.getByLabel("Current password").fill("demo-demo-demo");
  await portal.button("Continue").click();
  await expect(portal.says(/We sent a code to n•••@demo\.test/)).toBeVisible();
  await checkAxe(page);
  await portal.code.fill("12345678");
  await portal.button("Change email address").click();
  await expect(portal.says("Your email address is changed.")).toBeVisible();
  expect(sent.email.email).toBe("new-address@demo.test");
  expect(sent.email.proof).toBeTruthy();
  expect(sent.confirm).toMatchObject({ request: "r-1", email: "new-address@demo.test" });
  await expect(portal.button("Change password")).toBeEnabled();
});
