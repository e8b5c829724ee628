/** シナリオ配信 as a list of steps: edited as a draft, tried, then published. */
import {
  Alert,
  Button,
  Card,
  Grid,
  Group,
  Menu,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldError, Graph, Journey } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { create, figuresQuery, journeyQuery, update } from "./api.ts";
import { DryRun } from "./DryRun.tsx";
import { Goals } from "./Goals.tsx";
import { StateBadge } from "./JourneysPage.tsx";
import { Publish } from "./Publish.tsx";
import { StepCard } from "./StepCard.tsx";
import { draftOf, freshId, insertAt, moveTo, newStep, removeAt, STEPS } from "./steps.ts";
import { TriggerFields } from "./TriggerFields.tsx";

const route = getRouteApi("/shell/journeys/$id");

export default function JourneyPage() {
  const { id } = route.useParams();
  if (id === "new") return <Editor key="new" journey={undefined} />;
  return <Stored key={id} id={id} />;
}

function Stored({ id }: { id: string }) {
  const query = useQuery(journeyQuery(id));
  return <Loaded query={query}>{(journey) => <Editor journey={journey} />}</Loaded>;
}

interface JourneyWork {
  name: string;
  channel_id: string;
  graph: Graph;
}

function Editor({ journey }: { journey: Journey | undefined }) {
  const { t } = useTranslation(["journey", "common"]);
  const may = useMay("define");
  const { channel, channels } = useAccounts();
  const begin: JourneyWork = journey ?? {
    name: "",
    channel_id: (channel ?? channels[0])?.id ?? "",
    graph: { trigger: { on: "follow" }, nodes: [] },
  };
  const { name, channel_id, graph } = begin;
  const draft = useDraft<JourneyWork>(`journey.${journey?.id ?? "new"}`, {
    name,
    channel_id,
    graph,
  });
  const work = draft.value;
  const [problems, setProblems] = useState<FieldError[]>([]);
  const put = (more: Partial<JourneyWork>) => draft.set((before) => ({ ...before, ...more }));
  const setGraph = (graph: Graph) => {
    setProblems([]);
    put({ graph });
  };
  const putGraph = (more: Partial<Graph>) => setGraph({ ...work.graph, ...more });
  const save = useSave({ journey, forget: draft.forget, setProblems });
  return (
    <Page
      title={journey?.name ?? t("add")}
      about={journey && <StateBadge journey={journey} />}
      back={{ to: "/journeys", label: t("title") }}
      actions={
        <>
          {may && (
            <Button
              variant={draft.touched || !journey ? "filled" : "default"}
              disabled={!draft.touched}
              loading={save.isPending}
              onClick={() => save.mutate(work)}
            >
              {t("saveDraft")}
            </Button>
          )}
          {journey && (
            <Publish journey={journey} unsaved={draft.touched} onProblems={setProblems} />
          )}
        </>
      }
    >
      {draft.found && (
        <Alert color="blue" mb="md">
          <Group justify="space-between">
            {t("common:draftFound")}
            <Button size="xs" variant="default" onClick={() => draft.forget()}>
              {t("common:draftDrop")}
            </Button>
          </Group>
        </Alert>
      )}
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Stack>
            <Card>
              <Group align="flex-start" grow preventGrowOverflow={false}>
                <TextInput
                  label={t("common:name")}
                  flex="2 1 240px"
                  readOnly={!may}
                  value={work.name}
                  onChange={(event) => put({ name: event.currentTarget.value })}
                />
                {channels.length > 1 && (
                  <Select
                    label={t("common:channel")}
                    flex="1 1 200px"
                    allowDeselect={false}
                    data={channels.map((one) => ({ value: one.id, label: one.name }))}
                    value={work.channel_id}
                    onChange={(id) => id && put({ channel_id: id })}
                  />
                )}
              </Group>
            </Card>
            <Card>
              <TriggerFields
                label={t("start")}
                trigger={work.graph.trigger}
                use="start"
                error={problems.find((one) => one.path.startsWith("trigger"))?.message}
                onChange={(trigger) => putGraph({ trigger })}
              />
            </Card>
            <Steps
              work={work}
              journey={journey}
              problems={problems}
              setNodes={(nodes) => putGraph({ nodes })}
            />
            <Goals graph={work.graph} channel={work.channel_id} set={setGraph} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            {journey && <Figures journey={journey} />}
            {journey && (
              <DryRun journey={journey} nodes={work.graph.nodes} unsaved={draft.touched} />
            )}
          </Stack>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

interface StepsProps {
  work: JourneyWork;
  journey: Journey | undefined;
  problems: FieldError[];
  setNodes: (nodes: Graph["nodes"]) => void;
}

function Steps({ work, journey, problems, setNodes }: StepsProps) {
  const { t } = useTranslation("journey");
  const may = useMay("define");
  const [open, setOpen] = useState<string>();
  const { data: figures } = useQuery({
    ...figuresQuery(journey?.id ?? ""),
    enabled: journey !== undefined,
  });
  const { nodes } = work.graph;
  // Steps that people stand on or ended at keep their ids even when they are gone from the list.
  const taken = new Set(Object.keys(figures?.nodes ?? {}));
  return (
    <section aria-label={t("steps")}>
      <Stack gap="xs" component="ol" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {nodes.map((node, n) => (
          <StepCard
            key={node.id}
            node={node}
            index={n}
            nodes={nodes}
            channel={work.channel_id}
            problems={problems}
            figures={figures?.nodes[node.id]}
            open={open === node.id}
            readOnly={!may}
            toggle={() => setOpen(open === node.id ? undefined : node.id)}
            onChange={(next) => setNodes(nodes.with(n, next))}
            move={(to) => setNodes(moveTo(nodes, n, to))}
            remove={() => setNodes(removeAt(nodes, n))}
          />
        ))}
      </Stack>
      {may && (
        <Menu position="bottom" withinPortal>
          <Menu.Target>
            <Button
              mt="xs"
              variant={nodes.length === 0 ? "light" : "default"}
              fullWidth
              leftSection={<IconPlus size={17} />}
            >
              {t("addStep")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {STEPS.map((kind) => (
              <Menu.Item
                key={kind}
                onClick={() => {
                  setOpen(freshId(nodes, taken));
                  setNodes(insertAt(nodes, nodes.length, newStep(kind), taken));
                }}
              >
                <Text fz="sm">{t(`step.${kind}`)}</Text>
                <Text fz="xs" c="dimmed">
                  {t(`stepAbout.${kind}`)}
                </Text>
              </Menu.Item>
            ))}
          </Menu.Dropdown>
        </Menu>
      )}
      {problems
        .filter((one) => !/^(nodes\[|trigger)/.test(one.path))
        .map((one) => (
          <Alert key={`${one.path} ${one.code}`} color="red" mt="sm" role="alert">
            {one.message}
          </Alert>
        ))}
    </section>
  );
}

const FIGURES = ["active", "goal", "done", "exited", "failed"] as const;

function Figures({ journey }: { journey: Journey }) {
  const { t } = useTranslation("journey");
  const query = useQuery(figuresQuery(journey.id));
  if (journey.version_id === null) return null;
  return (
    <Card>
      <Title order={2} fz="md" mb="sm">
        {t("figures")}
      </Title>
      <Loaded query={query} lines={2}>
        {(figures) => (
          <SimpleGrid cols={3} spacing="xs">
            {FIGURES.map((key) => (
              <div key={key}>
                <Text fz="xs" c="dimmed">
                  {t(`figure.${key}`)}
                </Text>
                <Text fw={700} fz="lg" style={{ fontVariantNumeric: "tabular-nums" }}>
                  {number(figures[key])}
                </Text>
              </div>
            ))}
          </SimpleGrid>
        )}
      </Loaded>
    </Card>
  );
}

interface SaveWish {
  journey: Journey | undefined;
  forget: (next?: JourneyWork) => void;
  setProblems: (problems: FieldError[]) => void;
}

function useSave({ journey, forget, setProblems }: SaveWish) {
  const { t } = useTranslation(["journey", "common"]);
  const navigate = useNavigate();
  return useAct(
    (work: JourneyWork) => {
      const body = draftOf(work.name.trim() || t("untitled"), work.channel_id, work.graph);
      return journey ? update(journey.id, body) : create(body);
    },
    {
      done: t("common:saved"),
      stale: ["journey"],
      after: async (saved, work) => {
        setProblems([]);
        if (journey) return forget(work);
        forget();
        await navigate({ to: "/journeys/$id", params: { id: saved.id }, replace: true });
      },
      otherwise: (problem) => {
        setProblems(problem.fields);
        return problem.fields.some((one) => one.path !== "");
      },
    },
  );
}
