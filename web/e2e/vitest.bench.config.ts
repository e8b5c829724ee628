import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

/** Figures, not tests: `make bench-pages` prints them and fails only when a page does not come at all. */
export default defineConfig({
  test: {
    root: fileURLToPath(new URL(".", import.meta.url)),
    include: ["bench/**/*.bench.test.ts"],
    fileParallelism: false,
    testTimeout: 900_000,
    hookTimeout: 900_000,
  },
});
