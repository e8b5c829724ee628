/** 自動応答: the rules in the order they are asked, and a box to try them. */
import { ActionIcon, Badge, Button, Card, Grid, Group, Stack, Switch, Text } from "@mantine/core";
import {
  IconArrowDown,
  IconArrowUp,
  IconBolt,
  IconPencil,
  IconPlus,
  IconTrash,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { Rule } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { order, remove, rulesQuery, update } from "./api.ts";
import { TryBox } from "./TryBox.tsx";
import { triggerSentence } from "./trigger.tsx";

export default function RulesPage() {
  const { t } = useTranslation(["rule", "common"]);
  const may = useMay("define");
  const { channel, channels } = useAccounts();
  const query = useQuery(rulesQuery);
  const add = may && (
    <Button component={Link} to="/rules/new" leftSection={<IconPlus size={17} />}>
      {t("add")}
    </Button>
  );
  return (
    <Page title={t("title")} about={t("about")} actions={add}>
      <Grid gap="lg">
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Loaded query={query}>
            {({ items }) => {
              const rules = items.filter(
                (rule) => !channel || !rule.channel_id || rule.channel_id === channel.id,
              );
              return rules.length === 0 ? (
                <Card>
                  <Empty icon={IconBolt} title={t("none")} about={t("noneAbout")} action={add} />
                </Card>
              ) : (
                <RuleList rules={rules} />
              );
            }}
          </Loaded>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>{channels.length > 0 && <TryBox />}</Grid.Col>
      </Grid>
    </Page>
  );
}

function RuleList({ rules }: { rules: Rule[] }) {
  const { t } = useTranslation("rule");
  const may = useMay("define");
  const move = useAct((ids: string[]) => order(ids), { stale: ["rule"] });
  const swap = (from: number, to: number) => {
    const ids = rules.map((rule) => rule.id);
    const id = ids[from];
    if (id) move.mutate(ids.toSpliced(from, 1).toSpliced(to, 0, id));
  };
  return (
    <>
      {rules.length > 1 && (
        <Text fz="sm" c="dimmed" mb="sm">
          {t("orderAbout")}
        </Text>
      )}
      <Stack
        gap="sm"
        component="ol"
        style={{ listStyle: "none", padding: 0, margin: 0 }}
        aria-label={t("title")}
      >
        {rules.map((rule, n) => (
          <Card key={rule.id} component="li" padding="sm">
            <Group wrap="nowrap" gap="sm">
              {may && (
                <Stack gap={0}>
                  <ActionIcon
                    aria-label={t("up", { name: rule.name })}
                    disabled={n === 0 || move.isPending}
                    onClick={() => swap(n, n - 1)}
                  >
                    <IconArrowUp size={17} />
                  </ActionIcon>
                  <ActionIcon
                    aria-label={t("down", { name: rule.name })}
                    disabled={n === rules.length - 1 || move.isPending}
                    onClick={() => swap(n, n + 1)}
                  >
                    <IconArrowDown size={17} />
                  </ActionIcon>
                </Stack>
              )}
              <RuleLine rule={rule} />
              <RuleSwitch rule={rule} />
              {may && <RuleMenu rule={rule} />}
            </Group>
          </Card>
        ))}
      </Stack>
    </>
  );
}

function RuleLine({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const sentence = useActionSentence();
  return (
    <div style={{ flex: 1, minWidth: 0, opacity: rule.enabled ? 1 : 0.75 }}>
      <Group gap="xs">
        <Text
          component={Link}
          to={`/rules/${rule.id}`}
          fw={600}
          fz="sm"
          c="var(--mantine-color-text)"
        >
          {rule.name}
        </Text>
        {rule.hours && <Badge color="gray">{t("hoursBadge")}</Badge>}
        <Text span fz="xs" c="dimmed">
          <AccountName id={rule.channel_id} />
        </Text>
      </Group>
      <Text fz="sm" c="dimmed">
        {triggerSentence(rule.trigger, t)}
      </Text>
      <Text fz="sm" lineClamp={2}>
        → {rule.actions.map(sentence).join("、")}
      </Text>
    </div>
  );
}

function RuleSwitch({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const may = useMay("define");
  const change = useAct(
    (enabled: boolean) => {
      const { id: _, created_at: __, updated_at: ___, ...draft } = rule;
      return update(rule.id, { ...draft, enabled });
    },
    { stale: ["rule"] },
  );
  return (
    <Switch
      aria-label={t("enabledNamed", { name: rule.name })}
      checked={rule.enabled}
      disabled={!may || change.isPending}
      onChange={(event) => change.mutate(event.currentTarget.checked)}
    />
  );
}

function RuleMenu({ rule }: { rule: Rule }) {
  const { t } = useTranslation(["rule", "common"]);
  const confirm = useConfirm();
  const navigate = useNavigate();
  const drop = useAct(() => remove(rule.id), { done: t("common:deleted"), stale: ["rule"] });
  const ask = async () => {
    const yes = await confirm({
      title: t("deleteTitle", { name: rule.name }),
      body: t("common:noUndo"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) drop.mutate();
  };
  return (
    <RowMenu
      name={rule.name}
      items={[
        {
          label: t("common:edit"),
          icon: <IconPencil size={16} />,
          run: () => void navigate({ to: "/rules/$id", params: { id: rule.id } }),
        },
      ]}
      danger={{ label: t("common:delete"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}
