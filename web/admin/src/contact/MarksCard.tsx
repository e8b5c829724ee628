/** 対応マーク of each talk. */
import { Group, Select, Stack } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { setMark } from "../conversation/api.ts";
import { useMarks } from "../conversation/marks.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { Part } from "./profile.tsx";

export function MarksCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  if (contact.conversations.length === 0) return null;
  return (
    <Part title={t("mark")}>
      <Stack gap="xs">
        {contact.conversations.map((talk) => (
          <MarkLine key={talk.channel_id} id={contact.id} talk={talk} />
        ))}
      </Stack>
    </Part>
  );
}

function MarkLine({ id, talk }: { id: string; talk: Contact["conversations"][number] }) {
  const { t } = useTranslation("contact");
  const may = useMay("talk");
  const { channels } = useAccounts();
  const names = useMarks(talk.mark);
  const path = { channel_id: talk.channel_id, contact_id: id };
  const change = useAct((mark: string) => setMark(path, mark), {
    stale: ["contact", "conversation"],
  });
  return (
    <Group gap="sm" wrap="nowrap">
      {channels.length > 1 && <AccountName id={talk.channel_id} />}
      <Select
        flex={1}
        aria-label={t("mark")}
        placeholder={t("markNone")}
        clearable
        disabled={!may || change.isPending}
        data={names}
        value={talk.mark || null}
        onChange={(mark) => change.mutate(mark ?? "")}
      />
    </Group>
  );
}
