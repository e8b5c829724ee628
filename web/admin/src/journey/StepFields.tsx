/** What a step does, as a form: the same one below its line in the list and beside its card in the drawing. */
import { ActionIcon, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionPicker } from "../action/ActionPicker.tsx";
import type { FieldError, JourneyNode, Lane } from "../api/types.ts";
import { ConditionBuilder } from "../condition/ConditionBuilder.tsx";
import { Preview } from "../template/Preview.tsx";
import { TemplateSelect } from "../template/TemplateSelect.tsx";
import { END } from "./steps.ts";
import { useStepSentence } from "./useStepSentence.ts";
import { WaitFields } from "./WaitFields.tsx";

export interface StepFieldsProps {
  node: JourneyNode;
  index: number;
  nodes: JourneyNode[];
  channel: string;
  problems: FieldError[];
  onChange: (node: JourneyNode) => void;
}

export function StepFields(props: StepFieldsProps) {
  const { node, index, channel, problems, onChange } = props;
  const { t } = useTranslation("journey");
  switch (node.do) {
    case "message":
      return (
        <Stack gap="sm">
          <MessageFields node={node} channel={channel} onChange={onChange} />
          <NextField {...props} />
        </Stack>
      );
    case "wait":
      return (
        <Stack gap="sm">
          <WaitFields wait={node.until} onChange={(until) => onChange({ ...node, until })} />
          <TimeoutField {...props} node={node} />
          <NextField {...props} />
        </Stack>
      );
    case "actions":
      return (
        <Stack gap="sm">
          <ActionPicker
            actions={node.actions}
            account={channel}
            path={`nodes[${index}].actions`}
            problems={problems}
            onChange={(actions) => onChange({ ...node, actions })}
          />
          <NextField {...props} />
        </Stack>
      );
    case "branch":
      return <BranchFields {...props} node={node} />;
    case "choose":
      return <ChooseFields {...props} node={node} />;
    default:
      return <Text fz="sm">{t(`about_${node.do}`)}</Text>;
  }
}

type Of<Do extends JourneyNode["do"]> = Extract<JourneyNode, { do: Do }>;
type PropsOf<Do extends JourneyNode["do"]> = StepFieldsProps & { node: Of<Do> };

const LANES: Lane[] = ["marketing", "promised", "transactional"];

interface MessageProps {
  node: Of<"message">;
  channel: string;
  onChange: (node: JourneyNode) => void;
}

function MessageFields({ node, channel, onChange }: MessageProps) {
  const { t } = useTranslation(["journey", "common"]);
  return (
    <>
      <TemplateSelect
        label={t("template")}
        value={node.template || null}
        onChange={(template) => onChange({ ...node, template: template ?? "" })}
      />
      {node.template && <Preview template_id={node.template} channel_id={channel} height={260} />}
      <Select
        label={t("lane")}
        description={t("laneHint")}
        allowDeselect={false}
        data={LANES.map((lane) => ({ value: lane, label: t(`common:lane.${lane}`) }))}
        value={node.lane ?? "marketing"}
        onChange={(lane) => lane && onChange({ ...node, lane: lane as Lane })}
      />
    </>
  );
}

function TimeoutField({ node, nodes, onChange }: PropsOf<"wait">) {
  const { t } = useTranslation("journey");
  const { until } = node;
  if (!("event" in until) || until.event.timeout === undefined) return null;
  const { on_timeout, ...event } = until.event;
  return (
    <NextSelect
      label={t("onTimeout")}
      nodes={nodes}
      own={node.id}
      value={on_timeout}
      onChange={(to) =>
        onChange({
          ...node,
          until: { event: to === undefined ? event : { ...event, on_timeout: to } },
        })
      }
    />
  );
}

function NextField({ node, nodes, onChange }: StepFieldsProps) {
  const { t } = useTranslation("journey");
  const { next, ...rest } = node;
  return (
    <NextSelect
      label={t("goOn")}
      nodes={nodes}
      own={node.id}
      value={next}
      onChange={(to) => onChange((to === undefined ? rest : { ...rest, next: to }) as JourneyNode)}
    />
  );
}

function BranchFields({ node, nodes, channel, onChange }: PropsOf<"branch">) {
  const { t } = useTranslation("journey");
  return (
    <Stack gap="sm">
      <ConditionBuilder
        condition={node.if}
        channel={channel}
        onChange={(condition) => onChange({ ...node, if: condition })}
      />
      <Group grow preventGrowOverflow={false}>
        {(["yes", "no"] as const).map((way) => (
          <NextSelect
            key={way}
            label={t(way)}
            nodes={nodes}
            own={node.id}
            value={node[way]}
            onChange={(to) => onChange(withWay(node, way, to))}
          />
        ))}
      </Group>
    </Stack>
  );
}

/** The way on; left out it is the step below. */
function withWay(node: Of<"branch">, way: "yes" | "no", to: string | undefined): Of<"branch"> {
  const { [way]: _, ...rest } = node;
  return to === undefined ? rest : { ...rest, [way]: to };
}

const MOST_CASES = 20;

function ChooseFields(props: PropsOf<"choose">) {
  const { node, nodes, channel, onChange } = props;
  const { t } = useTranslation("journey");
  const { cases } = node;
  return (
    <Stack gap="sm">
      <Text fz="xs" c="dimmed">
        {t("chooseAbout")}
      </Text>
      {cases.map((one, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: ways have no identity but their place
        <Card key={n} padding="sm">
          <Group justify="space-between" mb="xs">
            <Text fz="sm" fw={600}>
              {t("caseN", { n: n + 1 })}
            </Text>
            <ActionIcon
              aria-label={t("removeCase", { n: n + 1 })}
              disabled={cases.length === 1}
              onClick={() => onChange({ ...node, cases: cases.toSpliced(n, 1) })}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
          <ConditionBuilder
            condition={one.if}
            channel={channel}
            onChange={(condition) =>
              onChange({ ...node, cases: cases.with(n, { ...one, if: condition }) })
            }
          />
          <NextSelect
            label={t("goOn")}
            nodes={nodes}
            own={node.id}
            value={one.next}
            onChange={(to) =>
              onChange({ ...node, cases: cases.with(n, { ...one, next: to ?? END }) })
            }
          />
        </Card>
      ))}
      {cases.length < MOST_CASES && (
        <Button
          size="xs"
          variant="default"
          leftSection={<IconPlus size={15} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() =>
            onChange({ ...node, cases: [...cases, { if: { is: "all", of: [] }, next: END }] })
          }
        >
          {t("addCase")}
        </Button>
      )}
      <NextField {...props} />
    </Stack>
  );
}

interface NextSelectProps {
  label: string;
  nodes: JourneyNode[];
  own: string;
  value: string | undefined;
  onChange: (id: string | undefined) => void;
}

const BELOW = "below";

function NextSelect({ label, nodes, own, value, onChange }: NextSelectProps) {
  const { t } = useTranslation("journey");
  const sentence = useStepSentence(nodes);
  return (
    <Select
      label={label}
      miw={220}
      allowDeselect={false}
      data={[
        { value: BELOW, label: t("below") },
        ...nodes.flatMap((node, n) =>
          node.id === own ? [] : [{ value: node.id, label: `${n + 1}. ${sentence(node)}` }],
        ),
        { value: END, label: t("end") },
      ]}
      value={value ?? BELOW}
      onChange={(id) => onChange(id === BELOW || id === null ? undefined : id)}
    />
  );
}
