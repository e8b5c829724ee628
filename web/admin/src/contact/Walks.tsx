/** The シナリオ this person is in or was in: what comes next, when, and the way in and out. */
import { Badge, Button, Card, Group, Select, Stack, Text } from "@mantine/core";
import { IconPlayerStop, IconRoute } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { journeysQuery } from "../journey/api.ts";
import { useMay } from "../session/api.ts";
import { templateQuery } from "../template/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { Empty } from "../ui/Empty.tsx";
import { When } from "../ui/When.tsx";
import { startBulk } from "./api.ts";

export function Walks({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const maySend = useMay("send_broadcast");
  // Those under way first, then the newest.
  const walks = [...contact.enrollments].sort(
    (a, b) =>
      Number(b.state === "active") - Number(a.state === "active") || b.entered_at - a.entered_at,
  );
  return (
    <Stack gap="xs">
      {maySend && contact.kind === "person" && <Begin contact={contact} />}
      {walks.length === 0 && <Empty icon={IconRoute} title={t("noWalks")} />}
      {walks.map((walk) => (
        <Walk key={walk.id} contact={contact} walk={walk} />
      ))}
    </Stack>
  );
}

type Step = Contact["enrollments"][number];

function Walk({ contact, walk }: { contact: Contact; walk: Step }) {
  const { t } = useTranslation(["contact", "common"]);
  const may = useMay("edit_contacts");
  return (
    <Card padding="sm" radius="md">
      <Group justify="space-between" gap="xs">
        <Text component={Link} to={`/journeys/${walk.journey_id}`} fz="sm" fw={600}>
          {walk.journey_name ?? t("common:nobody")}
        </Text>
        <Group gap="xs">
          <Badge
            color={walk.state === "active" ? "blue" : walk.state === "failed" ? "red" : "gray"}
          >
            {t(`common:walk.${walk.state}`)}
          </Badge>
          {may && walk.state === "active" && <Leave contact={contact} walk={walk} />}
        </Group>
      </Group>
      {walk.state === "active" && <Next walk={walk} />}
      <Text fz="sm" c="dimmed" component="div">
        {t("walkSince")} <When at={walk.entered_at} />
      </Text>
    </Card>
  );
}

/** 次に届くもの. */
function Next({ walk }: { walk: Step }) {
  const { t } = useTranslation(["contact", "common"]);
  const id = walk.next_template_id;
  const { data } = useQuery({ ...templateQuery(id ?? ""), enabled: id !== null });
  const what = walk.next === "message" ? t("next.message", { name: data?.name ?? "…" }) : undefined;
  const words = what ?? t(`next.${(walk.next ?? "wait") as "actions" | "wait" | "branch" | "end"}`);
  return (
    <Text fz="sm" component="div">
      {walk.due_at === null ? (
        t("next.event")
      ) : (
        <>
          {t("walkNext")} <When at={walk.due_at} form="short" />
        </>
      )}{" "}
      {words}
    </Text>
  );
}

/** One person is a list of one: the same way as for many, through an event. */
function useDeed(contact: Contact, deed: "journey_start" | "journey_stop", done: string) {
  const intent = useIntent(`walk.${contact.id}`);
  return useAct(
    (journey: string) => {
      const wish = {
        deed: { deed, journey },
        whom: { whom: "contacts" as const, ids: [contact.id] },
      };
      return startBulk(wish, intent.keyFor(wish));
    },
    { done, stale: ["contact"], after: () => intent.done() },
  );
}

function Leave({ contact, walk }: { contact: Contact; walk: Step }) {
  const { t } = useTranslation("contact");
  const confirm = useConfirm();
  const stop = useDeed(contact, "journey_stop", t("walkStopped"));
  const ask = async () => {
    const yes = await confirm({
      title: t("walkStopTitle", { name: walk.journey_name ?? "" }),
      body: t("walkStopAbout"),
      action: t("walkStop"),
      danger: true,
    });
    if (yes) stop.mutate(walk.journey_id);
  };
  return (
    <Button
      size="compact-sm"
      variant="default"
      leftSection={<IconPlayerStop size={14} />}
      loading={stop.isPending}
      onClick={() => void ask()}
    >
      {t("walkStop")}
    </Button>
  );
}

function Begin({ contact }: { contact: Contact }) {
  const { t } = useTranslation(["contact", "common"]);
  const { data } = useQuery(journeysQuery);
  const [journey, setJourney] = useState<string | null>(null);
  const start = useDeed(contact, "journey_start", t("walkStarted"));
  const confirm = useConfirm();
  const able = (data?.items ?? []).filter(({ state }) => state === "published");
  if (able.length === 0) return null;
  const ask = async () => {
    const wanted = able.find(({ id }) => id === journey);
    if (!wanted) return;
    const yes = await confirm({
      title: t("walkBeginTitle", { name: wanted.name }),
      body: t("walkBeginAbout"),
      action: t("walkBeginGo"),
    });
    if (yes) start.mutate(wanted.id, { onSuccess: () => setJourney(null) });
  };
  return (
    <Group gap="xs" align="flex-end">
      <Select
        flex="1 1 200px"
        label={t("walkBegin")}
        placeholder={t("common:choose")}
        data={able.map(({ id, name }) => ({ value: id, label: name }))}
        value={journey}
        onChange={setJourney}
      />
      <Button
        variant="default"
        disabled={!journey}
        loading={start.isPending}
        onClick={() => void ask()}
      >
        {t("walkBeginGo")}
      </Button>
    </Group>
  );
}
