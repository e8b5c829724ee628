/** How far a thing for many is; stopped and taken back from here. */
import { Button, Card, Group, Progress, Stack, Text } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { IconArrowBackUp, IconPlayerStop } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import type { Bulk } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { bulksQuery, freshContacts, stopBulk, undoBulk } from "./api.ts";
import { useDeedSentence } from "./useDeed.ts";

/** Those under way, and the newest that nobody has put away. */
export function BulkNews() {
  const [seen, setSeen] = useLocalStorage<string>({
    key: "enishi.bulk.seen",
    defaultValue: "",
    getInitialValueInEffect: false,
  });
  const { data } = useQuery({
    ...bulksQuery,
    refetchInterval: (query) => (open(query.state.data) ? 1_000 : false),
  });
  const bulks = data?.items ?? [];
  useWhenOver(data?.items, freshContacts);
  const shown = bulks.filter((one, index) => under(one) || (index === 0 && one.id > seen));
  return (
    <Stack gap="xs" mb={shown.length > 0 ? "sm" : 0} aria-live="polite">
      {shown.map((one) => (
        <BulkCard key={one.id} bulk={one} putAway={() => setSeen(one.id)} />
      ))}
    </Stack>
  );
}

/** One that is over before anybody saw it run has changed the friends as well. */
export function useWhenOver(bulks: Pick<Bulk, "id" | "state">[] | undefined, then: () => unknown) {
  const over = bulks
    ?.filter((one) => !under(one))
    .map(({ id, state }) => `${id}:${state}`)
    .join(" ");
  const known = useRef(over);
  useEffect(() => {
    const before = known.current?.split(" ");
    if (before && over?.split(" ").some((one) => !before.includes(one))) void then();
    known.current = over ?? known.current;
  }, [over, then]);
}

const under = ({ state }: Pick<Bulk, "state">) => state === "running" || state === "undoing";
const open = (data: { items: Bulk[] } | undefined) => data?.items.some(under) ?? false;

export function BulkCard({ bulk, putAway }: { bulk: Bulk; putAway?: () => void }) {
  const { t } = useTranslation(["contact", "common"]);
  const may = useMay("edit_contacts");
  const sentence = useDeedSentence();
  const confirm = useConfirm();
  const stop = useAct(() => stopBulk(bulk.id), { stale: ["bulk"] });
  const undo = useAct(() => undoBulk(bulk.id), { stale: ["bulk"] });
  const askUndo = async () => {
    const yes = await confirm({
      title: t("bulk.undoTitle"),
      body: t("bulk.undoAbout", { n: number(bulk.changed) }),
      action: t("undo"),
    });
    if (yes) undo.mutate();
  };
  const done = bulk.state === "undoing" ? bulk.undone : bulk.seen;
  const whole = bulk.state === "undoing" ? bulk.changed : bulk.total;
  const returnable =
    bulk.returns && bulk.changed > 0 && ["done", "stopped", "failed"].includes(bulk.state);
  return (
    <Card padding="sm" radius="md">
      <Group justify="space-between" gap="sm">
        <Stack gap={4} flex="1 1 240px">
          <Text fz="sm" fw={600}>
            {sentence(bulk.deed)}
          </Text>
          <Text fz="sm" c="dimmed">
            {t(`bulk.state.${bulk.state}`, {
              changed: number(bulk.changed),
              seen: number(bulk.seen),
              total: number(bulk.total),
              undone: number(bulk.undone),
            })}
          </Text>
          {under(bulk) && (
            <Progress
              aria-label={t("bulk.progress")}
              value={whole > 0 ? (100 * done) / whole : 0}
              animated
            />
          )}
        </Stack>
        <Group gap="xs">
          {may && bulk.state === "running" && (
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={16} />}
              loading={stop.isPending}
              onClick={() => stop.mutate()}
            >
              {t("bulk.stop")}
            </Button>
          )}
          {may && returnable && (
            <Button
              variant="default"
              leftSection={<IconArrowBackUp size={16} />}
              loading={undo.isPending}
              onClick={() => void askUndo()}
            >
              {t("undo")}
            </Button>
          )}
          {putAway && !under(bulk) && (
            <Button variant="subtle" color="gray" onClick={putAway}>
              {t("common:close")}
            </Button>
          )}
        </Group>
      </Group>
    </Card>
  );
}
