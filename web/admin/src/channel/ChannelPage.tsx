import {
  Alert,
  Button,
  Card,
  ColorInput,
  Group,
  NumberInput,
  Stack,
  Text,
  TextInput,
  Title,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { useConfirm } from "../ui/confirm.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { useStored } from "../ui/stored.ts";
import { channelQuery, remove, update } from "./api.ts";
import { CheckList } from "./CheckList.tsx";
import { COLORS } from "./colors.ts";
import { ExistingFriends } from "./ExistingFriends.tsx";
import { LineSide } from "./LineSide.tsx";
import { ProviderCheck } from "./ProviderCheck.tsx";
import { QuotaBar } from "./QuotaBar.tsx";
import { Reception } from "./ReceptionCard.tsx";
import { SecretCard } from "./SecretCard.tsx";

const route = getRouteApi("/shell/channels/$id");

export default function ChannelPage() {
  const { id } = route.useParams();
  const query = useQuery(channelQuery(id));
  return <Loaded query={query}>{(channel) => <View key={channel.id} channel={channel} />}</Loaded>;
}

function View({ channel }: { channel: Channel }) {
  const { t } = useTranslation("channel");
  const may = useMay("settings");
  const webhook = channel.webhook_url ?? `${location.origin}${channel.webhook_path}`;
  return (
    <Page
      title={channel.name}
      about={channel.basic_id ?? undefined}
      back={{ to: "/channels", label: t("title") }}
      width="read"
    >
      <Stack>
        <Card>
          <Title order={2} fz="md">
            {t("quota")}
          </Title>
          <QuotaBar channel={channel} />
        </Card>
        <Card>
          <Title order={2} fz="md" mb="sm">
            {t("addresses")}
          </Title>
          <Stack>
            <CopyLine label={t("webhookUrl")} value={webhook} />
            {!channel.webhook_url && channel.mode !== "send_only" && (
              <Alert color="yellow">{t("noPublicUrl")}</Alert>
            )}
            {channel.add_friend_url && (
              <CopyLine label={t("addFriendUrl")} value={channel.add_friend_url} />
            )}
          </Stack>
        </Card>
        <Card>
          <Title order={2} fz="md" mb="sm">
            {t("reception.title")}
          </Title>
          {may ? <Reception channel={channel} /> : <Text fz="sm">{t(`mode.${channel.mode}`)}</Text>}
        </Card>
        <CheckList channel={channel} />
        <Part title={t("line.title")} about={t("line.about")}>
          <LineSide channel={channel} />
        </Part>
        <Part title={t("fetch.title")} about={t("fetch.about")}>
          <ExistingFriends channel={channel} />
        </Part>
        <Part title={t("login.title")} about={t("login.about")}>
          <ProviderCheck channel={channel} />
        </Part>
        {may && <Settings channel={channel} />}
        {may && <SecretCard channel={channel} />}
        {may && <Remove channel={channel} />}
      </Stack>
    </Page>
  );
}

const settingsOf = ({ name, color, reserve_percent }: Channel) => ({
  name,
  color,
  reserve_percent,
});

function Settings({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channel", "common"]);
  const form = useForm({ initialValues: settingsOf(channel) });
  const stored = useStored(form, settingsOf(channel));
  const save = useAct((values: typeof form.values) => update(channel.id, stored.changes(values)), {
    form,
    done: t("common:saved"),
    stale: ["channel"],
    after: (kept, values) => stored.settle(values, settingsOf(kept)),
  });
  return (
    <Card>
      <Title order={2} fz="md" mb="sm">
        {t("settings")}
      </Title>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <Group align="flex-start" grow preventGrowOverflow={false}>
            <TextInput
              label={t("nameHere")}
              required
              flex="1 1 240px"
              {...form.getInputProps("name")}
            />
            <ColorInput
              label={t("color")}
              format="hex"
              swatches={COLORS}
              swatchesPerRow={8}
              flex="1 1 180px"
              {...form.getInputProps("color")}
            />
          </Group>
          <NumberInput
            label={t("reserve")}
            description={t("reserveAbout")}
            suffix=" %"
            min={0}
            max={100}
            allowDecimal={false}
            maw={240}
            {...form.getInputProps("reserve_percent")}
          />
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Card>
  );
}

function Remove({ channel }: { channel: Channel }) {
  const { t } = useTranslation(["channel", "common"]);
  const confirm = useConfirm();
  const router = useRouter();
  const act = useAct(() => remove(channel.id), {
    done: t("removed"),
    stale: ["channel", "me"],
    after: () => router.navigate({ to: "/channels" }),
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("removeTitle", { name: channel.name }),
      body: t("removeAbout"),
      action: t("remove"),
      danger: true,
    });
    if (yes) act.mutate();
  };
  return (
    <Group justify="space-between">
      <Text fz="sm" c="dimmed">
        {t("removeNote")}
      </Text>
      <Button variant="subtle" color="red" loading={act.isPending} onClick={ask}>
        {t("remove")}
      </Button>
    </Group>
  );
}
