/** The same tag for everybody who was chosen; with a way back. */
import { Button, Card, Group, Modal, Progress, Stack, Text } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { IconTagMinus, IconTagPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { stale } from "../app/query.ts";
import { number } from "../i18n/time.ts";
import { useAct } from "../ui/act.ts";
import { editMany } from "./api.ts";
import { useTags } from "./definitions.ts";
import { TagSelect } from "./pickers.tsx";

type Way = "add_tags" | "remove_tags";
interface Change {
  ids: string[];
  way: Way;
  tag: string;
}

export function BulkTags({ ids, done }: { ids: string[]; done: () => void }) {
  const { t } = useTranslation("contact");
  const [way, setWay] = useState<Way>();
  return (
    <Card py="xs" mb="sm" style={{ position: "sticky", top: 60, zIndex: 10 }} shadow="sm">
      <Group justify="space-between" gap="xs">
        <Text fz="sm" fw={600} role="status">
          {t("chosen", { n: number(ids.length) })}
        </Text>
        <Group gap="xs">
          <Button
            variant="light"
            leftSection={<IconTagPlus size={16} />}
            onClick={() => setWay("add_tags")}
          >
            {t("addTag")}
          </Button>
          <Button
            variant="default"
            leftSection={<IconTagMinus size={16} />}
            onClick={() => setWay("remove_tags")}
          >
            {t("removeTag")}
          </Button>
          <Button variant="subtle" color="gray" onClick={done}>
            {t("unchoose")}
          </Button>
        </Group>
      </Group>
      <Modal
        opened={way !== undefined}
        onClose={() => setWay(undefined)}
        title={t(way === "remove_tags" ? "removeTag" : "addTag")}
      >
        {way && <BulkForm ids={ids} way={way} done={done} />}
      </Modal>
    </Card>
  );
}

function BulkForm({ ids, way, done }: { ids: string[]; way: Way; done: () => void }) {
  const { t } = useTranslation("contact");
  const [tag, setTag] = useState<string | null>(null);
  const [progress, setProgress] = useState(0);
  const undo = useUndo();
  const apply = useAct(
    (change: Change) => editMany(change.ids, { [change.way]: [change.tag] }, setProgress),
    {
      stale: ["contact", "tag"],
      after: (_, change) => {
        undo(change);
        done();
      },
    },
  );
  return (
    <Stack>
      <TagSelect label={t("tag")} value={tag} onChange={setTag} data-autofocus />
      <Text fz="sm" c="dimmed">
        {t("bulkAbout", { n: number(ids.length) })}
      </Text>
      {apply.isPending && <Progress value={(100 * progress) / ids.length} animated />}
      <Group justify="flex-end">
        <Button
          disabled={!tag}
          loading={apply.isPending}
          onClick={() => tag && apply.mutate({ ids, way, tag })}
        >
          {t(way === "remove_tags" ? "removeFrom" : "addTo", { n: number(ids.length) })}
        </Button>
      </Group>
    </Stack>
  );
}

/** Says what was done and offers to take it back. */
function useUndo(): (change: Change) => void {
  const { t } = useTranslation("contact");
  const { byId } = useTags();
  const back = useAct(
    (change: Change) => {
      const way = change.way === "add_tags" ? "remove_tags" : "add_tags";
      return editMany(change.ids, { [way]: [change.tag] }, () => undefined);
    },
    { done: t("undone"), stale: ["contact", "tag"] },
  );
  return (change) => {
    const notice = notifications.show({
      autoClose: 12_000,
      message: (
        <Group justify="space-between" wrap="nowrap">
          <Text fz="sm">
            {t(change.way === "add_tags" ? "tagAdded" : "tagRemoved", {
              tag: byId(change.tag)?.name ?? "",
              n: number(change.ids.length),
            })}
          </Text>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => {
              notifications.hide(notice);
              back.mutate(change);
              void stale("contact");
            }}
          >
            {t("undo")}
          </Button>
        </Group>
      ),
    });
  };
}
