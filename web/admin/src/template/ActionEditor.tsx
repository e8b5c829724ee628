/** What a button does when it is tapped. */
import { ActionIcon, Button, Card, Group, Select, Stack } from "@mantine/core";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { Field } from "./Field.tsx";
import type { Limit } from "./limits.ts";

export interface LineAction {
  type: string;
  label?: string;
  text?: string;
  uri?: string;
  data?: string;
  displayText?: string;
}

const TYPES = ["uri", "message", "postback"] as const;

interface ActionEditorProps {
  action: LineAction;
  path: string;
  title: string;
  /** Words on pictures are shorter. */
  labelLimit?: Limit;
  onChange: (action: LineAction) => void;
  onRemove?: (() => void) | undefined;
}

export function ActionEditor(props: ActionEditorProps) {
  const { action, path, title, labelLimit = "label", onChange, onRemove } = props;
  const { t } = useTranslation("template");
  const set = (more: Partial<LineAction>) => onChange({ ...action, ...more });
  const change = (type: string | null) => {
    const label = action.label ?? "";
    if (type === "message") onChange({ type, label, text: label });
    if (type === "postback") onChange({ type, label, data: "", displayText: label });
    if (type === "uri") onChange({ type, label, uri: "" });
  };
  const known = TYPES.some((type) => type === action.type);
  return (
    <Card padding="sm" radius="md" bg="var(--mantine-color-default-hover)">
      <Stack gap="sm">
        <Group justify="space-between" align="flex-end" wrap="nowrap">
          <Select
            label={title}
            size="xs"
            flex={1}
            allowDeselect={false}
            data={[
              ...TYPES.map((type) => ({ value: type, label: t(`action.${type}`) })),
              ...(known ? [] : [{ value: action.type, label: action.type }]),
            ]}
            value={action.type}
            onChange={change}
          />
          {onRemove && (
            <ActionIcon aria-label={t("removeNamed", { name: title })} onClick={onRemove}>
              <IconTrash size={17} />
            </ActionIcon>
          )}
        </Group>
        <Field
          label={t("action.label")}
          path={`${path}.label`}
          value={action.label}
          limit={labelLimit}
          onChange={(label) => set({ label })}
        />
        {action.type === "uri" && (
          <Field
            label={t("action.uriField")}
            path={`${path}.uri`}
            value={action.uri}
            limit="uri"
            placeholder="https://"
            onChange={(uri) => set({ uri })}
          />
        )}
        {action.type === "message" && (
          <Field
            label={t("action.textField")}
            path={`${path}.text`}
            value={action.text}
            limit="actionText"
            onChange={(text) => set({ text })}
          />
        )}
        {action.type === "postback" && (
          <>
            <Field
              label={t("action.dataField")}
              description={t("action.dataHint")}
              path={`${path}.data`}
              value={action.data}
              limit="data"
              variables="none"
              onChange={(data) => set({ data })}
            />
            <Field
              label={t("action.displayField")}
              path={`${path}.displayText`}
              value={action.displayText}
              limit="actionText"
              onChange={(displayText) => set({ displayText })}
            />
          </>
        )}
      </Stack>
    </Card>
  );
}

interface ActionsEditorProps {
  actions: LineAction[];
  path: string;
  least: number;
  most: number;
  onChange: (actions: LineAction[]) => void;
  add: (actions: LineAction[]) => void;
}

/** The buttons of a panel. */
export function ActionsEditor({ actions, path, least, most, onChange, add }: ActionsEditorProps) {
  const { t } = useTranslation("template");
  return (
    <Stack gap="xs">
      {actions.map((action, n) => (
        <ActionEditor
          // biome-ignore lint/suspicious/noArrayIndexKey: buttons have no identity but their place
          key={n}
          action={action}
          path={`${path}[${n}]`}
          title={t("buttonN", { n: n + 1 })}
          onChange={(next) => onChange(actions.with(n, next))}
          onRemove={actions.length > least ? () => onChange(actions.toSpliced(n, 1)) : undefined}
        />
      ))}
      {actions.length < most && (
        <div>
          <AddButton label={t("addButton")} onClick={() => add(actions)} />
        </div>
      )}
    </Stack>
  );
}

export function AddButton({ label, onClick }: { label: string; onClick: () => void }) {
  return (
    <Button size="xs" variant="default" leftSection={<IconPlus size={15} />} onClick={onClick}>
      {label}
    </Button>
  );
}
