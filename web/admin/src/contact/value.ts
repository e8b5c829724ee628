/** A field's canonical text as people read it. */
import type { AttributeType } from "../api/types.ts";

export function showValue(type: AttributeType, value: string, yes: string, no: string): string {
  switch (type) {
    case "yesno":
      return value === "1" ? yes : no;
    case "date":
      return value.replaceAll("-", "/");
    case "number": {
      const n = Number(value);
      return Number.isFinite(n) ? n.toLocaleString("ja-JP", { maximumFractionDigits: 10 }) : value;
    }
    default:
      return value;
  }
}
