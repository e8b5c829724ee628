import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.ENISHI_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  // Newer than light-dark(), so that no stand-in for it is built: the kit's own colour scheme would not reach it.
  build: { target: "es2022", cssTarget: ["chrome123", "firefox120", "safari17.5"] },
  server: { proxy: { "/api": server, "/webhook": server } },
});
