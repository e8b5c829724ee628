/** One text of a bubble: its limit counted, its problem shown, variables put in by a button. */
import { ActionIcon, Group, Menu, Text, Textarea, TextInput } from "@mantine/core";
import { IconUserPlus } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ChangeEvent, useRef } from "react";
import { useTranslation } from "react-i18next";
import { attributesQuery } from "../contact/definitions.ts";
import { Count } from "../ui/Count.tsx";
import { EmojiMenu } from "./EmojiMenu.tsx";
import { count, LIMITS, type Limit } from "./limits.ts";
import type { Figure } from "./lineEmoji.ts";
import { useProblem } from "./problems.tsx";

/** A line that nobody fills by chance is counted when it is half full. */
const ROOMY = 1_000;

interface FieldProps {
  label: string;
  path: string;
  value: unknown;
  limit: Limit;
  /** With the place of the caret, where it is known. */
  onChange: (value: string, caret?: number) => void;
  /** Several lines. */
  rows?: number;
  placeholder?: string;
  /** Addresses and data take no names. */
  variables?: "none";
  description?: string;
  /** LINE's own emoji, where a text takes them. */
  figures?: { insert: (figure: Figure, from: number, to: number) => void; full: boolean };
}

export function Field(props: FieldProps) {
  const { label, path, limit, onChange, rows, variables, placeholder, description, figures } =
    props;
  const problem = useProblem(path);
  const value = typeof props.value === "string" ? props.value : "";
  const area = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const { most, how } = LIMITS[limit];
  const used = count(value, how);
  const selected = () => {
    const from = area.current?.selectionStart ?? value.length;
    return { from, to: area.current?.selectionEnd ?? from };
  };
  // The caret belongs behind what was put in, once React has written it.
  const stand = (caret: number) =>
    requestAnimationFrame(() => {
      area.current?.focus();
      area.current?.setSelectionRange(caret, caret);
    });
  const insert = (variable: string) => {
    const { from, to } = selected();
    onChange(value.slice(0, from) + variable + value.slice(to), from + variable.length);
    stand(from + variable.length);
  };
  const figure = (one: Figure) => {
    const { from, to } = selected();
    figures?.insert(one, from, to);
    stand(from + 1);
  };
  const common = {
    "aria-label": label,
    value,
    placeholder,
    description,
    error: problem,
    ref: area,
    onChange: ({ currentTarget: at }: ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      onChange(at.value, at.selectionStart ?? at.value.length),
  };
  return (
    <div>
      <Group justify="space-between" mb={4} gap="xs">
        <Text fz="sm" fw={500} aria-hidden>
          {label}
        </Text>
        <Group gap={6}>
          {(rows || most < ROOMY || used > most / 2) && <Count used={used} most={most} />}
          {rows && (
            <EmojiMenu insert={insert} line={figures && { insert: figure, full: figures.full }} />
          )}
          {variables !== "none" && <VariableMenu insert={insert} />}
        </Group>
      </Group>
      {rows ? (
        <Textarea {...common} autosize minRows={rows} maxRows={18} />
      ) : (
        <TextInput {...common} />
      )}
    </div>
  );
}

/** What can be put in, by names a shop clerk knows. */
function VariableMenu({ insert }: { insert: (variable: string) => void }) {
  const { t } = useTranslation("template");
  const { data } = useQuery(attributesQuery);
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <ActionIcon size="sm" aria-label={t("insert")} title={t("insert")}>
          <IconUserPlus size={16} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown mah={320} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("insert")}</Menu.Label>
        <Menu.Item onClick={() => insert(`{{name|${t("customer")}}}`)}>
          {t("variable.name")}
        </Menu.Item>
        {data?.items.map((attribute) => (
          <Menu.Item key={attribute.id} onClick={() => insert(`{{${attribute.key}}}`)}>
            {attribute.label}
          </Menu.Item>
        ))}
        <Menu.Item onClick={() => insert("{{today}}")}>{t("variable.today")}</Menu.Item>
        <Menu.Item onClick={() => insert("{{today+3d}}")}>{t("variable.later")}</Menu.Item>
        <Menu.Item onClick={() => insert("{{channel.name}}")}>{t("variable.channel")}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}
