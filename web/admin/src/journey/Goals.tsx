/** When it ends early as a success, and whether one may walk again. */
import { Card, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Graph, Reentry } from "../api/types.ts";
import { ConditionBuilder } from "../condition/ConditionBuilder.tsx";
import { TriggerFields } from "./TriggerFields.tsx";

interface GoalsProps {
  graph: Graph;
  channel: string;
  set: (graph: Graph) => void;
}

const GOALS = ["none", "on", "when"] as const;
const AGAIN = ["never", "after_end", "always", "keyed"] as const;

export function Goals({ graph, channel, set }: GoalsProps) {
  const put = (more: Partial<Graph>) => set({ ...graph, ...more });
  const { t } = useTranslation("journey");
  const { goal, reentry = "never" } = graph;
  const kind = goal ? ("on" in goal ? "on" : "when") : "none";
  const choose = (next: string | null) => {
    if (next === "on") put({ goal: { on: { on: "tag", tag: "" } } });
    if (next === "when") put({ goal: { when: { is: "all", of: [] } } });
    if (next === "none") {
      const { goal: _, ...rest } = graph;
      set(rest);
    }
  };
  const again = typeof reentry === "string" ? reentry : "keyed";
  return (
    <Card>
      <Stack>
        <Switch
          label={t("only")}
          description={t("onlyAbout")}
          checked={graph.only !== undefined}
          onChange={(event) => {
            const { only: _, ...rest } = graph;
            set(event.currentTarget.checked ? { ...rest, only: { is: "all", of: [] } } : rest);
          }}
        />
        {graph.only && (
          <ConditionBuilder
            condition={graph.only}
            channel={channel}
            onChange={(only) => put({ only })}
          />
        )}
        <Select
          label={t("goal")}
          description={t("goalAbout")}
          allowDeselect={false}
          data={GOALS.map((one) => ({ value: one, label: t(`goals.${one}`) }))}
          value={kind}
          onChange={choose}
        />
        {goal && "on" in goal && (
          <TriggerFields
            label={t("goals.on")}
            trigger={goal.on}
            use="event"
            onChange={(on) => put({ goal: { on } })}
          />
        )}
        {goal && "when" in goal && (
          <ConditionBuilder
            condition={goal.when}
            channel={channel}
            onChange={(when) => put({ goal: { when } })}
          />
        )}
        <Select
          label={t("again")}
          allowDeselect={false}
          data={AGAIN.map((one) => ({ value: one, label: t(`agains.${one}`) }))}
          value={again}
          onChange={(next) =>
            put({ reentry: next === "keyed" ? { keyed: "" } : ((next ?? "never") as Reentry) })
          }
        />
        {typeof reentry === "object" && (
          <TextInput
            label={t("keyed")}
            placeholder="order_no"
            value={reentry.keyed}
            onChange={(event) => put({ reentry: { keyed: event.currentTarget.value } })}
          />
        )}
        <Switch
          label={t("blockExit")}
          checked={(graph.on_block ?? "exit") === "exit"}
          onChange={(event) => put({ on_block: event.currentTarget.checked ? "exit" : "stay" })}
        />
      </Stack>
    </Card>
  );
}
