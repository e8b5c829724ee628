import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

const server = process.env.ENISHI_URL ?? "http://127.0.0.1:8080";

export default defineConfig({
  base: "/admin/",
  plugins: [react()],
  build: { target: "es2022", chunkSizeWarningLimit: 600 },
  server: { proxy: { "/api": server, "/webhook": server } },
});
