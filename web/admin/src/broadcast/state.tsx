import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { BroadcastState } from "../api/types.ts";

const COLORS: Record<BroadcastState, string> = {
  draft: "gray",
  scheduled: "blue",
  snapshotting: "blue",
  sending: "pine",
  paused: "orange",
  done: "gray",
  cancelled: "gray",
};

export function StateBadge({ state }: { state: BroadcastState }) {
  const { t } = useTranslation("broadcast");
  return <Badge color={COLORS[state]}>{t(`states.${state}`)}</Badge>;
}
