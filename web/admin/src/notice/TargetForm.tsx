/** Somebody to tell. */
import { Alert, Button, Checkbox, Group, Select, Stack, Switch, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { NoticeCause, NoticeRoad, NoticeTarget, NoticeTargetInput } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { usersQuery } from "../settings/api.ts";
import { useAct } from "../ui/act.ts";
import { createTarget, updateTarget } from "./api.ts";
import { CAUSES } from "./say.ts";

const ROADS: NoticeRoad[] = ["line", "mail", "slack", "webhook"];

interface TargetFormProps {
  target: NoticeTarget | null;
  mailReady: boolean;
  done: () => void;
}

interface Values {
  road: NoticeRoad;
  name: string;
  /** Empty: the shop's. */
  user_id: string;
  channel_id: string | null;
  contact_id: string | null;
  address: string;
  causes: NoticeCause[];
  paused: boolean;
}

export function TargetForm({ target, mailReady, done }: TargetFormProps) {
  const { t } = useTranslation(["notice", "common"]);
  const { channels, channel } = useAccounts();
  const users = useQuery(usersQuery);
  const form = useForm<Values>({
    initialValues: {
      road: target?.road ?? "line",
      name: target?.name ?? "",
      user_id: target?.user_id ?? "",
      channel_id: target?.channel_id ?? channel?.id ?? channels[0]?.id ?? null,
      contact_id: target?.contact_id ?? null,
      address: "",
      causes: target?.causes ?? [],
      paused: target?.paused_at != null,
    },
  });
  const save = useAct(
    (values: Values) => {
      const body = inputOf(values);
      return target ? updateTarget(target.id, body) : createTarget(body);
    },
    { form, done: t("common:saved"), stale: ["notice"], after: done },
  );
  const { road, channel_id, contact_id } = form.values;
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Select
          label={t("targets.road")}
          data={ROADS.map((one) => ({
            value: one,
            label:
              one === "mail" && !mailReady
                ? `${t("road.mail")}(${t("targets.unlinked")})`
                : t(`road.${one}`),
          }))}
          allowDeselect={false}
          disabled={target !== null}
          {...form.getInputProps("road")}
        />
        <TextInput
          label={t("targets.name")}
          description={t("targets.nameHint")}
          maxLength={100}
          {...form.getInputProps("name")}
        />
        <Select
          label={t("targets.whose")}
          description={t("targets.whoseHint")}
          data={[
            { value: "", label: t("targets.shop") },
            ...(users.data?.items ?? []).map(({ id, name, email }) => ({
              value: id,
              label: name || (email ?? ""),
            })),
          ]}
          allowDeselect={false}
          {...form.getInputProps("user_id")}
        />
        {road === "line" ? (
          <>
            <Select
              label={t("targets.account")}
              data={channels.map(({ id, name }) => ({ value: id, label: name }))}
              allowDeselect={false}
              {...form.getInputProps("channel_id")}
            />
            <FriendSelect
              label={t("targets.contact")}
              description={t("targets.contactHint")}
              channel={channel_id ?? undefined}
              value={contact_id}
              onChange={(id) => form.setFieldValue("contact_id", id)}
            />
            {form.errors.contact_id && (
              <Alert color="red" role="alert">
                {form.errors.contact_id}
              </Alert>
            )}
            <Alert color="blue">{t("targets.cost")}</Alert>
          </>
        ) : (
          <TextInput
            label={t(`targets.${road}`)}
            description={hintOf(road, t)}
            type={road === "mail" ? "email" : "url"}
            autoComplete="off"
            placeholder={target ? t("targets.keep") : ""}
            {...form.getInputProps("address")}
          />
        )}
        {road === "mail" && !mailReady && <Alert color="orange">{t("targets.mailNot")}</Alert>}
        <Checkbox.Group
          label={t("targets.causes")}
          description={t("targets.causesHint")}
          {...form.getInputProps("causes")}
        >
          <Stack gap="xs" mt={8}>
            {CAUSES.map((cause) => (
              <Checkbox key={cause} value={cause} label={t(`cause.${cause}`)} />
            ))}
          </Stack>
        </Checkbox.Group>
        {target && (
          <Switch
            label={t("targets.paused")}
            {...form.getInputProps("paused", { type: "checkbox" })}
          />
        )}
        <Group justify="space-between" mt="xs">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function hintOf(road: NoticeRoad, t: (key: "targets.slackHint" | "targets.webhookHint") => string) {
  if (road === "slack") return t("targets.slackHint");
  return road === "webhook" ? t("targets.webhookHint") : undefined;
}

function inputOf(values: Values): NoticeTargetInput {
  const { road, address, channel_id, contact_id, user_id, ...rest } = values;
  const line = road === "line";
  return {
    ...rest,
    road,
    user_id: user_id || null,
    channel_id: line ? channel_id : null,
    contact_id: line ? contact_id : null,
    ...(line || address.trim() === "" ? {} : { address: address.trim() }),
  };
}
