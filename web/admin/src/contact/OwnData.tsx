/** この友だちのデータ: handed out, joined with another, split again, erased. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowsJoin, IconArrowsSplit, IconDownload, IconTrash } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { When } from "../ui/When.tsx";
import { dataAddress, erase, freshContacts, split } from "./api.ts";
import { useNameOf } from "./Face.tsx";
import { MergeForm } from "./Merge.tsx";
import { Part } from "./profile.tsx";

export function OwnDataCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const mayExport = useMay("export");
  const mayJoin = useMay("define");
  const mayErase = useMay("settings");
  const [merging, merge] = useDisclosure(false);
  const [erasing, erasure] = useDisclosure(false);
  if (!mayExport && !mayJoin && !mayErase) return null;
  return (
    <Part title={t("own.title")}>
      <Stack gap="xs" align="flex-start">
        {mayExport && (
          <Button
            component="a"
            href={dataAddress(contact.id)}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
          >
            {t("own.data")}
          </Button>
        )}
        {mayJoin && contact.kind === "person" && (
          <Button variant="default" leftSection={<IconArrowsJoin size={16} />} onClick={merge.open}>
            {t("own.merge")}
          </Button>
        )}
        {mayJoin && <Splits contact={contact} />}
        {mayErase && (
          <Button
            variant="subtle"
            color="red"
            leftSection={<IconTrash size={16} />}
            onClick={erasure.open}
          >
            {t("own.erase")}
          </Button>
        )}
      </Stack>
      <Modal opened={merging} onClose={merge.close} title={t("own.merge")} size="lg">
        <MergeForm contact={contact} done={merge.close} />
      </Modal>
      <Modal opened={erasing} onClose={erasure.close} title={t("own.eraseTitle")}>
        <EraseForm contact={contact} close={erasure.close} />
      </Modal>
    </Part>
  );
}

/** Those that were joined and can be split again. */
function Splits({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const confirm = useConfirm();
  const navigate = useNavigate();
  const part = useAct((merge_id: string) => split(contact.id, merge_id), {
    done: t("own.splitDone"),
    stale: ["contact", "conversation"],
    after: ({ contact_id }) => navigate({ to: "/contacts/$id", params: { id: contact_id } }),
  });
  const ask = async (id: string) => {
    const yes = await confirm({
      title: t("own.splitTitle"),
      body: t("own.splitAbout"),
      action: t("own.split"),
    });
    if (yes) part.mutate(id);
  };
  return contact.merged
    .filter(({ direct }) => direct)
    .map((one) => (
      <Group key={one.id} gap="xs" fz="sm">
        <Text fz="sm" c="dimmed">
          {t("own.merged")} <When at={one.at} form="day" />
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          leftSection={<IconArrowsSplit size={14} />}
          loading={part.isPending}
          onClick={() => void ask(one.id)}
        >
          {t("own.split")}
        </Button>
      </Group>
    ));
}

function EraseForm({ contact, close }: { contact: Contact; close: () => void }) {
  const { t } = useTranslation(["contact", "common"]);
  const navigate = useNavigate();
  const nameOf = useNameOf();
  const [typed, setTyped] = useState("");
  const word = contact.display_name?.trim() || "削除";
  const run = useAct(() => erase(contact.id, typed.trim()), {
    done: t("own.erased"),
    after: async () => {
      close();
      await navigate({ to: "/contacts" });
      await Promise.all([stale("contact"), stale("tag"), freshContacts()]);
    },
  });
  return (
    <Stack>
      <Text>{t("own.eraseAbout", { name: nameOf(contact) })}</Text>
      <Text fz="sm" c="dimmed">
        {t("own.eraseMore")}
      </Text>
      <TextInput
        label={t("own.eraseType", { word })}
        placeholder={word}
        value={typed}
        onChange={(event) => setTyped(event.currentTarget.value)}
        autoComplete="off"
      />
      <Group justify="space-between">
        <Button variant="default" onClick={close} data-autofocus>
          {t("common:cancel")}
        </Button>
        <Button
          color="red"
          disabled={typed.trim() !== word}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >
          {t("own.eraseGo")}
        </Button>
      </Group>
    </Stack>
  );
}
