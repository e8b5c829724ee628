/** Whether LINE Login knows people by the same ids as the account: one login tells. */
import {
  Alert,
  Anchor,
  Button,
  Checkbox,
  Group,
  List,
  PasswordInput,
  Stack,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { dateTime } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { beginProviderCheck, providerCheckQuery } from "./api.ts";

interface Latest {
  login_channel_id: string;
  verdict: "same" | "different";
  at: number;
}

export function ProviderCheck({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const may = useMay("settings");
  const query = useQuery(providerCheckQuery(channel.id));
  const [open, setOpen] = useState(false);
  return (
    <Loaded query={query} lines={2}>
      {({ check, callback_url }) => {
        const latest = check as Latest | null;
        return (
          <Stack>
            {latest && <Verdict latest={latest} />}
            {may && !open && latest?.verdict === "same" && (
              <Group>
                <Button variant="default" onClick={() => setOpen(true)}>
                  {t("login.again")}
                </Button>
              </Group>
            )}
            {may && (open || latest?.verdict !== "same") && (
              <BeginForm channel={channel} callback={callback_url} />
            )}
          </Stack>
        );
      }}
    </Loaded>
  );
}

export function Verdict({ latest: { login_channel_id: id, verdict, at } }: { latest: Latest }) {
  const { t } = useTranslation("channel");
  const when = dateTime(at, useZone());
  if (verdict === "same")
    return (
      <Alert color="pine" title={t("login.same")}>
        {t("login.sameAbout", { id, when })}
      </Alert>
    );
  return (
    <Alert color="red" role="alert" title={t("login.different")}>
      <Stack gap="xs">
        <span>{t("login.differentAbout", { id, when })}</span>
        <span>{t("login.differentDo")}</span>
      </Stack>
    </Alert>
  );
}

function BeginForm({ channel, callback }: { channel: Channel; callback: string }) {
  const { t } = useTranslation(["channel", "common"]);
  const form = useForm({
    initialValues: { login_channel_id: "", login_secret: "", friend: false },
    validate: {
      login_channel_id: (value) => (/^\d{10}$/.test(value.trim()) ? null : t("idHint")),
      login_secret: (value) => (value.trim() === "" ? t("common:required") : null),
      friend: (value) => (value ? null : t("login.friendNeeded")),
    },
  });
  const act = useAct(
    ({ login_channel_id, login_secret }: typeof form.values) =>
      beginProviderCheck(channel.id, { login_channel_id: login_channel_id.trim(), login_secret }),
    { form, after: ({ url }) => location.assign(url) },
  );
  return (
    <form onSubmit={form.onSubmit((values) => act.mutate(values))} noValidate>
      <Stack>
        <List type="ordered" fz="sm" spacing={4}>
          <List.Item>{t("login.how1")}</List.Item>
          <List.Item>{t("login.how2")}</List.Item>
        </List>
        <CopyLine label={t("login.callback")} value={callback} />
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TextInput
            label={t("login.id")}
            description={t("idHint")}
            inputMode="numeric"
            autoComplete="off"
            required
            flex="1 1 220px"
            {...form.getInputProps("login_channel_id")}
          />
          <PasswordInput
            label={t("login.secret")}
            description={t("secretHint")}
            autoComplete="off"
            required
            flex="1 1 220px"
            {...form.getInputProps("login_secret")}
          />
        </Group>
        <Checkbox
          label={t("login.friend", { name: channel.name })}
          {...form.getInputProps("friend", { type: "checkbox" })}
        />
        {channel.add_friend_url && (
          <Anchor href={channel.add_friend_url} target="_blank" rel="noreferrer" fz="sm">
            {t("login.addFriend")}
          </Anchor>
        )}
        <Group>
          <Button type="submit" loading={act.isPending}>
            {t("login.begin")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
