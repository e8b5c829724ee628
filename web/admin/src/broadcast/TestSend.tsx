import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { FriendsSelect } from "../contact/pickers.tsx";
import { useAct } from "../ui/act.ts";
import { useDraft, useIntent } from "../ui/draft.ts";
import { sendTest } from "./api.ts";

export function TestSend({ id, channel }: { id: string; channel: string }) {
  const { t } = useTranslation("template");
  const [opened, dialog] = useDisclosure(false);
  return (
    <>
      <Button variant="default" size="md" onClick={dialog.open}>
        {t("test.button")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("test.button")}>
        <TestForm id={id} channel={channel} done={dialog.close} />
      </Modal>
    </>
  );
}

function TestForm({ id, channel, done }: { id: string; channel: string; done: () => void }) {
  const { t } = useTranslation("template");
  // The last testers of this account: friends of one are strangers to another.
  const to = useDraft<string[]>(`test.to.${channel}`, []);
  const intent = useIntent(`test.${id}`);
  const send = useAct(() => sendTest(id, intent.keyFor([id, to.value]), to.value), {
    done: t("test.done"),
    after: () => {
      intent.done();
      done();
    },
  });
  const n = to.value.length;
  return (
    <Stack>
      <FriendsSelect
        label={t("test.to")}
        description={t("test.toHint")}
        channel={channel}
        value={to.value}
        onChange={to.set}
      />
      <Group justify="flex-end">
        <Button disabled={n === 0} loading={send.isPending} onClick={() => send.mutate()}>
          {t("test.send", { n })}
        </Button>
      </Group>
    </Stack>
  );
}
