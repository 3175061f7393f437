// The portal's first seconds on a slow telephone: `cargo xtask drill --only throttle`.

import { defineConfig } from "@playwright/test";

import usual from "../playwright.config.ts";

export default defineConfig({
  ...usual,
  testDir: ".",
  testMatch: "*.spec.ts",
  testIgnore: [],
  outputDir: "../test-results/throttle",
  // Nothing else at work while it measures.
  workers: 1,
  timeout: 240_000,
  // Neither of them costs the page anything here.
  use: { ...usual.use, trace: "off", screenshot: "off" },
  projects: usual.projects!.filter((project) => project.name === "phone"),
});
