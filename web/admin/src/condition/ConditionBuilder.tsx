/** Conditions as lines: 「次のすべて / どれか」 of plain questions. */
import {
  ActionIcon,
  Button,
  Card,
  Group,
  Menu,
  SegmentedControl,
  Select,
  Stack,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Condition } from "../api/types.ts";
import { TagSelect } from "../contact/pickers.tsx";
import { journeysQuery } from "../journey/api.ts";
import { AttributeLine } from "./AttributeLine.tsx";
import { ClickedLine } from "./ClickedLine.tsx";
import { ASKS, type Asked, conditionOf, isAsked, type Join, linesOf, newLine } from "./model.ts";
import { WhenFields } from "./WhenFields.tsx";

interface BuilderProps {
  condition: Condition;
  channel: string;
  onChange: (condition: Condition) => void;
}

export function ConditionBuilder({ condition, channel, onChange }: BuilderProps) {
  const { t } = useTranslation(["condition", "common"]);
  const { join, lines } = linesOf(condition);
  const set = (next: Condition[], how: Join = join) =>
    onChange(conditionOf({ join: how, lines: next }));
  return (
    <Stack gap="sm">
      {lines.length > 1 && (
        <SegmentedControl
          size="xs"
          value={join}
          onChange={(value) => set(lines, value as Join)}
          data={[
            { value: "all", label: t("all") },
            { value: "any", label: t("any") },
          ]}
          style={{ alignSelf: "flex-start" }}
        />
      )}
      {lines.map((line, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Card key={n} padding="sm" radius="md">
          <Group align="flex-start" wrap="nowrap" gap="xs">
            <div style={{ flex: 1, minWidth: 0 }}>
              {isAsked(line) ? (
                <Line line={line} onChange={(next) => set(lines.with(n, next))} />
              ) : (
                <Text fz="sm" c="dimmed">
                  {t("kept")}
                </Text>
              )}
            </div>
            <ActionIcon
              aria-label={t("remove", { n: n + 1 })}
              onClick={() => set(lines.toSpliced(n, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        </Card>
      ))}
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} />}
            style={{ alignSelf: "flex-start" }}
          >
            {t("add")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ASKS.map((ask) => (
            <Menu.Item key={ask} onClick={() => set([...lines, newLine(ask, channel)])}>
              {t(`ask.${ask}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
}

interface LineProps {
  line: Extract<Condition, { is: Asked }>;
  onChange: (line: Condition) => void;
}

function Line({ line, onChange }: LineProps) {
  const { t } = useTranslation(["condition", "common"]);
  const label = t(`ask.${line.is}`);
  switch (line.is) {
    case "tag":
    case "no_tag":
      return (
        <TagSelect
          label={label}
          value={line.tag || null}
          onChange={(tag) => onChange({ ...line, tag: tag ?? "" })}
        />
      );
    case "attribute":
      return <AttributeLine line={line} onChange={onChange} />;
    case "friend_since":
    case "wrote":
      return (
        <WhenFields
          label={label}
          when={line.when}
          onChange={(when) => onChange({ ...line, when })}
        />
      );
    case "name":
      return (
        <TextInput
          label={label}
          value={line.contains}
          onChange={(event) => onChange({ ...line, contains: event.currentTarget.value })}
        />
      );
    case "journey":
      return <JourneyLine line={line} onChange={onChange} />;
    case "clicked":
      return <ClickedLine line={line} onChange={onChange} />;
    case "source":
      return (
        <TagsInput
          label={label}
          description={t("sourceHint")}
          value={line.sources}
          onChange={(sources) => onChange({ ...line, sources })}
        />
      );
  }
}

const WALKS = ["active", "never", "done", "goal", "exited"] as const;

function JourneyLine({
  line,
  onChange,
}: {
  line: Extract<Condition, { is: "journey" }>;
  onChange: (line: Condition) => void;
}) {
  const { t } = useTranslation(["condition", "common"]);
  const { data } = useQuery(journeysQuery);
  return (
    <Group grow align="flex-end" preventGrowOverflow={false}>
      <Select
        label={t("ask.journey")}
        placeholder={t("common:choose")}
        flex="2 1 200px"
        data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
        value={line.journey || null}
        onChange={(journey) => onChange({ ...line, journey: journey ?? "" })}
      />
      <Select
        aria-label={t("common:state")}
        flex="1 1 140px"
        allowDeselect={false}
        data={WALKS.map((walk) => ({ value: walk, label: t(`walk.${walk}`) }))}
        value={typeof line.state === "string" ? line.state : null}
        onChange={(state) => state && onChange({ ...line, state: state as (typeof WALKS)[number] })}
      />
    </Group>
  );
}
