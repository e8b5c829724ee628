/** The API's paths without the prefix that the client adds. */
import type { paths as full } from "./schema.ts";

export type paths = {
  [Path in keyof full as Path extends `/api/v1${infer Rest}` ? Rest : never]: full[Path];
};
