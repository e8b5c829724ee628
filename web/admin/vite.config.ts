import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync, gzipSync } from "node:zlib";
import react from "@vitejs/plugin-react";
import { defineConfig, type Plugin } from "vite";

const server = process.env.ENISHI_URL ?? "http://127.0.0.1:8080";

/** From so many pages on a piece is loaded by all of them. */
const SHARED = 4;

/** Each file once more as `.br` and `.gz`: the server hands out what the browser likes, and compresses nothing itself. */
const packed: Plugin = {
  name: "packed",
  apply: "build",
  writeBundle({ dir = "" }, bundle) {
    for (const name of Object.keys(bundle).filter((one) => /\.(js|css)$/.test(one))) {
      const path = join(dir, name);
      const content = readFileSync(path);
      writeFileSync(`${path}.br`, brotliCompressSync(content));
      writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    }
  },
};

export default defineConfig({
  base: "/admin/",
  plugins: [react(), packed],
  // Newer than light-dark(), so that no stand-in for it is built: the kit's own colour scheme would not reach it.
  build: {
    target: "es2022",
    cssTarget: ["chrome123", "firefox120", "safari17.5"],
    // What several pages share stands in a few files instead of a hundred: each is a question to the server.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: "icons", test: /@tabler/, minShareCount: 2, priority: 2 },
            { name: "kit", test: /node_modules/, minShareCount: SHARED },
            { name: "own", test: /admin.src/, minShareCount: SHARED },
          ],
        },
      },
    },
  },
  server: { proxy: { "/api": server, "/webhook": server } },
});
