/** What a friend would get and when, if nothing else happened. Nothing is sent. */

import { messageSummary } from "@enishi/line-ui";
import { Alert, Button, Card, Stack, Text, Timeline, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { Journey, JourneyNode, Planned } from "../api/types.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { useAct } from "../ui/act.ts";
import { When } from "../ui/When.tsx";
import { dryRun } from "./api.ts";
import { useStepSentence } from "./useStepSentence.ts";

interface DryRunProps {
  journey: Journey;
  nodes: JourneyNode[];
  unsaved: boolean;
}

export function DryRun({ journey, nodes, unsaved }: DryRunProps) {
  const { t } = useTranslation("journey");
  const [friend, setFriend] = useState<string | null>(null);
  const [lines, setLines] = useState<Planned[]>();
  const act = useAct(() => dryRun(journey.id, friend), { after: ({ items }) => setLines(items) });
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("dry.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("dry.about")}
      </Text>
      <Stack gap="sm">
        <FriendSelect
          label={t("dry.friend")}
          channel={journey.channel_id}
          value={friend}
          onChange={setFriend}
        />
        {unsaved && <Alert color="yellow">{t("dry.unsaved")}</Alert>}
        <Button variant="light" loading={act.isPending} onClick={() => act.mutate()}>
          {t("dry.go")}
        </Button>
      </Stack>
      {lines && (
        <Timeline mt="md" bulletSize={14} lineWidth={2} color="pine" active={lines.length}>
          {lines.map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a forecast is drawn once
            <Timeline.Item key={n} title={<Line line={line} nodes={nodes} />}>
              <Text fz="xs" c="dimmed">
                <When at={line.at} form="short" />
              </Text>
              {line.messages?.map((message, m) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: a forecast is drawn once
                <Text key={m} fz="xs" lineClamp={2}>
                  {messageSummary(message)}
                </Text>
              ))}
              {line.errors?.map((error) => (
                <Text key={error.path} fz="xs" c="var(--mantine-color-error)">
                  {error.message}
                </Text>
              ))}
            </Timeline.Item>
          ))}
        </Timeline>
      )}
    </Card>
  );
}

function Line({ line, nodes }: { line: Planned; nodes: JourneyNode[] }) {
  const { t } = useTranslation(["journey", "common"]);
  const action = useActionSentence();
  const step = useStepSentence(nodes);
  const node = nodes.find((one) => one.id === line.node);
  const words = () => {
    switch (line.plan) {
      case "message":
        return node ? step(node) : t("step.message");
      case "actions":
        return line.actions.map(action).join("、");
      case "waits":
        return t("dry.waits");
      case "ends":
        return t("dry.ends", { state: t(`common:walk.${line.state}`) });
      case "cut":
        return t("dry.cut");
    }
  };
  return (
    <Text fz="sm" fw={600}>
      {words()}
    </Text>
  );
}
