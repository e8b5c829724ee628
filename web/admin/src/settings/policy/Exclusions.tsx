/** いつも除く人: staff, marks, open questions, fresh purchases, and the shop's own conditions. */
import {
  ActionIcon,
  Alert,
  Anchor,
  Autocomplete,
  Button,
  Card,
  Group,
  NumberInput,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from "@mantine/core";
import type { UseFormReturnType } from "@mantine/form";
import { IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Policy } from "../../api/types.ts";
import { useAccounts } from "../../app/choice.ts";
import { ConditionBuilder } from "../../condition/ConditionBuilder.tsx";
import { Part } from "../../ui/Part.tsx";
import { eventNamesQuery } from "../api.ts";

const GROUPS_MAX = 10;

interface Props {
  form: UseFormReturnType<Policy>;
}

export function Exclusions({ form }: Props) {
  const { t } = useTranslation("settings");
  const { waiting_days } = form.values.exclusions;
  return (
    <Part title={t("policy.exclusions")} about={t("policy.exclusionsAbout")}>
      <Switch
        label={t("policy.excludeStaff")}
        {...form.getInputProps("exclusions.staff", { type: "checkbox" })}
      />
      <TagsInput
        label={t("policy.marks")}
        description={t("policy.marksHint")}
        maxTags={50}
        {...form.getInputProps("exclusions.marks")}
      />
      <Switchable
        label={t("policy.waiting")}
        about={t("policy.waitingAbout")}
        on={waiting_days !== null}
        turn={(on) => form.setFieldValue("exclusions.waiting_days", on ? 7 : null)}
      >
        <Days form={form} field="exclusions.waiting_days" label={t("policy.waitingDays")} />
      </Switchable>
      <Bought form={form} />
      <Groups form={form} />
    </Part>
  );
}

interface SwitchableProps {
  label: string;
  about: string;
  on: boolean;
  turn: (on: boolean) => void;
  children: ReactNode;
}

function Switchable({ label, about, on, turn, children }: SwitchableProps) {
  return (
    <Stack gap="xs">
      <Switch
        label={label}
        description={about}
        checked={on}
        onChange={(event) => turn(event.currentTarget.checked)}
      />
      {on && (
        <Stack gap="xs" pl={{ base: 0, sm: 58 }}>
          {children}
        </Stack>
      )}
    </Stack>
  );
}

interface DaysProps extends Props {
  field: "exclusions.waiting_days" | "exclusions.bought.days";
  label: string;
}

function Days({ form, field, label }: DaysProps) {
  const { t } = useTranslation("settings");
  return (
    <NumberInput
      label={label}
      suffix={t("policy.daysSuffix")}
      min={1}
      max={90}
      allowDecimal={false}
      w={160}
      {...form.getInputProps(field)}
    />
  );
}

/** 買ったばかりの人, by what the shop itself reports; shop connections that bring orders by themselves come later. */
function Bought({ form }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const { data } = useQuery(eventNamesQuery);
  const { bought } = form.values.exclusions;
  const known = data?.items ?? [];
  const start = known.find((name) => /order|purchase|buy/.test(name)) ?? "order_placed";
  return (
    <Switchable
      label={t("policy.bought")}
      about={t("policy.boughtAbout")}
      on={bought !== null}
      turn={(on) => form.setFieldValue("exclusions.bought", on ? { event: start, days: 7 } : null)}
    >
      {data && !known.includes(bought?.event ?? "") && (
        <Alert color="yellow" title={t("policy.boughtNone")}>
          {t("policy.boughtNoneAbout")}{" "}
          <Anchor component={Link} to="/settings/tokens" inherit c="inherit" underline="always">
            {t("policy.boughtHow")}
          </Anchor>
        </Alert>
      )}
      <Group align="flex-start">
        <Autocomplete
          label={t("policy.boughtEvent")}
          data={known}
          w={240}
          maxLength={64}
          {...form.getInputProps("exclusions.bought.event")}
        />
        <Days form={form} field="exclusions.bought.days" label={t("policy.boughtDays")} />
      </Group>
    </Switchable>
  );
}

function Groups({ form }: Props) {
  const { t } = useTranslation(["settings", "common"]);
  const { channel, channels } = useAccounts();
  const { groups } = form.values.exclusions;
  const account = channel?.id ?? channels[0]?.id ?? "";
  return (
    <Stack gap="sm">
      <div>
        <Text fz="sm" fw={500}>
          {t("policy.groups")}
        </Text>
        <Text fz="xs" c="dimmed">
          {t("policy.groupsAbout")}
        </Text>
      </div>
      {groups.map((group, n) => {
        const at = `exclusions.groups.${n}` as const;
        const wrong = form.errors[`${at}.condition`];
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no identity but their place
          <Card key={n} withBorder padding="sm" bg="var(--mantine-color-body)">
            <Stack gap="sm">
              <Group align="flex-end" wrap="nowrap">
                <TextInput
                  flex={1}
                  label={t("policy.groupName")}
                  placeholder={t("policy.groupExample")}
                  maxLength={50}
                  {...form.getInputProps(`${at}.name`)}
                />
                <ActionIcon
                  size={36}
                  aria-label={t("policy.groupRemove", { name: group.name || n + 1 })}
                  onClick={() => form.removeListItem("exclusions.groups", n)}
                >
                  <IconTrash size={17} />
                </ActionIcon>
              </Group>
              <ConditionBuilder
                condition={group.condition}
                channel={account}
                onChange={(condition) => {
                  form.setFieldValue(`${at}.condition`, condition);
                  form.clearFieldError(`${at}.condition`);
                }}
              />
              {wrong && (
                <Text fz="sm" c="red.8" role="alert">
                  {wrong}
                </Text>
              )}
            </Stack>
          </Card>
        );
      })}
      {groups.length < GROUPS_MAX && (
        <Button
          variant="default"
          size="xs"
          leftSection={<IconPlus size={15} />}
          style={{ alignSelf: "flex-start" }}
          onClick={() =>
            form.insertListItem("exclusions.groups", {
              name: "",
              condition: { is: "all", of: [{ is: "tag", tag: "" }] },
            })
          }
        >
          {t("policy.groupAdd")}
        </Button>
      )}
    </Stack>
  );
}
