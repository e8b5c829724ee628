/** A test to oneself: whom, from which account; it counts as messages. */
import { Alert, Button, Group, Modal, Select, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Template } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { FriendsSelect } from "../contact/pickers.tsx";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useDraft, useIntent } from "../ui/draft.ts";
import { sendTest } from "./api.ts";

export function TestSend({ template, unsaved }: { template: Template; unsaved: boolean }) {
  const { t } = useTranslation("template");
  const may = useMay("send_broadcast");
  const intent = useIntent(`test.${template.id}`);
  // A closed form is a wish given up.
  const [opened, dialog] = useDisclosure(false, { onClose: intent.done });
  if (!may) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconSend size={16} />} onClick={dialog.open}>
        {t("test.button")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("test.button")}>
        <TestForm template={template} unsaved={unsaved} done={dialog.close} />
      </Modal>
    </>
  );
}

function TestForm(props: { template: Template; unsaved: boolean; done: () => void }) {
  const { t } = useTranslation(["template", "common"]);
  const { channels, channel } = useAccounts();
  const [from, setFrom] = useState(channel?.id ?? channels[0]?.id ?? "");
  // Mostly the same colleagues.
  const to = useDraft<string[]>("test.to", []);
  const intent = useIntent(`test.${props.template.id}`);
  const send = useAct(
    () => {
      const body = { channel_id: from, contact_ids: to.value };
      return sendTest(
        props.template.id,
        intent.keyFor({ ...body, number: props.template.number }),
        body,
      );
    },
    {
      done: t("test.done"),
      after: props.done,
    },
  );
  const n = to.value.length;
  return (
    <Stack>
      {props.unsaved && <Alert color="yellow">{t("test.unsaved")}</Alert>}
      {channels.length > 1 && (
        <Select
          label={t("common:channel")}
          allowDeselect={false}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={from}
          onChange={(id) => id && setFrom(id)}
        />
      )}
      <FriendsSelect
        label={t("test.to")}
        description={t("test.toHint")}
        channel={from}
        value={to.value}
        onChange={to.set}
      />
      <Group justify="space-between">
        <Text fz="sm" c="dimmed">
          {n > 0 && t("test.cost", { n })}
        </Text>
        <Button disabled={n === 0 || !from} loading={send.isPending} onClick={() => send.mutate()}>
          {t("test.send", { n })}
        </Button>
      </Group>
    </Stack>
  );
}
