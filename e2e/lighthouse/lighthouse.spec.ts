// What Lighthouse says of the demo studio's page with the portal in it, as a visitor's throttled phone and as a desk see it.

import lighthouse, { desktopConfig } from "lighthouse";
import { chromium } from "@playwright/test";

import { expect, test } from "../support/test.ts";

const PORT = 9333;

for (const [name, config] of [["a phone", undefined], ["a desk", desktopConfig]] as const) {
  test(`the page with the portal in it is quick, accessible and in order on ${name} (K5)`, async ({ foreign }) => {
    const browser = await chromium.launch({
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking", `--remote-debugging-port=${PORT}`],
    });
    try {
      const flags = { port: PORT, output: "json" as const, onlyCategories: ["performance", "accessibility", "best-practices"] };
      const run = await lighthouse(foreign.address, flags, config);
      const report = run!.lhr;
      const score = (of: string) => Math.round((report.categories[of].score ?? 0) * 100);
      const shift = report.audits["cumulative-layout-shift"].numericValue;
      const [said, painted] = ["total-blocking-time", "largest-contentful-paint"].map((it) => report.audits[it].displayValue);
      const failed = Object.values(report.audits)
        .filter((audit) => audit.score === 0 && audit.scoreDisplayMode === "binary")
        .map((audit) => audit.id);
      console.log(
        `${name}: performance ${score("performance")}, accessibility ${score("accessibility")}, best practices ` +
          `${score("best-practices")}; shift ${shift}, blocked ${said}, painted ${painted}; not met: ${failed.join(", ") || "none"}`,
      );
      expect(score("accessibility")).toBe(100);
      expect(score("best-practices")).toBeGreaterThanOrEqual(95);
      expect(score("performance")).toBeGreaterThanOrEqual(90);
      expect(shift).toBeLessThan(0.001);
    } finally {
      await browser.close();
    }
  });
}
