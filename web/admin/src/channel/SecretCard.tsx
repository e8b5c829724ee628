/** A new channel secret: the old one stays good until it is dropped. */
import { Alert, Button, Card, Group, PasswordInput, Stack, Text, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { dropOldSecret, rotateSecret } from "./api.ts";

export function SecretCard({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channel", "common"]);
  const [open, setOpen] = useState(false);
  const form = useForm({ initialValues: { secret: "" } });
  const rotate = useAct((values: typeof form.values) => rotateSecret(channel.id, values), {
    form,
    done: t("secretChanged"),
    stale: ["channel"],
    after: () => {
      form.reset();
      setOpen(false);
    },
  });
  const drop = useAct(() => dropOldSecret(channel.id), {
    done: t("oldDropped"),
    stale: ["channel"],
  });
  return (
    <Card>
      <Group justify="space-between">
        <Title order={2} fz="md">
          {t("secret")}
        </Title>
        {!open && (
          <Button variant="default" onClick={() => setOpen(true)}>
            {t("secretChange")}
          </Button>
        )}
      </Group>
      {channel.has_old_secret && (
        <Alert color="yellow" mt="sm">
          <Group justify="space-between">
            <Text fz="sm">{t("oldSecret")}</Text>
            <Button
              size="xs"
              variant="default"
              loading={drop.isPending}
              onClick={() => drop.mutate()}
            >
              {t("dropOld")}
            </Button>
          </Group>
        </Alert>
      )}
      {open && (
        <form onSubmit={form.onSubmit((values) => rotate.mutate(values))}>
          <Stack mt="sm">
            <PasswordInput
              label={t("newSecret")}
              description={t("newSecretHint")}
              autoComplete="off"
              required
              {...form.getInputProps("secret")}
            />
            <Group justify="space-between">
              <Button variant="default" onClick={() => setOpen(false)}>
                {t("common:cancel")}
              </Button>
              <Button type="submit" loading={rotate.isPending}>
                {t("common:save")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Card>
  );
}
