/** 自動応答: the rules in the order they are asked, and a box to try them. */
import {
  ActionIcon,
  Badge,
  Button,
  Card,
  Grid,
  Group,
  Stack,
  Switch,
  Text,
  VisuallyHidden,
} from "@mantine/core";
import { IconBolt, IconGripVertical, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { type CSSProperties, useState } from "react";
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
import { useReorder } from "../ui/useReorder.ts";
import { order, remove, rulesQuery } from "./api.ts";
import { reordered } from "./order.ts";
import { TryBox } from "./TryBox.tsx";
import { triggerSentence } from "./trigger.tsx";
import { useTurn } from "./useTurn.ts";

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
                <RuleList rules={rules} all={items} />
              );
            }}
          </Loaded>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 4 }}>{channels.length > 0 && <TryBox />}</Grid.Col>
      </Grid>
    </Page>
  );
}

interface RuleListProps {
  rules: Rule[];
  /** Also of other accounts, in the order they are asked. */
  all: Rule[];
}

function RuleList({ rules, all }: RuleListProps) {
  const { t } = useTranslation("rule");
  const may = useMay("define");
  const [said, setSaid] = useState("");
  const move = useAct((ids: string[]) => order(ids), { stale: ["rule"] });
  const ids = (list: Rule[]) => list.map((rule) => rule.id);
  // Shown at once; the server's order follows.
  const wanted = move.isPending ? move.variables : ids(all);
  const shown = rules.toSorted((a, b) => wanted.indexOf(a.id) - wanted.indexOf(b.id));
  const put = (from: number, to: number) => {
    if (move.isPending) return;
    move.mutate(reordered(ids(all), ids(shown), from, to));
    setSaid(t("moved", { name: shown[from]?.name ?? "", n: to + 1 }));
  };
  const { list, dragging, handle } = useReorder(put);
  return (
    <>
      {rules.length > 1 && (
        <Text fz="sm" c="dimmed" mb="sm">
          {t("orderAbout")}
        </Text>
      )}
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      <Stack
        renderRoot={(props) => <ol ref={list} {...props} />}
        gap="sm"
        style={{ listStyle: "none", padding: 0, margin: 0 }}
        aria-label={t("title")}
      >
        {shown.map((rule, n) => (
          <Card key={rule.id} component="li" padding="sm" style={markOf(dragging, n)}>
            <Group wrap="nowrap" gap="sm">
              {may && rules.length > 1 && (
                <ActionIcon
                  aria-label={t("drag", { name: rule.name })}
                  {...handle(n, shown.length)}
                >
                  <IconGripVertical size={18} />
                </ActionIcon>
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

/** The row that is held, and the line where it would come to stand. */
function markOf(dragging: { from: number; to: number } | undefined, n: number): CSSProperties {
  if (!dragging) return {};
  if (n === dragging.from) return { opacity: 0.45 };
  if (n !== dragging.to) return {};
  const line = "3px solid var(--mantine-color-pine-6)";
  return dragging.to > dragging.from ? { borderBottom: line } : { borderTop: line };
}

function RuleLine({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const sentence = useActionSentence();
  return (
    <div style={{ flex: 1, minWidth: 0 }}>
      <Group gap="xs">
        <Text
          component={Link}
          to={`/rules/${rule.id}`}
          fw={600}
          fz="sm"
          c={rule.enabled ? "var(--mantine-color-text)" : "dimmed"}
        >
          {rule.name}
        </Text>
        {!rule.enabled && <Badge color="gray">{t("offBadge")}</Badge>}
        {rule.hours && <Badge color="gray">{t("hoursBadge")}</Badge>}
        {rule.hidden_by && <Badge color="yellow">{t("hiddenBadge")}</Badge>}
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
      {rule.hidden_by && (
        <Text fz="xs" mt={4}>
          {t("hidden", { name: rule.hidden_by.name })}
        </Text>
      )}
    </div>
  );
}

function RuleSwitch({ rule }: { rule: Rule }) {
  const { t } = useTranslation("rule");
  const may = useMay("define");
  const change = useTurn(rule);
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
