/** Friends from before: how many LINE counts, how many are known, and fetching them where LINE lists them. */
import { Alert, Button, Group, List, Progress, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, FriendFetch } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { dateTime, number } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import {
  channelQuery,
  fetchFriends,
  friendFetchQuery,
  lineFriendsQuery,
  stopFetch,
} from "./api.ts";

export function ExistingFriends({ channel }: { channel: Channel }) {
  const query = useQuery(friendFetchQuery(channel.id));
  const running = query.data?.state === "running";
  const wasRunning = useRef(running);
  useEffect(() => {
    if (wasRunning.current && !running) void Promise.all([stale("channel"), stale("start")]);
    wasRunning.current = running;
  }, [running]);
  return (
    <Stack>
      <Figures channel={channel} running={running} />
      <Loaded query={query} lines={2}>
        {(fetch) => <Fetch channel={channel} fetch={fetch} />}
      </Loaded>
    </Stack>
  );
}

function Figures({ channel, running }: { channel: Channel; running: boolean }) {
  const { t } = useTranslation("channel");
  const { data: line } = useQuery(lineFriendsQuery(channel.id));
  // While it runs the figure grows before one's eyes.
  const { data: own } = useQuery({
    ...channelQuery(channel.id),
    refetchInterval: running ? 3_000 : false,
  });
  const known = own?.friends ?? channel.friends;
  const all = line?.friends ?? null;
  const day = line ? `${line.day.slice(4, 6)}/${line.day.slice(6, 8)}` : "";
  return (
    <div>
      <SimpleGrid cols={2} spacing="md">
        <Figure
          label={t("fetch.line")}
          value={all === null ? t("fetch.unknown") : t("fetch.people", { n: number(all) })}
          about={all === null ? t("fetch.lineUnknown") : t("fetch.lineAbout", { day })}
        />
        <Figure label={t("fetch.known")} value={t("fetch.people", { n: number(known) })} about="" />
      </SimpleGrid>
      {all !== null && all > 0 && (
        <Progress
          mt="sm"
          size="lg"
          value={Math.min(100, (known / all) * 100)}
          aria-label={t("fetch.share")}
        />
      )}
    </div>
  );
}

function Figure({ label, value, about }: { label: string; value: string; about: string }) {
  return (
    <div>
      <Text fz="sm" c="dimmed">
        {label}
      </Text>
      <Text fz={24} fw={700} lh={1.3} style={{ fontVariantNumeric: "tabular-nums" }}>
        {value}
      </Text>
      {about && (
        <Text fz="xs" c="dimmed">
          {about}
        </Text>
      )}
    </div>
  );
}

function Fetch({ channel, fetch }: { channel: Channel; fetch: FriendFetch }) {
  const { t } = useTranslation("channel");
  const may = useMay("settings");
  const begin = useAct(() => fetchFriends(channel.id), { stale: ["channel", "start"] });
  const stop = useAct(() => stopFetch(channel.id), { stale: ["channel", "start"] });
  const running = fetch.state === "running";
  return (
    <Stack gap="sm">
      <Outcome fetch={fetch} />
      {fetch.state === "not_allowed" && <Grows channel={channel} />}
      {may && (
        <Group>
          {running ? (
            <Button variant="default" loading={stop.isPending} onClick={() => stop.mutate()}>
              {t("fetch.stop")}
            </Button>
          ) : (
            <Button
              variant={fetch.state === "none" ? "filled" : "default"}
              loading={begin.isPending}
              onClick={() => begin.mutate()}
            >
              {t(fetch.state === "none" ? "fetch.begin" : "fetch.again")}
            </Button>
          )}
        </Group>
      )}
    </Stack>
  );
}

const TONES = {
  running: "blue",
  done: "pine",
  stopped: "yellow",
  not_allowed: "blue",
  failed: "red",
} as const;

function Outcome({ fetch: { state, fetched, ended_at } }: { fetch: FriendFetch }) {
  const { t } = useTranslation("channel");
  const zone = useZone();
  if (state === "none") return null;
  const said = t(`fetch.${state}`, { n: number(fetched) });
  const when = state === "done" && ended_at !== null ? dateTime(ended_at, zone) : "";
  return (
    <Alert color={TONES[state]} role="status">
      {said}
      {when && ` ${t("fetch.doneWhen", { when })}`}
    </Alert>
  );
}

/** Where LINE lists nobody, people become known one by one. */
function Grows({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  if (channel.mode === "send_only") return <Text fz="sm">{t("fetch.growSendOnly")}</Text>;
  return (
    <div>
      <Text fz="sm">{t("fetch.grows")}</Text>
      <List fz="sm" spacing={2} mt={4}>
        <List.Item>{t("fetch.grow1")}</List.Item>
        <List.Item>{t("fetch.grow2")}</List.Item>
        <List.Item>{t("fetch.grow3")}</List.Item>
      </List>
    </div>
  );
}
