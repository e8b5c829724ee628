import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { useTranslation } from "react-i18next";
import { FriendsSelect } from "../contact/pickers.tsx";
import { useAct } from "../ui/act.ts";
import { useDraft, useIntent } from "../ui/draft.ts";
import { sendTest } from "./api.ts";

interface TestSendProps {
  id: string;
  channel: string;
  /** What is shown: changed words are another test. */
  seen: string;
}

export function TestSend(props: TestSendProps) {
  const { t } = useTranslation("template");
  const intent = useIntent(intentOf(props));
  // A closed form is a wish given up.
  const [opened, dialog] = useDisclosure(false, { onClose: intent.done });
  return (
    <>
      <Button variant="default" size="md" onClick={dialog.open}>
        {t("test.button")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("test.button")}>
        <TestForm {...props} done={dialog.close} />
      </Modal>
    </>
  );
}

const intentOf = ({ id }: Pick<TestSendProps, "id">) => `test.${id}`;

function TestForm({ id, channel, seen, done }: TestSendProps & { done: () => void }) {
  const { t } = useTranslation("template");
  // The last testers of this account: friends of one are strangers to another.
  const to = useDraft<string[]>(`test.to.${channel}`, []);
  const intent = useIntent(intentOf({ id }));
  const send = useAct(() => sendTest(id, intent.keyFor([id, seen, to.value]), to.value), {
    done: t("test.done"),
    after: done,
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
