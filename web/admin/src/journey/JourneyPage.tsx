/** シナリオ配信 as a list or as a drawing of the same draft: edited, tried, compared, published. */
import {
  ActionIcon,
  Button,
  Card,
  Grid,
  Group,
  SegmentedControl,
  Select,
  Stack,
  TextInput,
  Tooltip,
} from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { IconArrowBackUp, IconArrowForwardUp } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { FieldError, Graph, Journey } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useMay } from "../session/api.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { figuresQuery, journeyQuery, validityQuery } from "./api.ts";
import { JourneyConflict } from "./Conflict.tsx";
import { DryRun } from "./DryRun.tsx";
import { Goals } from "./Goals.tsx";
import { isLinear } from "./graph.ts";
import { StateBadge } from "./JourneysPage.tsx";
import { Publish } from "./Publish.tsx";
import { People, type Period, PeriodFields, Results, usePeriod } from "./Results.tsx";
import { StepCanvas } from "./StepCanvas.tsx";
import { StepList, WholeProblems } from "./StepList.tsx";
import { TriggerFields } from "./TriggerFields.tsx";
import { joined, useGaps } from "./useGaps.ts";
import { type JourneyDesk, useJourneyWork, workOf } from "./useJourneyWork.ts";
import { Versions } from "./Versions.tsx";

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

const VIEWS = ["list", "canvas", "result", "versions"] as const;
type View = (typeof VIEWS)[number];

function Editor({ journey }: { journey: Journey | undefined }) {
  const { t } = useTranslation(["journey", "common"]);
  const may = useMay("define");
  const { channel, channels } = useAccounts();
  const desk = useJourneyWork(
    journey,
    journey
      ? workOf(journey)
      : {
          name: "",
          channel_id: (channel ?? channels[0])?.id ?? "",
          graph: { trigger: { on: "follow" }, nodes: [] },
          revision: 0,
        },
  );
  const { draft } = desk;
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
              disabled={!draft.touched || desk.newer !== undefined}
              loading={desk.saving}
              onClick={() => desk.save()}
            >
              {t("saveDraft")}
            </Button>
          )}
          {journey && (
            <Publish journey={journey} unsaved={draft.touched} onProblems={desk.setProblems} />
          )}
        </>
      }
    >
      {desk.newer && <JourneyConflict theirs={desk.newer} desk={desk} />}
      {!desk.newer && (
        <DraftFound
          draft={draft}
          drop={() => {
            draft.forget();
            desk.history.clear();
          }}
        />
      )}
      <Views journey={journey} desk={desk} />
    </Page>
  );
}

/** The last saved problems, or, while one draws, what the server says of the graph as it stands. */
function useLiveProblems(desk: JourneyDesk, watching: boolean): FieldError[] {
  const [graph] = useDebouncedValue<Graph>(desk.work.graph, 700);
  const query = useQuery({
    ...validityQuery(graph),
    enabled: watching && graph.nodes.length > 0,
    retry: false,
  });
  const gaps = useGaps()(desk.work.graph);
  if (desk.problems.length > 0) return desk.problems;
  if (!watching) return [];
  return joined(gaps, graph === desk.work.graph ? (query.data?.errors ?? []) : []);
}

