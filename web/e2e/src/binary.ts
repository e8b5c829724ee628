/** Where the programs under test are: `ENISHI_BIN`, `ENISHI_SIM`, else what cargo has built. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const REPOSITORY = fileURLToPath(new URL("../../../", import.meta.url));
const BUILT = join(process.env.CARGO_TARGET_DIR ?? join(REPOSITORY, "target"), "debug");

/** The binary with its subcommands. */
export function enishi(): string {
  const path = process.env.ENISHI_BIN ?? join(BUILT, "enishi");
  if (existsSync(path)) return path;
  throw new Error(`no ${path}: run \`cargo build -p enishi\` or set ENISHI_BIN`);
}

/** The simulator's program and its first arguments; the small one needs no server to be built. */
export function simulator(): { path: string; args: string[] } {
  const given = process.env.ENISHI_SIM;
  if (given) return { path: given, args: [] };
  const example = join(BUILT, "examples", "sim");
  if (!process.env.ENISHI_BIN && existsSync(example)) return { path: example, args: [] };
  return { path: enishi(), args: ["sim"] };
}
