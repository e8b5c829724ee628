/** What differs between two graphs, in plain words. */
import { Badge, Group, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Graph } from "../api/types.ts";
import { type Change, changesOf } from "./diff.ts";
import { useNextText, useStepSentence } from "./useStepSentence.ts";
import { useTriggerSentence } from "./useTriggerSentence.ts";

interface ChangesProps {
  before: Graph;
  after: Graph;
}

const COLORS = {
  added: "pine",
  removed: "red",
  changed: "yellow",
  order: "yellow",
  setting: "yellow",
} as const;

export function Changes({ before, after }: ChangesProps) {
  const { t } = useTranslation("journey");
  const say = useChangeText(before, after);
  const changes = changesOf(before, after);
  if (changes.length === 0) return <Text fz="sm">{t("diff.none")}</Text>;
  return (
    <Stack gap={8} component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {changes.map((change, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the list is made anew with every change
        <Group key={n} component="li" gap="xs" wrap="nowrap" align="flex-start">
          <Badge color={COLORS[change.kind]} style={{ flex: "none" }} mt={1}>
            {t(`diff.${change.kind}`)}
          </Badge>
          <Text fz="sm" style={{ overflowWrap: "anywhere" }}>
            {say(change)}
          </Text>
        </Group>
      ))}
    </Stack>
  );
}

function useChangeText(before: Graph, after: Graph): (change: Change) => string {
  const { t } = useTranslation("journey");
  const [was, is] = [useStepSentence(before.nodes), useStepSentence(after.nodes)];
  const [led, leads] = [useNextText(before.nodes), useNextText(after.nodes)];
  const trigger = useTriggerSentence();
  return (change) => {
    switch (change.kind) {
      case "added":
        return t("diff.step", { n: change.index + 1, said: is(change.node) });
      case "removed":
        return t("diff.step", { n: change.index + 1, said: was(change.node) });
      case "changed": {
        const [from, to] = [was(change.before), is(change.node)];
        const n = change.index + 1;
        if (from !== to) return t("diff.fromTo", { n, from, to });
        if (change.what === "content") return t("diff.inside", { n, said: to });
        return t("diff.ways", {
          n,
          from: led(change.before) ?? t("below"),
          to: leads(change.node) ?? t("below"),
        });
      }
      case "order":
        return t("diff.orderAbout");
      case "setting":
        return change.setting === "trigger"
          ? t("diff.trigger", { from: trigger(before.trigger), to: trigger(after.trigger) })
          : t(`diff.settings.${change.setting}`);
    }
  };
}
