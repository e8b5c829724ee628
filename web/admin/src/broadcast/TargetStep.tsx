/** 配信先: from which account, to whom; how many that are is said at once. */
import { Anchor, Card, Group, Loader, Radio, Select, Stack, Text, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconUsers } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useAccounts } from "../app/choice.ts";
import { ConditionBuilder } from "../condition/ConditionBuilder.tsx";
import { SaveCondition } from "../condition/SaveCondition.tsx";
import { countQuery, segmentsQuery } from "../contact/definitions.ts";
import { TagsSelect } from "../contact/pickers.tsx";
import { counted } from "../i18n/time.ts";
import { broadcastQuery } from "./api.ts";
import { conditionOf, missing, type Plan, type Target } from "./plan.ts";

export interface StepProps {
  plan: Plan;
  put: (more: Partial<Plan>) => void;
}

const TARGETS: Target[] = ["all", "tags", "condition", "segment"];
/** In a draft that was made from another broadcast. */
const FOLLOWING: Target[] = ["reached", "missed"];
/** Not offered, but kept where a draft has it. */
const KEPT: Target[] = [...FOLLOWING, "contacts", "line_users"];

export function TargetStep({ plan, put }: StepProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const { channels } = useAccounts();
  const { data: segments } = useQuery(segmentsQuery);
  const saved = segments?.items ?? [];
  const shown = [
    ...KEPT.filter((target) => target === plan.target),
    ...TARGETS.filter((target) => target !== "segment" || saved.length > 0),
  ];
  return (
    <Stack maw={820} mx="auto">
      <Card>
        <Stack>
          <TextInput
            label={t("nameHere")}
            description={t("nameHint")}
            value={plan.name}
            onChange={(event) => put({ name: event.currentTarget.value })}
          />
          {channels.length > 1 && (
            <Select
              label={t("common:channel")}
              allowDeselect={false}
              data={channels.map(({ id, name }) => ({ value: id, label: name }))}
              value={plan.channel_id}
              onChange={(id) => id && put({ channel_id: id })}
            />
          )}
        </Stack>
      </Card>
      <Card>
        <Radio.Group
          label={t("toWhom")}
          value={plan.target}
          onChange={(value) => put({ target: value as Target })}
        >
          <Stack gap="sm" mt="xs">
            {shown.map((target) => (
              <Radio
                key={target}
                value={target}
                label={t(`target.${target}`)}
                description={t(`targetAbout.${target}`)}
              />
            ))}
          </Stack>
        </Radio.Group>
        {plan.after && FOLLOWING.includes(plan.target) && <Following id={plan.after} />}
        {plan.target === "tags" && (
          <Stack mt="md" gap="sm">
            {(["all", "any", "none"] as const).map((key) => (
              <TagsSelect
                key={key}
                label={t(`tags.${key}`)}
                value={plan.tags[key]}
                onChange={(ids) => put({ tags: { ...plan.tags, [key]: ids } })}
              />
            ))}
          </Stack>
        )}
        {plan.target === "condition" && (
          <Stack mt="md" gap="sm" align="stretch">
            <ConditionBuilder
              condition={plan.condition}
              channel={plan.channel_id}
              onChange={(condition) => put({ condition })}
            />
            <Group justify="flex-end">
              <SaveCondition condition={plan.condition} />
            </Group>
          </Stack>
        )}
        {plan.target === "segment" && (
          <Select
            mt="md"
            aria-label={t("target.segment")}
            placeholder={t("common:choose")}
            data={saved.map(({ id, name }) => ({ value: id, label: name }))}
            value={plan.segment}
            onChange={(segment) => put({ segment })}
          />
        )}
      </Card>
      <HowMany plan={plan} />
    </Stack>
  );
}

/** The broadcast whose recipients are meant. */
function Following({ id }: { id: string }) {
  const { t } = useTranslation("broadcast");
  const { data } = useQuery(broadcastQuery(id));
  return (
    <Text fz="sm" mt="md">
      {t("followingOf")}{" "}
      <Anchor component={Link} to={`/broadcasts/${id}`} fz="sm">
        {data?.name ?? "…"}
      </Anchor>
    </Text>
  );
}

function HowMany({ plan }: { plan: Plan }) {
  const { t } = useTranslation("broadcast");
  const complete = missing(plan, "target", "UTC", 0) === undefined;
  const later = complete && conditionOf(plan) === undefined;
  const [wish] = useDebouncedValue(conditionOf(plan), 400);
  const query = useQuery({
    ...countQuery(wish ?? { condition: { is: "any", of: [] } }),
    enabled: complete && wish !== undefined,
    retry: false,
  });
  return (
    <Card bg="var(--mantine-color-pine-light)" withBorder={false}>
      <Text
        fz="sm"
        component="div"
        role="status"
        style={{ display: "flex", gap: 10, alignItems: "center" }}
      >
        <IconUsers size={20} aria-hidden />
        {!complete && t("countLater")}
        {later && t("countAtCheck")}
        {complete && query.isFetching && <Loader size="xs" />}
        {complete && query.data && (
          <span>
            {t("countBefore")} <strong style={{ fontSize: 20 }}>{counted(query.data)}</strong>
            {t("countAfter")}
          </span>
        )}
        {complete && query.isError && t("countFailed")}
      </Text>
    </Card>
  );
}
