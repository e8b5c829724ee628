/** アクション: what happens then. The same picker for auto replies, scenarios and whatever comes later. */
import { ActionIcon, Button, Card, Group, Menu, Select, Stack, TextInput } from "@mantine/core";
import { IconPlus, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { Action, FieldError } from "../api/types.ts";
import { attributesQuery } from "../contact/definitions.ts";
import { TagSelect } from "../contact/pickers.tsx";
import { journeysQuery } from "../journey/api.ts";
import { MenuSelect } from "../menu/MenuSelect.tsx";
import { TemplateSelect } from "../template/TemplateSelect.tsx";
import { ACTIONS, newAction } from "./model.ts";

interface ActionPickerProps {
  actions: Action[];
  /** The account they run on; null: every one. */
  account: string | null;
  /** Where the server finds them: `actions`, `nodes[2].actions`. */
  path: string;
  problems: FieldError[];
  onChange: (actions: Action[]) => void;
}

export function ActionPicker({ actions, account, path, problems, onChange }: ActionPickerProps) {
  const { t } = useTranslation("rule");
  return (
    <Stack gap="xs">
      {actions.map((action, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
        <Card key={n} padding="sm" radius="md">
          <Group wrap="nowrap" align="flex-start" gap="xs">
            <div style={{ flex: 1, minWidth: 0 }}>
              <Fields
                action={action}
                account={account}
                error={problems.find((one) => one.path.startsWith(`${path}[${n}]`))?.message}
                onChange={(next) => onChange(actions.with(n, next))}
              />
            </div>
            <ActionIcon
              aria-label={t("removeAction", { n: n + 1 })}
              onClick={() => onChange(actions.toSpliced(n, 1))}
            >
              <IconX size={16} />
            </ActionIcon>
          </Group>
        </Card>
      ))}
      <Menu position="bottom-start" withinPortal>
        <Menu.Target>
          <Button
            variant="default"
            size="xs"
            leftSection={<IconPlus size={15} />}
            style={{ alignSelf: "flex-start" }}
          >
            {t("addAction")}
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {ACTIONS.map((kind) => (
            <Menu.Item key={kind} onClick={() => onChange([...actions, newAction(kind)])}>
              {t(`action.${kind}`)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </Stack>
  );
}

interface FieldsProps {
  action: Action;
  account: string | null;
  error: string | undefined;
  onChange: (action: Action) => void;
}

function Fields({ action, account, error, onChange }: FieldsProps) {
  const { t } = useTranslation(["rule", "common"]);
  const { data: journeys } = useQuery(journeysQuery);
  const label = t(`action.${action.action}`);
  switch (action.action) {
    case "message":
      return (
        <TemplateSelect
          label={label}
          error={error}
          value={action.template || null}
          onChange={(template) => onChange({ ...action, template: template ?? "" })}
        />
      );
    case "tag_add":
    case "tag_remove":
      return (
        <TagSelect
          label={label}
          error={error}
          value={action.tag || null}
          onChange={(tag) => onChange({ ...action, tag: tag ?? "" })}
        />
      );
    case "attribute":
      return <AttributeFields action={action} error={error} onChange={onChange} />;
    case "journey_start":
    case "journey_stop":
      return (
        <Select
          label={label}
          error={error}
          placeholder={t("common:choose")}
          data={journeys?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
          value={action.journey || null}
          onChange={(journey) => onChange({ ...action, journey: journey ?? "" })}
        />
      );
    case "mark":
      return (
        <Line
          label={label}
          error={error}
          value={action.mark}
          onChange={(mark) => onChange({ ...action, mark })}
        />
      );
    case "notify":
      return (
        <Line
          label={label}
          error={error}
          value={action.text}
          onChange={(text) => onChange({ ...action, text })}
        />
      );
    case "webhook":
      return (
        <Line
          label={label}
          error={error}
          value={action.url}
          placeholder="https://"
          onChange={(url) => onChange({ ...action, url })}
        />
      );
    case "rich_menu":
      return (
        <MenuSelect
          label={label}
          error={error}
          account={account}
          value={action.rich_menu_id}
          onChange={(id) => onChange({ ...action, rich_menu_id: id })}
        />
      );
  }
}

interface LineProps {
  label: string;
  error: string | undefined;
  value: string;
  placeholder?: string;
  onChange: (value: string) => void;
}

function Line({ onChange, ...rest }: LineProps) {
  return <TextInput {...rest} onChange={(event) => onChange(event.currentTarget.value)} />;
}

function AttributeFields({
  action,
  error,
  onChange,
}: Omit<FieldsProps, "account"> & { action: Extract<Action, { action: "attribute" }> }) {
  const { t } = useTranslation(["rule", "common"]);
  const { data } = useQuery(attributesQuery);
  return (
    <Group grow align="flex-start" preventGrowOverflow={false}>
      <Select
        label={t("action.attribute")}
        placeholder={t("common:choose")}
        error={error}
        flex="1 1 180px"
        data={data?.items.map(({ key, label }) => ({ value: key, label })) ?? []}
        value={action.key || null}
        onChange={(key) => onChange({ ...action, key: key ?? "" })}
      />
      <TextInput
        label={t("attributeValue")}
        description={t("attributeEmpty")}
        flex="1 1 180px"
        value={action.value ?? ""}
        onChange={(event) => onChange({ ...action, value: event.currentTarget.value || null })}
      />
    </Group>
  );
}
