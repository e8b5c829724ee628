import { Badge, Button, Card, Grid, Group, Stack, Tabs, Text } from "@mantine/core";
import { IconMessageCircle } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link, useNavigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Later } from "../ui/Later.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { contactQuery } from "./api.ts";
import { ConsentCard } from "./Consent.tsx";
import { Deliveries } from "./Deliveries.tsx";
import { Face, useNameOf } from "./Face.tsx";
import { MarksCard } from "./MarksCard.tsx";
import { OwnDataCard } from "./OwnData.tsx";
import { AttributesCard, MemoCard, TagsCard } from "./profile.tsx";
import { Timeline } from "./Timeline.tsx";
import { CONTACT_TABS, type ContactTab } from "./tabs.ts";
import { Walks } from "./Walks.tsx";

const route = getRouteApi("/shell/contacts/$id");

export default function ContactPage() {
  const { id } = route.useParams();
  const query = useQuery(contactQuery(id));
  return <Loaded query={query}>{(contact) => <View key={id} contact={contact} />}</Loaded>;
}

function View({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const nameOf = useNameOf();
  const navigate = useNavigate();
  const { tab = "timeline" } = route.useSearch();
  const show = (next: string | null) =>
    void navigate({
      to: "/contacts/$id",
      params: { id: contact.id },
      search: { tab: next as ContactTab },
      replace: true,
    });
  return (
    <Page
      title={nameOf(contact)}
      back={{ to: "/contacts", label: t("title") }}
      actions={<TalkButtons contact={contact} />}
    >
      <Grid gap="md">
        <Grid.Col span={{ base: 12, md: 4 }}>
          <Stack>
            <Profile contact={contact} />
            <TagsCard contact={contact} />
            <AttributesCard contact={contact} />
            <Later>
              <MemoCard contact={contact} />
              <MarksCard contact={contact} />
              <ConsentCard contact={contact} />
              <OwnDataCard contact={contact} />
            </Later>
          </Stack>
        </Grid.Col>
        <Grid.Col span={{ base: 12, md: 8 }}>
          <Card>
            <Tabs value={tab} onChange={show} keepMounted={false}>
              <Tabs.List mb="md">
                {CONTACT_TABS.map((one) => (
                  <Tabs.Tab key={one} value={one}>
                    {t(`tab.${one}`)}
                  </Tabs.Tab>
                ))}
              </Tabs.List>
              <Tabs.Panel value="timeline">
                <Timeline contact={contact} />
              </Tabs.Panel>
              <Tabs.Panel value="deliveries">
                <Deliveries contact={contact} />
              </Tabs.Panel>
              <Tabs.Panel value="walks">
                <Walks contact={contact} />
              </Tabs.Panel>
            </Tabs>
          </Card>
        </Grid.Col>
      </Grid>
    </Page>
  );
}

function TalkButtons({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  return contact.conversations.map((talk) => (
    <Button
      key={talk.channel_id}
      component={Link}
      to={`/talk/${talk.channel_id}/${contact.id}`}
      variant="default"
      leftSection={<IconMessageCircle size={17} />}
    >
      <Group gap={6} wrap="nowrap">
        {t("openTalk")} <AccountName id={talk.channel_id} />
      </Group>
    </Button>
  ));
}

function Profile({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const shopIds = contact.identities.filter((one) => one.kind === "shop");
  return (
    <Card>
      <Group wrap="nowrap" align="flex-start">
        <Face person={contact} size={56} />
        <Stack gap="xs" fz="sm" miw={0}>
          {contact.friendships.map((one) => (
            <Friendship key={one.channel_id} friendship={one} />
          ))}
          {contact.status_message && (
            <Text fz="sm" c="dimmed">
              {contact.status_message}
            </Text>
          )}
          {shopIds.map((one) => (
            <Text key={one.value} fz="sm">
              {t("shopId")} {one.value}
            </Text>
          ))}
        </Stack>
      </Group>
    </Card>
  );
}

function Friendship({ friendship: one }: { friendship: Contact["friendships"][number] }) {
  const { t } = useTranslation(["contact", "common"]);
  return (
    <Stack gap={2}>
      <Group gap="xs">
        <Badge color={one.state === "friend" ? "pine" : one.state === "blocked" ? "red" : "gray"}>
          {t(`common:friend.${one.state}`)}
        </Badge>
        <AccountName id={one.channel_id} />
      </Group>
      <Text fz="xs" c="dimmed">
        {one.friend_since !== null && (
          <>
            {t("since")} <When at={one.friend_since} form="day" />{" "}
          </>
        )}
        {one.source && t("source", { source: one.source })}
      </Text>
    </Stack>
  );
}
