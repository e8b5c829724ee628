/** After a broadcast: an apology to exactly those who have it, a second try for those who have it not. Both are drafts. */
import { Alert, Anchor, Button, Group, Stack, Text } from "@mantine/core";
import { IconCopy, IconMailHeart, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type {
  Audience,
  Broadcast,
  BroadcastResult,
  BroadcastWithCounts,
  Lane,
} from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useIntent } from "../ui/draft.ts";
import { Part } from "../ui/Part.tsx";
import { resultQuery } from "./api.ts";
import { copyOf, draftAfter } from "./followUp.ts";
import { Reasons } from "./Reasons.tsx";

/** Opens the draft that was made. */
function useFollowUp(
  name: string,
  make: (keyFor: (body: unknown) => string) => Promise<Broadcast>,
) {
  const navigate = useNavigate();
  const intent = useIntent(name);
  return useAct(() => make(intent.keyFor), {
    stale: ["broadcast", "template"],
    after: ({ id }) => {
      intent.done();
      return navigate({ to: "/broadcasts/new", search: { draft: id } });
    },
  });
}

export function CopyButton({ broadcast }: { broadcast: Broadcast }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const copy = useFollowUp(`copy.${broadcast.id}`, (keyFor) =>
    copyOf(broadcast, t("copyName", { name: broadcast.name }), t("folder"), keyFor),
  );
  return (
    <Button
      variant="subtle"
      leftSection={<IconCopy size={17} />}
      loading={copy.isPending}
      onClick={() => copy.mutate()}
    >
      {t("copy")}
    </Button>
  );
}

export function Afterwards({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation("broadcast");
  const may = useMay("send_broadcast");
  const { byId } = useAccounts();
  const { data } = useQuery(resultQuery(broadcast.id));
  const over = broadcast.state === "done" || broadcast.state === "cancelled";
  const stopped = byId(broadcast.channel_id)?.stopped_at != null;
  const still = over || broadcast.state === "paused" || stopped;
  const known = broadcast.method === "ledger" && broadcast.started_at !== null;
  if (!may || !known || !still || !data) return null;
  const reached = broadcast.counts.accepted;
  if (reached === 0 && data.missed === 0) return null;
  return (
    <Part fz="sm" title={t("after.title")} about={t("after.about")} gap="sm">
      {reached > 0 && <Sorry broadcast={broadcast} over={over} />}
      {over && data.missed > 0 && <Again broadcast={broadcast} result={data} />}
    </Part>
  );
}

function Sorry({ broadcast, over }: { broadcast: BroadcastWithCounts; over: boolean }) {
  const { t } = useTranslation("broadcast");
  const audience: Audience = { to: "reached", broadcast: broadcast.id };
  // Not held back by the day's cap, which the wrong message has just used up.
  const lane: Lane = "transactional";
  const sorry = useFollowUp(`sorry.${broadcast.id}`, (keyFor) =>
    draftAfter(
      broadcast,
      {
        audience,
        lane,
        name: t("after.sorryName", { name: broadcast.name }),
        text: t("after.sorryText"),
        folder: t("folder"),
      },
      keyFor,
    ),
  );
  return (
    <div>
      <Button
        variant="light"
        leftSection={<IconMailHeart size={18} />}
        loading={sorry.isPending}
        onClick={() => sorry.mutate()}
        h="auto"
        py={9}
        styles={{ label: { whiteSpace: "normal", textAlign: "start" } }}
      >
        {t("after.sorry", { n: number(broadcast.counts.accepted) })}
      </Button>
      {!over && (
        <Text fz="xs" c="dimmed" mt={4}>
          {t("after.sorryStill")}
        </Text>
      )}
    </div>
  );
}

function Again({ broadcast, result }: { broadcast: BroadcastWithCounts; result: BroadcastResult }) {
  const { t } = useTranslation("broadcast");
  const audience: Audience = { to: "missed", broadcast: broadcast.id };
  const again = useFollowUp(`again.${broadcast.id}`, (keyFor) =>
    draftAfter(
      broadcast,
      {
        audience,
        lane: broadcast.lane,
        name: t("after.againName", { name: broadcast.name }),
        folder: t("folder"),
      },
      keyFor,
    ),
  );
  const { unknown } = broadcast.counts;
  if (result.second_try) {
    return (
      <Text fz="sm">
        {t("after.resent")}{" "}
        <Anchor component={Link} to={`/broadcasts/${result.second_try}`}>
          {t("after.openResent")}
        </Anchor>
      </Text>
    );
  }
  const left = Object.keys(result.left_out).length > 0;
  return (
    <Stack gap="xs">
      <Group>
        <Button
          variant="default"
          leftSection={<IconRefresh size={18} />}
          loading={again.isPending}
          onClick={() => again.mutate()}
        >
          {t("after.again", { n: number(result.missed) })}
        </Button>
      </Group>
      {(left || unknown > 0) && (
        <Alert color="gray" title={t("after.leftOut")}>
          <Reasons reasons={result.left_out} />
          {unknown > 0 && <Text fz="sm">{t("after.unknown", { n: number(unknown) })}</Text>}
        </Alert>
      )}
    </Stack>
  );
}
