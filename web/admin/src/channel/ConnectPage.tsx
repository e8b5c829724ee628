/** Connecting an account: two pieces to paste, then what LINE said about it. */
import {
  Alert,
  Button,
  Card,
  ColorInput,
  Group,
  List,
  PasswordInput,
  Radio,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { Link, useRouter } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, NewChannel, Probe } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useAct } from "../ui/act.ts";
import { Page } from "../ui/Page.tsx";
import { sentenceOf } from "../ui/problem.ts";
import { connect, providersQuery } from "./api.ts";
import { COLORS } from "./colors.ts";
import { ProbeCard } from "./ProbeCard.tsx";

/** A provider that is not here yet. */
const OTHER = "other";

interface Connected {
  channel: Channel;
  probe: Probe;
}

export default function ConnectPage() {
  const { t } = useTranslation("channel");
  const [connected, setConnected] = useState<Connected>();
  return (
    <Page
      title={t("connect")}
      about={t("connectAbout")}
      back={{ to: "/channels", label: t("title") }}
      width="read"
    >
      {connected ? <Done {...connected} /> : <ConnectForm done={setConnected} />}
    </Page>
  );
}

function ConnectForm({ done }: { done: (connected: Connected) => void }) {
  const { t } = useTranslation("channel");
  const { t: common } = useTranslation("common");
  const { channels } = useAccounts();
  const { data: providers } = useQuery(providersQuery);
  const [refused, setRefused] = useState("");
  const form = useForm({
    initialValues: {
      line_channel_id: "",
      secret: "",
      name: "",
      color: COLORS[channels.length % COLORS.length] ?? "#1f7a5a",
      provider_id: channels[0]?.provider_id ?? "",
      provider_name: "",
    },
    validate: {
      line_channel_id: (value) => (/^\d{10}$/.test(value.trim()) ? null : t("idHint")),
      secret: (value) => (value.trim() === "" ? common("required") : null),
      provider_name: (value, { provider_id }) =>
        provider_id === OTHER && value.trim() === "" ? common("required") : null,
    },
  });
  const act = useAct(
    ({ provider_id, provider_name, name, ...rest }: typeof form.values) => {
      const body: NewChannel = {
        ...rest,
        line_channel_id: rest.line_channel_id.trim(),
        secret: rest.secret.trim(),
        ...(name.trim() ? { name: name.trim() } : {}),
        ...(provider_id === OTHER ? { provider_name: provider_name.trim() } : {}),
        ...(provider_id && provider_id !== OTHER ? { provider_id } : {}),
      };
      return connect(body);
    },
    {
      form,
      stale: ["channel", "me"],
      after: done,
      otherwise: (problem) => {
        setRefused(problem.code === "no_session" ? "" : sentenceOf(problem, common));
        return problem.fields.length === 0;
      },
    },
  );
  const submit = form.onSubmit((values) => {
    setRefused("");
    act.mutate(values);
  });
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {refused && (
          <Alert color="red" role="alert" title={t("refused")}>
            {refused}
          </Alert>
        )}
        <Card>
          <Stack>
            <Text fw={600}>{t("where")}</Text>
            <List type="ordered" fz="sm" spacing={4}>
              <List.Item>{t("where1")}</List.Item>
              <List.Item>{t("where2")}</List.Item>
              <List.Item>{t("where3")}</List.Item>
            </List>
            <TextInput
              label={t("channelId")}
              description={t("idHint")}
              inputMode="numeric"
              autoComplete="off"
              required
              {...form.getInputProps("line_channel_id")}
            />
            <PasswordInput
              label={t("secret")}
              description={t("secretHint")}
              autoComplete="off"
              required
              {...form.getInputProps("secret")}
            />
          </Stack>
        </Card>
        <Card>
          <Group align="flex-start" grow preventGrowOverflow={false}>
            <TextInput
              label={t("nameHere")}
              description={t("nameHereHint")}
              flex="1 1 240px"
              {...form.getInputProps("name")}
            />
            <ColorInput
              label={t("color")}
              description={t("colorHint")}
              format="hex"
              swatches={COLORS}
              swatchesPerRow={8}
              flex="1 1 180px"
              {...form.getInputProps("color")}
            />
          </Group>
          {channels.length > 0 && (
            <Radio.Group
              label={t("provider")}
              description={t("providerHint")}
              mt="md"
              {...form.getInputProps("provider_id")}
            >
              <Stack gap="xs" mt="xs">
                {providers?.items.map((one) => (
                  <Radio
                    key={one.id}
                    value={one.id}
                    label={providers.items.length > 1 ? one.name : t("providerSame")}
                  />
                ))}
                <Radio value={OTHER} label={t("providerOther")} />
              </Stack>
            </Radio.Group>
          )}
          {form.values.provider_id === OTHER && (
            <TextInput
              label={t("providerName")}
              required
              mt="sm"
              maxLength={50}
              {...form.getInputProps("provider_name")}
            />
          )}
        </Card>
        <Group justify="flex-end">
          <Button type="submit" size="md" loading={act.isPending}>
            {t("askLine")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Done({ channel, probe }: Connected) {
  const { t } = useTranslation("channel");
  const router = useRouter();
  return (
    <Stack>
      <Alert color="pine" title={t("connected", { name: channel.name })}>
        {t("connectedAbout")}
      </Alert>
      <ProbeCard probe={probe} />
      <Group justify="flex-end">
        <Button variant="default" component={Link} to={`/start?account=${channel.id}`}>
          {t("start")}
        </Button>
        <Button
          onClick={() => void router.navigate({ to: "/channels/$id", params: { id: channel.id } })}
        >
          {t("goOn")}
        </Button>
      </Group>
    </Stack>
  );
}
