/** Flows to begin with: looked at first, then made as a draft with its templates. */
import {
  Alert,
  Anchor,
  Badge,
  Button,
  Card,
  Group,
  Modal,
  Select,
  SimpleGrid,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { stale } from "../app/query.ts";
import { attributesQuery, createTag, useTags } from "../contact/definitions.ts";
import { create as createTemplate } from "../template/api.ts";
import { Phone } from "../template/Preview.tsx";
import { useAct } from "../ui/act.ts";
import { Page } from "../ui/Page.tsx";
import { create } from "./api.ts";
import { fillIn, PRESETS, type Preset } from "./presets.ts";
import { draftOf } from "./steps.ts";
import { useTriggerSentence } from "./useTriggerSentence.ts";
import { waitText } from "./wait.ts";

export default function PresetsPage() {
  const { t } = useTranslation("preset");
  const [chosen, setChosen] = useState<Preset>();
  return (
    <Page title={t("title")} about={t("about")} back={{ to: "/journeys", label: t("title") }}>
      <SimpleGrid cols={{ base: 1, sm: 2, lg: 3 }}>
        {PRESETS.map((preset) => (
          <Card key={preset.key}>
            <Stack gap="xs" h="100%">
              <Group justify="space-between" wrap="nowrap" align="flex-start">
                <Title order={2} fz="md">
                  {t(`p.${preset.key}.name`)}
                </Title>
                <Badge color="gray" style={{ flex: "none" }}>
                  {t("count", { n: preset.messages })}
                </Badge>
              </Group>
              <Text fz="sm" c="dimmed" flex={1}>
                {t(`p.${preset.key}.about`)}
              </Text>
              <Button
                variant="light"
                style={{ alignSelf: "flex-start" }}
                aria-label={`${t("look")}: ${t(`p.${preset.key}.name`)}`}
                onClick={() => setChosen(preset)}
              >
                {t("look")}
              </Button>
            </Stack>
          </Card>
        ))}
      </SimpleGrid>
      <Modal
        opened={chosen !== undefined}
        onClose={() => setChosen(undefined)}
        title={chosen && t(`p.${chosen.key}.name`)}
        size="lg"
      >
        {chosen && <PresetForm preset={chosen} />}
      </Modal>
    </Page>
  );
}

function PresetForm({ preset }: { preset: Preset }) {
  const { t } = useTranslation(["preset", "common"]);
  const { channel, channels } = useAccounts();
  const [account, setAccount] = useState((channel ?? channels[0])?.id ?? "");
  const [name, setName] = useState(() => t(`p.${preset.key}.name`));
  const [url, setUrl] = useState("");
  const dates = useDateFields();
  const [date, setDate] = useState<string | null>(null);
  const field = date ?? dates[0]?.key ?? "";
  const make = useMake(preset);
  const needsDate = preset.needs.includes("date");
  const needsUrl = preset.needs.includes("url");
  const goodUrl = /^https:\/\/[^\s/]+\.[^\s]+$/.test(url.trim());
  const ready = (!needsDate || field !== "") && (!needsUrl || goodUrl) && account !== "";
  return (
    <Stack>
      <Text fz="sm">{t(`p.${preset.key}.about`)}</Text>
      <Flow
        preset={preset}
        url={goodUrl ? url.trim() : "https://…"}
        date={field}
        channel={account}
      />
      <TextInput
        label={t("name")}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      {channels.length > 1 && (
        <Select
          label={t("common:channel")}
          allowDeselect={false}
          data={channels.map((one) => ({ value: one.id, label: one.name }))}
          value={account}
          onChange={(id) => id && setAccount(id)}
        />
      )}
      {needsUrl && (
        <TextInput
          label={t("url")}
          type="url"
          placeholder="https://"
          value={url}
          error={url !== "" && !goodUrl ? t("urlBad") : undefined}
          onChange={(event) => setUrl(event.currentTarget.value)}
        />
      )}
      {needsDate && dates.length > 0 && (
        <Select
          label={t("date")}
          allowDeselect={false}
          data={dates.map(({ key, label }) => ({ value: key, label }))}
          value={field}
          onChange={setDate}
        />
      )}
      {needsDate && dates.length === 0 && (
        <Alert color="yellow">
          {t("dateNone")}{" "}
          <Anchor
            component={Link}
            to="/attributes"
            c="var(--mantine-color-text)"
            underline="always"
          >
            {t("dateMake")}
          </Anchor>
        </Alert>
      )}
      {preset.tag && (
        <Text fz="sm" c="dimmed">
          {t("tagNote", { name: t(`tag.${preset.tag}`) })}
        </Text>
      )}
      <Group justify="flex-end">
        <Button
          disabled={!ready}
          loading={make.isPending}
          onClick={() => make.mutate({ name, account, url: url.trim(), date: field })}
        >
          {t("go")}
        </Button>
      </Group>
    </Stack>
  );
}

function useDateFields() {
  const { data } = useQuery(attributesQuery);
  return data?.items.filter((one) => one.type === "date" || one.type === "datetime") ?? [];
}

interface MakeWish {
  name: string;
  account: string;
  url: string;
  date: string;
}

/** What was made before something failed is used again when it is tried once more. */
function useMake(preset: Preset) {
  const { t } = useTranslation("preset");
  const navigate = useNavigate();
  const { tags } = useTags();
  const texts = useTexts(preset);
  const done = useRef(new Map<string, string>());
  const templates = async ({ name, url }: MakeWish): Promise<string[]> => {
    const ids: string[] = [];
    for (const [n, text] of texts(url).entries()) {
      const body = {
        name: t("templateName", { name, n: n + 1 }),
        folder: t("folder"),
        messages: [{ type: "text", text } as Bubble],
      };
      const key = JSON.stringify(body);
      const id = done.current.get(key) ?? (await createTemplate(body)).id;
      done.current.set(key, id);
      ids.push(id);
    }
    return ids;
  };
  const tagOf = async (): Promise<string> => {
    if (!preset.tag) return "";
    const name = t(`tag.${preset.tag}`);
    const known = tags.find((tag) => tag.name === name)?.id ?? done.current.get(name);
    const id = known ?? (await createTag({ name })).id;
    done.current.set(name, id);
    return id;
  };
  return useAct(
    async (wish: MakeWish) => {
      const given = {
        templates: await templates(wish),
        tag: await tagOf(),
        date: wish.date,
        note: t("staff"),
      };
      const name = wish.name.trim() || t(`p.${preset.key}.name`);
      return create(draftOf(name, wish.account, preset.graph(given)));
    },
    {
      done: t("made"),
      stale: ["journey", "template", "tag"],
      after: async ({ id }) => {
        await stale("journey");
        await navigate({ to: "/journeys/$id", params: { id } });
      },
    },
  );
}

/** The words of a preset's messages; how many there are decides which keys exist. */
function useTexts(preset: Preset): (url: string) => string[] {
  const { t } = useTranslation("preset");
  return (url) =>
    Array.from({ length: preset.messages }, (_, n) =>
      fillIn(t(`p.${preset.key}.m${n + 1}` as "p.welcome.m1"), url),
    );
}

interface FlowProps {
  preset: Preset;
  url: string;
  date: string;
  channel: string;
}

/** What happens one after the other, with each message as it would be drawn. */
function Flow({ preset, url, date, channel }: FlowProps) {
  const { t } = useTranslation(["preset", "journey", "common"]);
  const { t: words } = useTranslation(["journey", "common"]);
  const trigger = useTriggerSentence();
  const fields = useDateFields();
  const texts = useTexts(preset)(url);
  const places = texts.map((_, n) => String(n));
  const graph = preset.graph({ templates: places, tag: "", date, note: t("staff") });
  const start =
    preset.tag && graph.trigger.on === "tag"
      ? words("begins.tag", { name: t(`tag.${preset.tag}`) })
      : trigger(graph.trigger);
  const label = (key: string) => fields.find((one) => one.key === key)?.label ?? t("date");
  return (
    <Stack
      gap="xs"
      component="ol"
      style={{ listStyle: "none", margin: 0, padding: 0, maxHeight: "46vh", overflowY: "auto" }}
      tabIndex={0}
      aria-label={t("look")}
    >
      <li>
        <Text fz="sm" fw={600}>
          {t("start")}: {start}
        </Text>
      </li>
      {graph.nodes.map((node) => (
        <li key={node.id}>
          {node.do === "message" ? (
            <Phone
              messages={[
                { type: "text", text: sample(texts[Number(node.template)] ?? "") } as Bubble,
              ]}
              channel={channel}
              height="auto"
            />
          ) : (
            <Text fz="sm" c="dimmed">
              ↓{" "}
              {node.do === "wait"
                ? words("waitFor", { wait: waitText(node.until, words, label) })
                : words(`step.${node.do}`)}
            </Text>
          )}
        </li>
      ))}
    </Stack>
  );
}

/** A customer's name where it will stand. */
const sample = (text: string) => text.replaceAll("{{name}}", "〇〇");
