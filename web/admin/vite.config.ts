import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.ENISHI_URL ?? "http://127.0.0.1:8080";

/** From so many pages on a piece is loaded by all of them. */
const SHARED = 4;

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
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
