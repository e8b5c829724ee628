/** あいさつ: what an account says to who adds it and to who comes back. Kept as rules, so that there is one way. */
import { Alert, Anchor, Button, Card, Group, Select, Stack, Text, Title } from "@mantine/core";
import { IconBrandLine, IconExternalLink, IconHeartHandshake } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Channel } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { journeysQuery } from "../journey/api.ts";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { rulesQuery } from "./api.ts";
import { Greeting } from "./Greeting.tsx";
import { greetingOf, KINDS, startedBy } from "./greetings.ts";
import { TryGreeting } from "./TryGreeting.tsx";

const route = getRouteApi("/shell/greetings");

export default function GreetingsPage() {
  const { t } = useTranslation(["greeting", "common"]);
  const { channel, channels } = useAccounts();
  const { account: wanted } = route.useSearch();
  const navigate = useNavigate();
  const query = useQuery(rulesQuery);
  const account = channels.find((one) => one.id === wanted) ?? channel ?? channels[0];
  return (
    <Page title={t("title")} about={t("about")}>
      {account === undefined ? (
        <Card>
          <Empty
            icon={IconHeartHandshake}
            title={t("none")}
            about=""
            action={
              <Button component={Link} to="/channels">
                {t("connect")}
              </Button>
            }
          />
        </Card>
      ) : (
        <Stack>
          {channels.length > 1 && !channel && (
            <Select
              label={t("common:channel")}
              w={280}
              allowDeselect={false}
              leftSection={<IconBrandLine size={16} />}
              data={channels.map((one) => ({ value: one.id, label: one.name }))}
              value={account.id}
              onChange={(id) => id && navigate({ to: "/greetings", search: { account: id } })}
            />
          )}
          <LineSide account={account} />
          <Loaded query={query}>
            {({ items }) => (
              <>
                {KINDS.map((kind) => {
                  const rule = greetingOf(items, account.id, kind);
                  return (
                    <Greeting
                      key={`${account.id} ${kind} ${rule?.id ?? ""}`}
                      account={account}
                      kind={kind}
                      rule={rule}
                    />
                  );
                })}
                <TryGreeting key={account.id} account={account} rules={items} />
              </>
            )}
          </Loaded>
          <Scenarios account={account} />
        </Stack>
      )}
    </Page>
  );
}

/** What only LINE's own pages can switch. */
function LineSide({ account }: { account: Channel }) {
  const { t } = useTranslation("greeting");
  const place = account.basic_id ? `account/${account.basic_id}/` : "";
  return (
    <Alert color="blue" title={t("oam.title")}>
      <Text fz="sm" mb="xs">
        {t("oam.about")}
      </Text>
      <Group gap="md">
        <Anchor
          href={`https://manager.line.biz/${place}`}
          target="_blank"
          rel="noreferrer"
          fz="sm"
          c="var(--mantine-color-text)"
          underline="always"
        >
          {t("oam.open")} <IconExternalLink size={14} aria-hidden />
        </Anchor>
        <Anchor
          component={Link}
          to={`/channels/${account.id}`}
          fz="sm"
          c="var(--mantine-color-text)"
          underline="always"
        >
          {t("oam.check")}
        </Anchor>
      </Group>
    </Alert>
  );
}

/** Who adds the account may hear from these too. */
function Scenarios({ account }: { account: Channel }) {
  const { t } = useTranslation("greeting");
  const { data } = useQuery(journeysQuery);
  const started = startedBy(data?.items ?? [], account.id, "follow");
  if (started.length === 0) return null;
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("scenariosTitle")}
      </Title>
      <Text fz="sm" c="dimmed" mb="xs">
        {t("scenarios")}
      </Text>
      {started.map((one) => (
        <Anchor key={one.id} component={Link} to={`/journeys/${one.id}`} fz="sm" display="block">
          {one.name}
        </Anchor>
      ))}
    </Card>
  );
}
