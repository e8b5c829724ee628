/** What the shop itself knows of a friend; every part saves by itself. */
import {
  ActionIcon,
  Badge,
  Button,
  Card,
  Group,
  Select,
  Stack,
  Text,
  Textarea,
  TextInput,
  Title,
} from "@mantine/core";
import { IconPencil, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { Attribute, Contact, ContactEdit } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { Meanwhile } from "../ui/Meanwhile.tsx";
import { sentenceOf } from "../ui/problem.ts";
import { edit } from "./api.ts";
import { attributesQuery, useTags } from "./definitions.ts";
import { memoOf, useMemoDraft } from "./memo.ts";
import { TagSelect } from "./pickers.tsx";
import { showValue } from "./value.ts";

export function useEdit(contact: Contact, done?: string) {
  return useAct((body: ContactEdit) => edit(contact.id, body), {
    stale: ["contact"],
    ...(done ? { done } : {}),
  });
}

interface PartProps {
  title: string;
  id?: string;
  children: ReactNode;
}

export function Part({ title, id, children }: PartProps) {
  return (
    <Card id={id}>
      <Title order={2} fz="sm" mb="xs">
        {title}
      </Title>
      {children}
    </Card>
  );
}

export function TagsCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const may = useMay("edit_contacts");
  const { byId } = useTags();
  const change = useEdit(contact);
  const tags = contact.tags.flatMap((id) => byId(id) ?? []);
  return (
    <Part title={t("tags")}>
      <Group gap={6} mb={may ? "sm" : 0}>
        {tags.length === 0 && (
          <Text fz="sm" c="dimmed">
            {t("noTags")}
          </Text>
        )}
        {tags.map((tag) => (
          <Badge
            key={tag.id}
            color="gray"
            size="lg"
            fw={500}
            rightSection={
              may && (
                <ActionIcon
                  size="xs"
                  aria-label={t("removeTagNamed", { tag: tag.name })}
                  onClick={() => change.mutate({ remove_tags: [tag.id] })}
                >
                  <IconX size={12} />
                </ActionIcon>
              )
            }
          >
            {tag.name}
          </Badge>
        ))}
      </Group>
      {may && (
        <TagSelect
          key={contact.tags.length}
          aria-label={t("addTag")}
          placeholder={t("addTag")}
          value={null}
          onChange={(tag) => tag && change.mutate({ add_tags: [tag] })}
          disabled={change.isPending}
        />
      )}
    </Part>
  );
}

/** Where the fields stand on the page. */
export const ATTRIBUTES = "attributes";

export function AttributesCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const { data } = useQuery(attributesQuery);
  const attributes = data?.items ?? [];
  if (attributes.length === 0) return null;
  return (
    <Part title={t("attributes")} id={ATTRIBUTES}>
      <Stack gap={2}>
        {attributes.map((attribute) => (
          <AttributeLine key={attribute.id} contact={contact} attribute={attribute} />
        ))}
      </Stack>
    </Part>
  );
}

function AttributeLine({ contact, attribute }: { contact: Contact; attribute: Attribute }) {
  const { t } = useTranslation(["contact", "common"]);
  const may = useMay("edit_contacts");
  const [editing, setEditing] = useState(false);
  const held = contact.attributes.find((one) => one.attribute_id === attribute.id);
  if (editing) {
    return (
      <AttributeForm
        contact={contact}
        attribute={attribute}
        value={held?.value ?? ""}
        done={() => setEditing(false)}
      />
    );
  }
  return (
    <Group gap="xs" wrap="nowrap" mih={34}>
      <Text fz="sm" c="dimmed" w={110} flex="none">
        {attribute.label}
      </Text>
      <Text fz="sm" flex={1} style={{ overflowWrap: "anywhere" }}>
        {held ? showValue(attribute.type, held.value, t("common:yes"), t("common:no")) : "–"}
      </Text>
      {may && (
        <ActionIcon
          size="md"
          aria-label={t("editNamed", { name: attribute.label })}
          onClick={() => setEditing(true)}
        >
          <IconPencil size={16} />
        </ActionIcon>
      )}
    </Group>
  );
}

interface AttributeFormProps {
  contact: Contact;
  attribute: Attribute;
  value: string;
  done: () => void;
}

const INPUT_TYPES = {
  text: "text",
  number: "text",
  date: "date",
  datetime: "datetime-local",
} as const;

function AttributeForm({ contact, attribute, value, done }: AttributeFormProps) {
  const { t } = useTranslation(["contact", "common"]);
  const { t: common } = useTranslation("common");
  const [given, setGiven] = useState(value);
  const [refused, setRefused] = useState("");
  const save = useAct(
    () => edit(contact.id, { attributes: { [attribute.key]: given.trim() || null } }),
    {
      stale: ["contact"],
      after: done,
      otherwise: (problem) => {
        setRefused(problem.fields[0]?.message ?? sentenceOf(asProblem(problem), common));
        return true;
      },
    },
  );
  const options = {
    choice: attribute.options.map((option) => ({ value: option, label: option })),
    yesno: [
      { value: "1", label: t("common:yes") },
      { value: "0", label: t("common:no") },
    ],
  };
  const kind = attribute.type;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack gap="xs" py="xs">
        {kind === "choice" || kind === "yesno" ? (
          <Select
            label={attribute.label}
            data={options[kind]}
            value={given || null}
            clearable
            error={refused}
            onChange={(next) => setGiven(next ?? "")}
          />
        ) : (
          <TextInput
            label={attribute.label}
            type={INPUT_TYPES[kind]}
            inputMode={kind === "number" ? "decimal" : undefined}
            value={given}
            error={refused}
            onChange={(event) => setGiven(event.currentTarget.value)}
            autoFocus
          />
        )}
        <Group justify="space-between">
          <Button size="xs" variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button size="xs" type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

export function MemoCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation(["contact", "common"]);
  const may = useMay("edit_contacts");
  const { draft, write, accept, open, newer } = useMemoDraft(contact);
  const { text } = draft.value;
  const save = useAct((memo: string) => edit(contact.id, { memo }), {
    stale: ["contact"],
    done: t("common:saved"),
    after: (_, memo) => accept(memo),
  });
  return (
    <Part title={t("memo")}>
      <Meanwhile
        name={`memo.${contact.id}`}
        newer={newer && !save.isPending ? { value: newer } : undefined}
        draft={draft}
        keepMine={() => save.mutate(text)}
      />
      {open && !newer && (
        <DraftFound draft={draft} drop={() => draft.forget(memoOf(contact.memo))} />
      )}
      <Textarea
        aria-label={t("memo")}
        placeholder={t("memoHint")}
        autosize
        minRows={3}
        readOnly={!may}
        value={text}
        onChange={(event) => write(event.currentTarget.value)}
      />
      {open && !newer && (
        <Group justify="flex-end" mt="xs">
          <Button size="xs" loading={save.isPending} onClick={() => save.mutate(text)}>
            {t("common:save")}
          </Button>
        </Group>
      )}
    </Part>
  );
}
