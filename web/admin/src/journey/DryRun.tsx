/** What a friend would get and when, if nothing else happened. Nothing is sent. */
import { Alert, Button, Card, Stack, Text, Timeline, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { FieldError, Graph, Journey, JourneyNode, Planned } from "../api/types.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { Phone } from "../template/Preview.tsx";
import { sayProblem, useAct } from "../ui/act.ts";
import { When } from "../ui/When.tsx";
import { dryRun } from "./api.ts";
import { useGaps } from "./useGaps.ts";
import { useStepSentence } from "./useStepSentence.ts";

interface DryRunProps {
  journey: Journey;
  graph: Graph;
  onProblems: (problems: FieldError[]) => void;
}

export function DryRun({ journey, graph, onProblems }: DryRunProps) {
  const { t } = useTranslation("journey");
  const gaps = useGaps();
  const [friend, setFriend] = useState<string | null>(null);
  const [lines, setLines] = useState<{ items: Planned[]; of: Graph }>();
  const act = useAct((of: Graph) => dryRun(journey.id, of, friend), {
    after: ({ items }, of) => setLines({ items, of }),
    otherwise: (problem) => {
      onProblems(problem.fields);
      if (problem.fields.length > 0) sayProblem(t("mendFirst"));
      return problem.fields.length > 0;
    },
  });
  const go = () => {
    const open = gaps(graph);
    onProblems(open);
    if (open.length > 0) sayProblem(t("mendFirst"));
    else act.mutate(graph);
  };
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
        <Button variant="light" loading={act.isPending} onClick={go}>
          {t("dry.go")}
        </Button>
      </Stack>
      {lines && lines.of !== graph && (
        <Alert color="yellow" mt="sm">
          {t("dry.old")}
        </Alert>
      )}
      {lines && (
        <Timeline mt="md" bulletSize={14} lineWidth={2} color="pine" active={lines.items.length}>
          {lines.items.map((line, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a forecast is drawn once
            <Timeline.Item key={n} title={<Line line={line} nodes={lines.of.nodes} />}>
              <Text fz="xs" c="dimmed" mb={line.messages ? 6 : 0}>
                <When at={line.at} form="short" />
              </Text>
              {line.messages && (
                <Phone
                  messages={line.messages}
                  channel={journey.channel_id}
                  height="auto"
                  at={line.at}
                />
              )}
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