function Views({ journey, desk }: { journey: Journey | undefined; desk: JourneyDesk }) {
  const { t } = useTranslation("journey");
  const navigate = useNavigate();
  const phone = useMediaQuery("(max-width: 48em)", false);
  const [period, setPeriod] = usePeriod();
  const search = route.useSearch();
  const branches = !isLinear(desk.work.graph.nodes);
  const view: View = search.view ?? (branches && !phone ? "canvas" : "list");
  const problems = useLiveProblems(desk, view === "canvas");
  const live = { ...desk, problems };
  const shown = journey ? VIEWS : VIEWS.slice(0, 2);
  const change = (next: string) =>
    void navigate({
      to: "/journeys/$id",
      params: { id: journey?.id ?? "new" },
      search: { view: next as View },
      replace: true,
    });
  return (
    <>
      <Group justify="space-between" mb="md" gap="sm">
        <SegmentedControl
          aria-label={t("view.label")}
          value={view}
          onChange={change}
          data={shown.map((one) => ({ value: one, label: t(`view.${one}`) }))}
        />
        {view === "list" && <UndoButtons desk={desk} />}
      </Group>
      {view === "list" && <ListView journey={journey} desk={desk} />}
      {view === "canvas" && (
        <CanvasView journey={journey} desk={live} period={period} setPeriod={setPeriod} />
      )}
      {view === "result" && journey && (
        <Results journey={journey} period={period} onChange={setPeriod} />
      )}
      {view === "versions" && journey && <Versions journey={journey} desk={desk} />}
    </>
  );
}

function UndoButtons({ desk }: { desk: JourneyDesk }) {
  const { t } = useTranslation("journey");
  const may = useMay("define");
  if (!may) return null;
  return (
    <Group gap={4}>
      <Tooltip label={t("canvas.undo")}>
        <ActionIcon
          size={34}
          variant="default"
          aria-label={t("canvas.undo")}
          disabled={!desk.undo}
          onClick={desk.undo}
        >
          <IconArrowBackUp size={18} />
        </ActionIcon>
      </Tooltip>
      <Tooltip label={t("canvas.redo")}>
        <ActionIcon
          size={34}
          variant="default"
          aria-label={t("canvas.redo")}
          disabled={!desk.redo}
          onClick={desk.redo}
        >
          <IconArrowForwardUp size={18} />
        </ActionIcon>
      </Tooltip>
    </Group>
  );
}

interface ViewProps {
  journey: Journey | undefined;
  desk: JourneyDesk;
}

function ListView({ journey, desk }: ViewProps) {
  const { t } = useTranslation("journey");
  const published = journey?.version_id != null;
  const { data: figures } = useQuery({
    ...figuresQuery(journey?.id ?? ""),
    enabled: journey !== undefined,
  });
  const { work, problems } = desk;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 8 }}>
        <Stack>
          <NameCard desk={desk} />
          <Card>
            <TriggerFields
              label={t("start")}
              trigger={work.graph.trigger}
              use="start"
              error={problems.find((one) => one.path.startsWith("trigger"))?.message}
              onChange={(trigger) => desk.putGraph({ trigger })}
            />
          </Card>
          <div>
            <StepList desk={desk} figures={figures} />
            <WholeProblems desk={desk} />
          </div>
          <Goals graph={work.graph} channel={work.channel_id} set={desk.setGraph} />
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 4 }}>
        <Stack>
          {published && figures && <People figures={figures} />}
          {journey && <DryRun journey={journey} graph={work.graph} onProblems={desk.setProblems} />}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}

interface CanvasViewProps extends ViewProps {
  period: Period;
  setPeriod: (period: Period) => void;
}

function CanvasView({ journey, desk, period, setPeriod }: CanvasViewProps) {
  const { data: figures } = useQuery({
    ...figuresQuery(journey?.id ?? "", period),
    enabled: journey !== undefined,
  });
  const { work } = desk;
  return (
    <Stack>
      {journey?.version_id && (
        <PeriodFields journey={journey} period={period} onChange={setPeriod} />
      )}
      <div>
        <StepCanvas desk={desk} figures={figures} />
        <WholeProblems desk={desk} />
      </div>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 7 }}>
          <Stack>
            <NameCard desk={desk} />
            <Goals graph={work.graph} channel={work.channel_id} set={desk.setGraph} />
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 5 }}>
          {journey && <DryRun journey={journey} graph={work.graph} onProblems={desk.setProblems} />}
        </Grid.Col>
      </Grid>
    </Stack>
  );
}

function NameCard({ desk }: { desk: JourneyDesk }) {
  const { t } = useTranslation(["journey", "common"]);
  const may = useMay("define");
  const { channels } = useAccounts();
  const { work, put } = desk;
  return (
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
  );
}
