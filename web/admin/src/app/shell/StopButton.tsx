/** 非常停止: within reach on every page. Opens a question, so that no stray tap stops a shop. */
import { Alert, Box, Button, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../../api/types.ts";
import * as channelApi from "../../channel/api.ts";
import { useMay } from "../../session/api.ts";
import { sayDone, useAct } from "../../ui/act.ts";
import { useAccounts } from "../choice.ts";

const ALL = "all";

export function StopButton() {
  const { t } = useTranslation("shell");
  const may = useMay("stop_channel");
  const { channels } = useAccounts();
  const [opened, dialog] = useDisclosure(false);
  const running = channels.filter((channel) => channel.stopped_at === null);
  if (!may || running.length === 0) return null;
  return (
    <>
      <Button
        variant="outline"
        color="red.8"
        c="light-dark(var(--mantine-color-red-8), var(--mantine-color-red-4))"
        px={{ base: 10, sm: "md" }}
        styles={{
          root: { color: "light-dark(var(--mantine-color-red-8), var(--mantine-color-red-3))" },
        }}
        leftSection={<IconHandStop size={17} />}
        onClick={dialog.open}
      >
        <Box visibleFrom="xs">{t("stop.button")}</Box>
        <Box hiddenFrom="xs" aria-label={t("stop.button")}>
          {t("stop.short")}
        </Box>
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("stop.title")}>
        <StopForm close={dialog.close} />
      </Modal>
    </>
  );
}

function StopForm({ close }: { close: () => void }) {
  const { t } = useTranslation(["shell", "common"]);
  const { channels } = useAccounts();
  const running = channels.filter((one) => one.stopped_at === null);
  // Whichever account the pages are about: in an emergency nothing is left running by oversight.
  const [which, setWhich] = useState(ALL);
  const named = (accounts: Channel[]) =>
    accounts.map(({ name }) => t("stop.named", { name })).join("");
  const stop = useAct(
    async (id: string) => {
      if (id === ALL) await channelApi.stopAll();
      else await channelApi.stop(id);
      const on = running.filter((one) => id !== ALL && one.id !== id);
      const stopped = running.filter((one) => !on.includes(one));
      return on.length === 0
        ? t("stop.done")
        : t("stop.doneSome", { stopped: named(stopped), running: named(on) });
    },
    {
      stale: ["channel", "me", "broadcast"],
      after: (said) => {
        sayDone(said);
        close();
      },
    },
  );
  return (
    <Stack>
      <Text>{t("stop.about")}</Text>
      {running.length > 1 && (
        <Radio.Group label={t("stop.which")} value={which} onChange={setWhich}>
          <Stack gap="xs" mt="xs">
            <Radio value={ALL} label={t("stop.all")} />
            {running.map((one) => (
              <Radio key={one.id} value={one.id} label={one.name} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      {running.length === 1 && (
        <Alert color="gray" py="xs">
          {running[0]?.name}
        </Alert>
      )}
      <Group justify="space-between" mt="xs">
        <Button variant="default" onClick={close}>
          {t("common:cancel")}
        </Button>
        <Button color="red.8" loading={stop.isPending} onClick={() => stop.mutate(which)}>
          {t("stop.now")}
        </Button>
      </Group>
    </Stack>
  );
}
