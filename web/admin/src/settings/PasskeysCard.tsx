/** パスキー: which there are, a new one, their names, and away with one. */
import { Alert, Badge, Button, Card, Group, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconFingerprint, IconPencil, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Passkey, Passkeys } from "../api/types.ts";
import { passkeysQuery, removePasskey, renamePasskey } from "../session/api.ts";
import { BothForm, useBoth } from "../session/BothForm.tsx";
import { HeldModal } from "../session/HeldModal.tsx";
import { PasskeySetup } from "../session/PasskeySetup.tsx";
import { type Both, passkeysHere } from "../session/passkey.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";

type Doing = { what: "add" } | { what: "rename" | "remove"; passkey: Passkey };

export function PasskeysCard() {
  const { t } = useTranslation("settings");
  const query = useQuery(passkeysQuery);
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  return (
    <Card>
      <Title order={2} fz="md" mb="xs">
        {t("passkeys.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {t("passkeys.about")}
      </Text>
      <Loaded query={query} lines={2}>
        {(passkeys) => (
          <Stack gap="md">
            {passkeys.items.map((passkey) => (
              <Line key={passkey.id} passkey={passkey} act={setDoing} />
            ))}
            <Add passkeys={passkeys} add={() => setDoing({ what: "add" })} />
          </Stack>
        )}
      </Loaded>
      <HeldModal
        opened={doing !== undefined}
        onClose={close}
        title={t(`passkeys.${doing?.what ?? "add"}`)}
      >
        {doing?.what === "add" && <PasskeySetup done={close} cancel={close} />}
        {doing?.what === "rename" && <Rename passkey={doing.passkey} done={close} />}
        {doing?.what === "remove" && <Remove passkey={doing.passkey} done={close} />}
      </HeldModal>
    </Card>
  );
}

function Add({ passkeys, add }: { passkeys: Passkeys; add: () => void }) {
  const { t } = useTranslation("settings");
  if (passkeys.blocked)
    return <Alert color="gray">{t(`passkeys.blocked.${passkeys.blocked}`)}</Alert>;
  if (passkeys.origin !== location.origin) {
    return <Alert color="orange">{t("passkeys.elsewhereNow", { origin: passkeys.origin })}</Alert>;
  }
  if (!passkeysHere()) return <Alert color="orange">{t("passkeys.oldBrowser")}</Alert>;
  return (
    <Group>
      <Button
        variant={passkeys.items.length === 0 ? "filled" : "default"}
        leftSection={<IconPlus size={17} />}
        onClick={add}
      >
        {t("passkeys.add")}
      </Button>
    </Group>
  );
}

function Line({ passkey, act }: { passkey: Passkey; act: (doing: Doing) => void }) {
  const { t } = useTranslation("settings");
  const { name, created_at, used_at, elsewhere } = passkey;
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <IconFingerprint size={24} aria-hidden style={{ flex: "none" }} />
        <div style={{ minWidth: 0 }}>
          <Group gap={6}>
            <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
              {name}
            </Text>
            {elsewhere && <Badge color="orange">{t("passkeys.elsewhere")}</Badge>}
          </Group>
          <Text fz="xs" c="dimmed">
            {t("passkeys.used")} {used_at === null ? t("passkeys.never") : <When at={used_at} />}
            {" / "}
            {t("passkeys.since")} <When at={created_at} />
          </Text>
        </div>
      </Group>
      <RowMenu
        name={name}
        items={[
          {
            label: t("passkeys.rename"),
            icon: <IconPencil size={16} />,
            run: () => act({ what: "rename", passkey }),
          },
        ]}
        danger={{
          label: t("passkeys.removeNow"),
          icon: <IconTrash size={16} />,
          run: () => act({ what: "remove", passkey }),
        }}
      />
    </Group>
  );
}

interface DoingProps {
  passkey: Passkey;
  done: () => void;
}

function Rename({ passkey, done }: DoingProps) {
  const { t } = useTranslation(["session", "common"]);
  const form = useForm({ initialValues: { name: passkey.name } });
  const rename = useAct((name: string) => renamePasskey(passkey.id, name), {
    form,
    done: t("common:saved"),
    stale: ["session"],
    after: done,
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => rename.mutate(name))}>
      <Stack>
        <TextInput
          label={t("passkey.name")}
          required
          maxLength={60}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Group justify="space-between">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={rename.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Remove({ passkey, done }: DoingProps) {
  const { t } = useTranslation("settings");
  const form = useBoth();
  const remove = useAct((both: Both) => removePasskey(passkey.id, both), {
    form,
    done: t("passkeys.removed"),
    stale: ["me", "session", "user"],
    after: done,
  });
  return (
    <BothForm
      about={t("passkeys.removeAbout", { name: passkey.name })}
      action={t("passkeys.removeNow")}
      color="red"
      form={form}
      pending={remove.isPending}
      submit={(both) => remove.mutate(both)}
      cancel={done}
    />
  );
}
