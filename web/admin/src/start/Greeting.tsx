/** The first greeting: a sample made the shop's own, a draft, and only then switched on. */
import { Alert, Button, Grid, Group, SegmentedControl, Stack, Text, Textarea } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Bubble, Channel, Rule } from "../api/types.ts";
import { ticksQuery } from "../channel/api.ts";
import { create as createRule, rulesQuery } from "../rule/api.ts";
import { useTurn } from "../rule/useTurn.ts";
import { useMay } from "../session/api.ts";
import { create as createTemplate } from "../template/api.ts";
import { Preview } from "../template/Preview.tsx";
import { useAct } from "../ui/act.ts";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";

const PRESETS = ["plain", "talk", "news"] as const;
type Preset = (typeof PRESETS)[number];

export function Greeting({ channel }: { channel: Channel }) {
  const { t } = useTranslation("start");
  const query = useQuery(rulesQuery);
  if (channel.mode === "send_only") return <Alert color="blue">{t("greeting.cannot")}</Alert>;
  return (
    <Stack>
      <Text fz="sm">{t("greeting.about")}</Text>
      <Double channel={channel} />
      <Loaded query={query}>
        {({ items }) => {
          const rule = greetingOf(items, channel.id);
          return rule ? <Made rule={rule} channel={channel} /> : <Write channel={channel} />;
        }}
      </Loaded>
    </Stack>
  );
}

/** The rule that greets, the one that is on before a draft. */
function greetingOf(rules: Rule[], channel: string): Rule | undefined {
  const own = rules.filter(
    (rule) =>
      rule.trigger.on === "follow" && (rule.channel_id === null || rule.channel_id === channel),
  );
  return own.find((rule) => rule.enabled) ?? own[0];
}

/** LINE's own greeting may still be on. */
function Double({ channel }: { channel: Channel }) {
  const { t } = useTranslation("start");
  const { data } = useQuery(ticksQuery(channel.id));
  if (!data || data.items.some(({ item }) => item === "line_greeting")) return null;
  return <Alert color="yellow">{t("greeting.double")}</Alert>;
}

function Write({ channel }: { channel: Channel }) {
  const { t } = useTranslation("start");
  const may = useMay("define");
  // Samples hold variables of the message itself: they are not filled in here.
  const sample = (preset: Preset) =>
    t(`greeting.${preset}Text`, { skipInterpolation: true }).replaceAll(
      "__SHOP__",
      channel.display_name ?? channel.name,
    );
  const draft = useDraft(`start.greeting.${channel.id}`, {
    preset: "plain" as Preset,
    text: sample("plain"),
  });
  const { preset, text } = draft.value;
  const messages: Bubble[] = text.trim() === "" ? [] : [{ type: "text", text }];
  const make = useAct(
    async () => {
      const template = await createTemplate({
        name: t("greeting.templateName"),
        folder: "",
        messages,
      });
      return createRule({
        name: t("greeting.ruleName"),
        channel_id: channel.id,
        trigger: { on: "follow" },
        hours: null,
        actions: [{ action: "message", template: template.id }],
        enabled: false,
      });
    },
    {
      done: t("greeting.drafted"),
      stale: ["rule", "template", "start"],
      after: () => draft.forget(),
    },
  );
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack>
          <div>
            <Text fz="sm" fw={500} mb={4} id="greeting-preset">
              {t("greeting.preset")}
            </Text>
            <SegmentedControl
              fullWidth
              aria-labelledby="greeting-preset"
              value={preset}
              data={PRESETS.map((one) => ({ value: one, label: t(`greeting.${one}`) }))}
              onChange={(next) =>
                draft.set({ preset: next as Preset, text: sample(next as Preset) })
              }
            />
          </div>
          <Textarea
            label={t("greeting.text")}
            description={t("greeting.textHint", { skipInterpolation: true })}
            autosize
            minRows={8}
            maxLength={5000}
            value={text}
            onChange={(event) => draft.set({ preset, text: event.currentTarget.value })}
          />
          {may && (
            <Group>
              <Button
                loading={make.isPending}
                disabled={messages.length === 0}
                onClick={() => make.mutate()}
              >
                {t("greeting.make")}
              </Button>
            </Group>
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Shown>
          <Preview messages={messages} channel_id={channel.id} height={420} />
        </Shown>
      </Grid.Col>
    </Grid>
  );
}

function Shown({ children }: { children: React.ReactNode }) {
  const { t } = useTranslation("start");
  return (
    <div>
      <Text fz="sm" fw={500} mb={4}>
        {t("greeting.preview")}
      </Text>
      {children}
    </div>
  );
}

function Made({ rule, channel }: { rule: Rule; channel: Channel }) {
  const { t } = useTranslation("start");
  const may = useMay("define");
  const turnOn = useTurn(rule, { done: t("greeting.turnedOn"), stale: ["start"] });
  const said = rule.actions.find((action) => action.action === "message");
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 6 }}>
        <Stack>
          <Alert color={rule.enabled ? "pine" : "yellow"} role="status">
            {t(rule.enabled ? "greeting.on" : "greeting.made")}
          </Alert>
          <Group>
            {may && !rule.enabled && (
              <Button loading={turnOn.isPending} onClick={() => turnOn.mutate(true)}>
                {t("greeting.turnOn")}
              </Button>
            )}
            {said && (
              <Button variant="default" component={Link} to={`/templates/${said.template}`}>
                {t("greeting.edit")}
              </Button>
            )}
            <Button variant="subtle" component={Link} to={`/rules/${rule.id}`}>
              {t("greeting.editRule")}
            </Button>
          </Group>
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 6 }}>
        {said && (
          <Shown>
            <Preview template_id={said.template} channel_id={channel.id} height={420} />
          </Shown>
        )}
      </Grid.Col>
    </Grid>
  );
}
