/** One step of the list: closed a sentence, open a form. */
import {
  ActionIcon,
  Badge,
  Card,
  Collapse,
  Group,
  Select,
  Stack,
  Text,
  ThemeIcon,
  UnstyledButton,
} from "@mantine/core";
import {
  type Icon,
  IconArrowDown,
  IconArrowsSplit2,
  IconArrowUp,
  IconBolt,
  IconClock,
  IconDoorExit,
  IconFlag,
  IconMessage,
  IconTrash,
} from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { ActionPicker } from "../action/ActionPicker.tsx";
import type { FieldError, JourneyNode, Lane } from "../api/types.ts";
import { ConditionBuilder } from "../condition/ConditionBuilder.tsx";
import { number } from "../i18n/time.ts";
import { TemplateSelect } from "../template/TemplateSelect.tsx";
import { END } from "./steps.ts";
import { useStepSentence } from "./useStepSentence.ts";
import { WaitFields } from "./WaitFields.tsx";

const ICONS: Record<JourneyNode["do"], Icon> = {
  message: IconMessage,
  wait: IconClock,
  branch: IconArrowsSplit2,
  choose: IconArrowsSplit2,
  actions: IconBolt,
  goal: IconFlag,
  exit: IconDoorExit,
};

interface StepCardProps {
  node: JourneyNode;
  index: number;
  nodes: JourneyNode[];
  channel: string;
  problems: FieldError[];
  figures: { here: number; ended: number } | undefined;
  open: boolean;
  readOnly: boolean;
  toggle: () => void;
  onChange: (node: JourneyNode) => void;
  move: (to: number) => void;
  remove: () => void;
}

export function StepCard(props: StepCardProps) {
  const { node, index, nodes, problems, figures, open, readOnly, toggle, move, remove } = props;
  const { t } = useTranslation("journey");
  const sentence = useStepSentence(nodes);
  const Sign = ICONS[node.do];
  const name = t("stepN", { n: index + 1 });
  const own = problems.filter((one) => one.path.startsWith(`nodes[${index}]`));
  return (
    <Card
      padding="sm"
      component="li"
      style={own.length > 0 ? { borderColor: "var(--mantine-color-error)" } : undefined}
    >
      <Group wrap="nowrap" gap="sm">
        <UnstyledButton onClick={toggle} aria-expanded={open} style={{ flex: 1, minWidth: 0 }}>
          <Group wrap="nowrap" gap="sm">
            <ThemeIcon
              variant="light"
              size={34}
              radius="md"
              color={node.do === "message" ? "pine" : "gray"}
            >
              <Sign size={18} />
            </ThemeIcon>
            <div style={{ minWidth: 0 }}>
              <Text fz="xs" c="dimmed">
                {name} {t(`step.${node.do}`)}
              </Text>
              <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
                {sentence(node)}
              </Text>
              {figures && <Here {...figures} />}
            </div>
          </Group>
        </UnstyledButton>
        {!readOnly && (
          <Group gap={0} wrap="nowrap">
            <ActionIcon
              aria-label={t("up", { name })}
              disabled={index === 0}
              onClick={() => move(index - 1)}
            >
              <IconArrowUp size={16} />
            </ActionIcon>
            <ActionIcon
              aria-label={t("down", { name })}
              disabled={index === nodes.length - 1}
              onClick={() => move(index + 1)}
            >
              <IconArrowDown size={16} />
            </ActionIcon>
            <ActionIcon aria-label={t("remove", { name })} onClick={remove}>
              <IconTrash size={16} />
            </ActionIcon>
          </Group>
        )}
      </Group>
      {own.map((one) => (
        <Text
          key={`${one.path} ${one.code}`}
          fz="sm"
          c="var(--mantine-color-error)"
          mt="xs"
          role="alert"
        >
          {one.message}
        </Text>
      ))}
      <Collapse expanded={open}>
        {open && (
          <fieldset
            disabled={readOnly}
            style={{ border: 0, padding: 0, margin: "14px 0 4px", minWidth: 0 }}
          >
            <Fields {...props} />
          </fieldset>
        )}
      </Collapse>
    </Card>
  );
}

/** How many stand on this step, and how many got no further. */
function Here({ here, ended }: { here: number; ended: number }) {
  const { t } = useTranslation("journey");
  if (here === 0 && ended === 0) return null;
  return (
    <Group gap={6} mt={4}>
      {here > 0 && <Badge color="blue">{t("here", { n: number(here) })}</Badge>}
      {ended > 0 && <Badge color="gray">{t("ended", { n: number(ended) })}</Badge>}
    </Group>
  );
}

const LANES: Lane[] = ["marketing", "promised", "transactional"];

function Fields({ node, index, nodes, channel, problems, onChange }: StepCardProps) {
  const { t } = useTranslation(["journey", "common"]);
  switch (node.do) {
    case "message":
      return (
        <Stack gap="sm">
          <TemplateSelect
            label={t("template")}
            value={node.template || null}
            onChange={(template) => onChange({ ...node, template: template ?? "" })}
          />
          <Select
            label={t("lane")}
            description={t("laneHint")}
            allowDeselect={false}
            data={LANES.map((lane) => ({ value: lane, label: t(`common:lane.${lane}`) }))}
            value={node.lane ?? "marketing"}
            onChange={(lane) => lane && onChange({ ...node, lane: lane as Lane })}
          />
        </Stack>
      );
    case "wait":
      return <WaitFields wait={node.until} onChange={(until) => onChange({ ...node, until })} />;
    case "actions":
      return (
        <ActionPicker
          actions={node.actions}
          path={`nodes[${index}].actions`}
          problems={problems}
          onChange={(actions) => onChange({ ...node, actions })}
        />
      );
    case "branch":
      return (
        <Stack gap="sm">
          <ConditionBuilder
            condition={node.if}
            channel={channel}
            onChange={(condition) => onChange({ ...node, if: condition })}
          />
          <Group grow preventGrowOverflow={false}>
            <NextSelect
              label={t("yes")}
              nodes={nodes}
              own={node.id}
              value={node.yes}
              onChange={(yes) => onChange(withWay(node, "yes", yes))}
            />
            <NextSelect
              label={t("no")}
              nodes={nodes}
              own={node.id}
              value={node.no}
              onChange={(no) => onChange(withWay(node, "no", no))}
            />
          </Group>
        </Stack>
      );
    case "choose":
      return <Text fz="sm">{t("chooseKept")}</Text>;
    default:
      return <Text fz="sm">{t(`about_${node.do}`)}</Text>;
  }
}

type Branch = Extract<JourneyNode, { do: "branch" }>;

/** The way on; left out it is the step below. */
function withWay(node: Branch, way: "yes" | "no", to: string | undefined): Branch {
  const { [way]: _, ...rest } = node;
  return to === undefined ? rest : { ...rest, [way]: to };
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
      flex="1 1 220px"
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
