/** What is not chosen yet, as problems at their places. */
import { useTranslation } from "react-i18next";
import type { FieldError, Graph } from "../api/types.ts";
import { gapsOf } from "./missing.ts";

export function useGaps(): (graph: Graph) => FieldError[] {
  const { t } = useTranslation("journey");
  return (graph) =>
    gapsOf(graph).map(({ path, what }) => ({
      path,
      code: "missing",
      message: t(`missing.${what}`),
    }));
}

/** The server's words only where we have none of our own. */
export function joined(own: FieldError[], theirs: FieldError[]): FieldError[] {
  const said = own.map((one) => one.path);
  return [
    ...own,
    ...theirs.filter(
      (one) => !said.some((path) => one.path === path || one.path.startsWith(`${path}.`)),
    ),
  ];
}
