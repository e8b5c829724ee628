/** Two contacts side by side, before they become one. Staff decide; nothing is joined by itself. */
import { Button, Group, SimpleGrid, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { When } from "../ui/When.tsx";
import { contactQuery, merge } from "./api.ts";
import { useTags } from "./definitions.ts";
import { Face, useNameOf } from "./Face.tsx";
import { FriendSelect } from "./pickers.tsx";
import { TagChips } from "./TagChips.tsx";

export function MergeForm({ contact, done }: { contact: Contact; done: () => void }) {
  const { t } = useTranslation("contact");
  const [other, setOther] = useState<string | null>(null);
  const chosen = other === contact.id ? null : other;
  const { data } = useQuery({ ...contactQuery(chosen ?? ""), enabled: chosen !== null });
  const join = useAct((id: string) => merge(contact.id, id), {
    done: t("own.mergeDone"),
    stale: ["contact", "conversation", "tag"],
    after: done,
  });
  return (
    <Stack>
      <Text fz="sm">{t("own.mergeAbout")}</Text>
      <FriendSelect label={t("own.mergeWith")} value={other} onChange={setOther} />
      {data && (
        <>
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            <Person head={t("own.stays")} person={contact} />
            <Person head={t("own.goes")} person={data} />
          </SimpleGrid>
          <Text fz="sm" c="dimmed">
            {t("own.mergeRules")}
          </Text>
          <Group justify="flex-end">
            <Button loading={join.isPending} onClick={() => join.mutate(data.id)}>
              {t("own.mergeGo")}
            </Button>
          </Group>
        </>
      )}
    </Stack>
  );
}

function Person({ head, person }: { head: string; person: Contact }) {
  const { t } = useTranslation("contact");
  const nameOf = useNameOf();
  const { byId } = useTags();
  return (
    <Stack
      gap="xs"
      p="sm"
      style={{
        border: "1px solid var(--mantine-color-default-border)",
        borderRadius: "var(--mantine-radius-md)",
      }}
    >
      <Text fz="xs" c="dimmed">
        {head}
      </Text>
      <Group gap="sm" wrap="nowrap">
        <Face person={person} />
        <Text fw={600}>{nameOf(person)}</Text>
      </Group>
      {person.friendships.map((one) => (
        <Group key={one.channel_id} gap={6} fz="sm">
          LINE <AccountName id={one.channel_id} />
        </Group>
      ))}
      {person.identities
        .filter(({ kind }) => kind === "shop")
        .map(({ value }) => (
          <Text key={value} fz="sm">
            {t("shopId")} {value}
          </Text>
        ))}
      <TagChips ids={person.tags} byId={byId} most={8} />
      {person.attributes.map((one) => (
        <Text key={one.attribute_id} fz="sm">
          {one.label}: {one.value}
        </Text>
      ))}
      {person.memo && (
        <Text fz="sm" lineClamp={3}>
          {person.memo}
        </Text>
      )}
      <Text fz="xs" c="dimmed">
        {t("known")} <When at={person.created_at} form="day" />
      </Text>
    </Stack>
  );
}
