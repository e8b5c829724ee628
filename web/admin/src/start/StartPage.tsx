/** はじめに: one account's way from connecting to the first greeting, step by step, with what is left in sight. */
import {
  Accordion,
  Badge,
  Button,
  Card,
  Group,
  Progress,
  Select,
  Stack,
  Text,
  ThemeIcon,
} from "@mantine/core";
import { IconAlertTriangle, IconBrandLine, IconCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Channel, ChannelStart } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { ExistingFriends } from "../channel/ExistingFriends.tsx";
import { LineSide } from "../channel/LineSide.tsx";
import { ProviderCheck } from "../channel/ProviderCheck.tsx";
import { Reception } from "../channel/ReceptionCard.tsx";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import {
  leftOf,
  putAway,
  STEPS,
  type StepName,
  type StepState,
  startQuery,
  stateOf,
} from "./api.ts";
import { Greeting } from "./Greeting.tsx";

const route = getRouteApi("/shell/start");

export default function StartPage() {
  const { t } = useTranslation("start");
  const { channels, channel } = useAccounts();
  const query = useQuery(startQuery);
  const { account } = route.useSearch();
  const may = useMay("settings");
  const navigate = route.useNavigate();
  if (channels.length === 0) {
    const connect = may && (
      <Button component={Link} to="/channels/new" size="md">
        {t("connect")}
      </Button>
    );
    return (
      <Page title={t("title")} about={t("about")} width="read">
        <Card>
          <Empty icon={IconBrandLine} title={t("none")} action={connect} />
        </Card>
      </Page>
    );
  }
  const shown = channels.find(({ id }) => id === account) ?? channel ?? channels[0];
  return (
    <Page title={t("title")} about={t("about")} width="read">
      {channels.length > 1 && (
        <Select
          label={t("account")}
          mb="md"
          maw={360}
          allowDeselect={false}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={shown?.id ?? null}
          onChange={(id) => void navigate({ search: id ? { account: id } : {}, replace: true })}
        />
      )}
      <Loaded query={query}>
        {({ channels: starts, put_away }) => {
          const start = starts.find((one) => one.channel_id === shown?.id);
          if (!shown || !start) return null;
          return <Steps key={shown.id} channel={shown} start={start} away={put_away} />;
        }}
      </Loaded>
    </Page>
  );
}

function Steps(props: { channel: Channel; start: ChannelStart; away: boolean }) {
  const { channel, start, away } = props;
  const { t } = useTranslation("start");
  const navigate = route.useNavigate();
  const { step, account } = route.useSearch();
  const left = leftOf(start);
  const counted = STEPS.filter((name) => stateOf(name, start) !== "optional");
  const opened = step ?? left[0] ?? null;
  return (
    <Stack>
      <Card>
        <Group justify="space-between" mb="xs">
          <Text fw={600}>
            {left.length === 0
              ? t("allDone")
              : t("progress", { done: counted.length - left.length, all: counted.length })}
          </Text>
          <AccountName id={channel.id} always="always" />
        </Group>
        <Progress
          value={((counted.length - left.length) / counted.length) * 100}
          aria-label={t("title")}
        />
        <Shelf away={away} finished={left.length === 0} />
      </Card>
      <Accordion
        variant="separated"
        styles={{
          item: {
            background: "var(--mantine-color-body)",
            border: "1px solid var(--mantine-color-default-border)",
          },
        }}
        value={opened}
        onChange={(value) =>
          void navigate({
            search: { ...(account ? { account } : {}), step: value ?? "none" },
            replace: true,
          })
        }
      >
        {STEPS.map((name, at) => (
          <Accordion.Item key={name} value={name}>
            <Accordion.Control icon={<Sign state={stateOf(name, start)} at={at + 1} />}>
              <Group justify="space-between" pr="sm" gap="xs">
                <Text fw={600}>{t(`step.${name}`)}</Text>
                <StateBadge state={stateOf(name, start)} />
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {opened === name && <Step name={name} channel={channel} />}
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </Stack>
  );
}

const TONES = { done: "pine", todo: "gray", optional: "gray", problem: "red" } as const;

function Sign({ state, at }: { state: StepState; at: number }) {
  return (
    <ThemeIcon
      radius="xl"
      size={30}
      color={TONES[state]}
      variant={state === "done" || state === "problem" ? "filled" : "light"}
      aria-hidden
    >
      {state === "done" && <IconCheck size={18} />}
      {state === "problem" && <IconAlertTriangle size={18} />}
      {(state === "todo" || state === "optional") && (
        <Text fz="sm" fw={700} c="var(--mantine-color-text)">
          {at}
        </Text>
      )}
    </ThemeIcon>
  );
}

function StateBadge({ state }: { state: StepState }) {
  const { t } = useTranslation("start");
  return (
    <Badge color={state === "todo" ? "orange" : TONES[state]} variant="light">
      {t(state)}
    </Badge>
  );
}

function Step({ name, channel }: { name: StepName; channel: Channel }) {
  const { t } = useTranslation("start");
  const { t: words } = useTranslation("channel");
  switch (name) {
    case "connect":
      return <Text fz="sm">{t("connected", { name: channel.name })}</Text>;
    case "reception":
      return <Reception channel={channel} />;
    case "line":
      return (
        <Stack>
          <Text fz="sm">{words("line.about")}</Text>
          <LineSide channel={channel} />
        </Stack>
      );
    case "friends":
      return (
        <Stack>
          <Text fz="sm">{words("fetch.about")}</Text>
          <ExistingFriends channel={channel} />
        </Stack>
      );
    case "greeting":
      return <Greeting channel={channel} />;
    case "provider":
      return (
        <Stack>
          <Text fz="sm">{words("login.about")}</Text>
          <ProviderCheck channel={channel} />
        </Stack>
      );
  }
}

/** The list may be put away at any time, and taken out again here. */
function Shelf({ away, finished }: { away: boolean; finished: boolean }) {
  const { t } = useTranslation("start");
  const may = useMay("settings");
  const act = useAct(putAway, { stale: ["start"] });
  if (!may) return null;
  return (
    <Group justify="space-between" mt="sm" gap="xs">
      <Text fz="sm" c="dimmed">
        {away ? t("away") : finished ? t("allDoneAbout") : ""}
      </Text>
      <Button variant="subtle" size="xs" loading={act.isPending} onClick={() => act.mutate(!away)}>
        {t(away ? "takeOut" : "putAway")}
      </Button>
    </Group>
  );
}
