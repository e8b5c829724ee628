/** Helpers for tests in a real browser against the real binaries. */
export { openPage, startBrowser } from "./browser.ts";
export { type Demo, startDemo } from "./demo.ts";
export { serveFiles, servePage } from "./files.ts";
export { axeProblems, shoot } from "./look.ts";
export { png } from "./png.ts";
export { freePort, type Running, start } from "./process.ts";
export { type Role, type Server, type Staff, startServer } from "./server.ts";
export { type SimServer, startSim } from "./sim.ts";
export { listenForWebhooks, type Received, type Webhook } from "./webhook.ts";
