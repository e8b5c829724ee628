/** Whom to tell besides the bell. */
import { Alert, Badge, Button, Card, Group, Modal, Stack, Text, Title } from "@mantine/core";
import { IconPencil, IconPlus, IconSend, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NoticeTarget } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { usersQuery } from "../settings/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";
import { deleteTarget, targetsQuery, testTarget } from "./api.ts";
import { TargetForm } from "./TargetForm.tsx";

export function TargetsCard() {
  const { t } = useTranslation("notice");
  const query = useQuery({
    ...targetsQuery,
    // How a test went comes within moments.
    refetchInterval: ({ state }) =>
      state.data?.items.some((one) => one.test?.state === "queued") ? 1_500 : false,
  });
  const [edited, setEdited] = useState<NoticeTarget | "new" | null>(null);
  const close = () => setEdited(null);
  return (
    <Card>
      <Group justify="space-between" align="flex-start" mb="sm">
        <div style={{ flex: "1 1 240px" }}>
          <Title order={2} fz="md">
            {t("targets.title")}
          </Title>
          <Text fz="sm" c="dimmed">
            {t("targets.about")}
          </Text>
        </div>
        <Button leftSection={<IconPlus size={17} />} onClick={() => setEdited("new")}>
          {t("targets.add")}
        </Button>
      </Group>
      <Loaded query={query} lines={2}>
        {({ items, mail_ready }) => (
          <Stack gap="sm">
            {items.length === 0 && (
              <Text fz="sm" c="dimmed">
                {t("targets.none")}
              </Text>
            )}
            {items.map((target) => (
              <Line key={target.id} target={target} edit={() => setEdited(target)} />
            ))}
            {!mail_ready && items.some((one) => one.road === "mail") && (
              <Alert color="orange">{t("targets.mailNot")}</Alert>
            )}
            <Modal
              opened={edited !== null}
              onClose={close}
              title={t(edited === "new" ? "targets.add" : "targets.edit")}
            >
              {edited && (
                <TargetForm
                  target={edited === "new" ? null : edited}
                  mailReady={mail_ready}
                  done={close}
                />
              )}
            </Modal>
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function Line({ target, edit }: { target: NoticeTarget; edit: () => void }) {
  const { t } = useTranslation(["notice", "common"]);
  const { byId } = useAccounts();
  const users = useQuery(usersQuery);
  const confirm = useConfirm();
  const { id, name, road, shown, causes, paused_at, test, channel_id, user_id } = target;
  const owner = users.data?.items.find((user) => user.id === user_id);
  const intent = useIntent(`notice.${id}`);
  const send = useAct(() => testTarget(id, intent.keyFor(id)), {
    done: t("targets.testing"),
    stale: ["notice"],
    after: intent.done,
  });
  const remove = useAct(() => deleteTarget(id), { done: t("common:deleted"), stale: ["notice"] });
  const askTest = async () => {
    const yes = await confirm({
      title: t("targets.testTitle"),
      body: t(road === "line" ? "targets.testLine" : "targets.testOther", { name }),
      action: t("targets.testNow"),
    });
    if (yes) send.mutate();
  };
  const askDelete = async () => {
    const yes = await confirm({
      title: t("targets.deleteTitle"),
      body: t("targets.deleteAbout", { name }),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  return (
    <Group justify="space-between" gap="xs" wrap="nowrap" align="flex-start">
      <div style={{ minWidth: 0, flex: 1 }}>
        <Group gap={6}>
          <Badge color="gray">{t(`road.${road}`)}</Badge>
          <Text fz="sm" fw={600}>
            {name}
          </Text>
          {paused_at !== null && <Badge color="yellow">{t("targets.pausedBadge")}</Badge>}
        </Group>
        <Text fz="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
          {[
            owner && t("person", { name: owner.name || owner.email }),
            road === "line" ? byId(channel_id)?.name : shown,
            causes.length === 0
              ? t("targets.everything")
              : causes.map((cause) => t(`cause.${cause}`)).join("、"),
          ]
            .filter(Boolean)
            .join(" / ")}
        </Text>
        {test && (
          <Text fz="xs" c={test.state === "failed" ? "var(--mantine-color-error)" : "dimmed"}>
            {t("targets.lastTest")}: {t(`told.${test.state}`)} <When at={test.at} form="short" />
            {test.error && ` – ${test.error}`}
          </Text>
        )}
      </div>
      <Button
        size="xs"
        variant="default"
        leftSection={<IconSend size={15} />}
        loading={send.isPending}
        onClick={() => void askTest()}
      >
        {t("targets.test")}
      </Button>
      <RowMenu
        name={name}
        items={[{ label: t("common:edit"), icon: <IconPencil size={16} />, run: edit }]}
        danger={{
          label: t("common:delete"),
          icon: <IconTrash size={16} />,
          run: () => void askDelete(),
        }}
      />
    </Group>
  );
}
