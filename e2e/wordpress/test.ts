// The usual watch over console and third parties, with the WordPress among those that may be asked.

import { Watch, test as base, expect, observe } from "../support/test.ts";
import { site } from "./site.ts";

export { expect };

export const test = base.extend({
  // Still started by itself, as in the usual one.
  watch: async ({ page, demo }, use) => {
    await page.addInitScript(observe);
    const watch = new Watch(page, [demo.host, site.url]);
    await use(watch);
    expect(watch.problems(), "errors on the page that the test did not expect").toEqual([]);
  },
});
