import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const page = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  // The simulator serves the page at `/` and at `/phone`, its files below `/phone/` only.
  base: "/phone/",
  plugins: [react()],
  build: { rollupOptions: { input: [page("index.html"), page("sheet.html")] } },
  server: { proxy: { "/__sim": process.env.SIM_URL ?? "http://127.0.0.1:8090" } },
});
