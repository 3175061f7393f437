// Lighthouse on the demo website with the portal in it: `cargo xtask drill --only lighthouse`.

import { defineConfig } from "@playwright/test";

import usual from "../playwright.config.ts";

export default defineConfig({
  ...usual,
  testDir: ".",
  testMatch: "*.spec.ts",
  testIgnore: [],
  outputDir: "../test-results/lighthouse",
  // Nothing else at work while it measures.
  workers: 1,
  timeout: 180_000,
  projects: usual.projects!.filter((project) => project.name === "desktop"),
});
