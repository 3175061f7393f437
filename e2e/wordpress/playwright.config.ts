// The specs that need a WordPress: `cargo xtask drill --only wordpress` makes one and starts them.

import { defineConfig } from "@playwright/test";

import usual from "../playwright.config.ts";

export default defineConfig({
  ...usual,
  testDir: ".",
  testMatch: "*.spec.ts",
  testIgnore: [],
  outputDir: "../test-results/wordpress",
  // One website, which the tests change one after the other.
  workers: 1,
  timeout: 90_000,
  // PHP's own web server on a busy machine.
  expect: { timeout: 15_000 },
  use: { ...usual.use, actionTimeout: 15_000, navigationTimeout: 30_000 },
  projects: usual.projects!.filter((project) => project.name === "desktop"),
});
