/** The list as a file: which columns, and how it is written. */
import { Button, Checkbox, Group, Modal, Radio, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconFileDownload } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMay } from "../session/api.ts";
import { type ContactFilter, exportAddress } from "./api.ts";
import { attributesQuery } from "./definitions.ts";

const OWN = [
  "line_user_id",
  "display_name",
  "state",
  "friend_since",
  "source",
  "tags",
  "mark",
  "wrote_at",
  "memo",
  "consent",
  "analysis",
  "created_at",
] as const;
const FIRST = ["line_user_id", "display_name", "state", "friend_since", "tags"];

export function ExportButton({ filter, people }: { filter: ContactFilter; people: string }) {
  const { t } = useTranslation("contact");
  const [opened, dialog] = useDisclosure(false);
  if (!useMay("export")) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconFileDownload size={17} />} onClick={dialog.open}>
        {t("export.open")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("export.title")}>
        <ExportForm filter={filter} people={people} done={dialog.close} />
      </Modal>
    </>
  );
}

interface FormProps {
  filter: ContactFilter;
  people: string;
  done: () => void;
}

function ExportForm({ filter, people, done }: FormProps) {
  const { t } = useTranslation("contact");
  const { data } = useQuery(attributesQuery);
  const [columns, setColumns] = useState<string[]>(FIRST);
  const [encoding, setEncoding] = useState("utf8");
  const fields = (data?.items ?? []).map(({ key, label }) => ({ value: `attr.${key}`, label }));
  const all = [
    ...OWN.map((value) => ({ value: value as string, label: t(`export.${value}`) })),
    ...fields,
  ];
  const ordered = all.map(({ value }) => value).filter((value) => columns.includes(value));
  return (
    <Stack>
      <Text fz="sm">{t("export.about", { people })}</Text>
      <Checkbox.Group label={t("export.columns")} value={columns} onChange={setColumns}>
        <Group mt="xs" gap="sm">
          {all.map(({ value, label }) => (
            <Checkbox key={value} value={value} label={label} w={{ base: "100%", xs: 200 }} />
          ))}
        </Group>
      </Checkbox.Group>
      <Radio.Group label={t("export.encoding")} value={encoding} onChange={setEncoding}>
        <Stack mt="xs" gap="xs">
          <Radio value="utf8" label={t("export.utf8")} />
          <Radio value="shift_jis" label={t("export.shift_jis")} />
        </Stack>
      </Radio.Group>
      <Text fz="xs" c="dimmed">
        {t("export.care")}
      </Text>
      <Group justify="flex-end">
        <Button
          component="a"
          href={exportAddress(filter, ordered, encoding)}
          download
          leftSection={<IconFileDownload size={17} />}
          onClick={done}
          {...(ordered.length === 0 ? { "data-disabled": true } : {})}
        >
          {t("export.go")}
        </Button>
      </Group>
    </Stack>
  );
}
