/** How much of a limit is used, counted as LINE counts. */
import { Text } from "@mantine/core";
import { number } from "../i18n/time.ts";

export function Count({ used, most }: { used: number; most: number }) {
  return (
    <Text
      span
      fz="xs"
      c={used > most ? "red" : "dimmed"}
      fw={used > most ? 700 : 400}
      style={{ fontVariantNumeric: "tabular-nums" }}
    >
      {number(used)} / {number(most)}
    </Text>
  );
}
