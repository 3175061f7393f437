import { defineConfig, devices } from "@playwright/test";

// Chromium is the system's: nothing is downloaded. The switches keep it from calling home, which
// a closed network answers with one refusal after another.
const launchOptions = {
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
};

// What staff do is tried at a desk; that their pages fit a phone is looked at page by page in phone.spec.ts. Nothing in
// the examples depends on the screen.
const DESK = /(access|admin|clients|examples|import|mail|[a-z]+-desk)\.spec\.ts$/;

export default defineConfig({
  testDir: ".",
  // Of this folder alone: those in wordpress/ belong to the drill.
  testMatch: /\/e2e\/[^/]+\.spec\.ts$/,
  // They need a WordPress and have a configuration of their own.
  testIgnore: "e2e/wordpress/*",
  forbidOnly: !!process.env.CI,
  // A test that passes the second time is a bug, here or in the product: it is listed as "flaky"
  // at the end. On a shared machine one such bug does not hide what the whole run found.
  retries: process.env.CI ? 1 : 0,
  workers: 2,
  timeout: 45_000,
  expect: { timeout: 8_000 },
  reporter: [["list"]],
  use: {
    launchOptions,
    trace: "retain-on-failure",
    screenshot: "only-on-failure",
    actionTimeout: 8_000,
    navigationTimeout: 15_000,
    contextOptions: { reducedMotion: "reduce" },
  },
  projects: [
    {
      name: "phone",
      testIgnore: DESK,
      use: {
        ...devices["Desktop Chrome"],
        viewport: { width: 390, height: 844 },
        hasTouch: true,
        isMobile: true,
        deviceScaleFactor: 2,
      },
    },
    {
      name: "desktop",
      testIgnore: /phone\.spec\.ts$/,
      use: { ...devices["Desktop Chrome"], viewport: { width: 1280, height: 800 } },
    },
  ],
});
