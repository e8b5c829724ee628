import type { Role } from "../api/types.ts";

/** From the one who may most to the one who may least. */
export const ROLES: Role[] = ["owner", "marketer", "operator", "viewer"];
