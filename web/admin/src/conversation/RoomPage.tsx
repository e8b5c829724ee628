/** One talk: read, answer, hand on. */
import "@enishi/line-ui/line-ui.css";
import { LineUi, Talk, type TalkItem, TalkRoom } from "@enishi/line-ui";
import { ActionIcon, Button, Drawer, Group, Select, Text, Tooltip } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { IconAlertCircle, IconArrowLeft, IconInfoCircle } from "@tabler/icons-react";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, TalkMessage, TalkPath } from "../api/types.ts";
import { useNameOf } from "../contact/Face.tsx";
import { language } from "../i18n/i18n.ts";
import { useMay, useMe, useZone } from "../session/api.ts";
import { usersQuery } from "../settings/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { pictureOf } from "../ui/picture.ts";
import { useSeen } from "../ui/useSeen.ts";
import { conversationQuery, markRead, messagesQuery, setAssignee, setMark } from "./api.ts";
import { Composer } from "./Composer.tsx";
import { itemsOf } from "./items.ts";
import { useMarks } from "./marks.ts";
import { Side } from "./Side.tsx";
import style from "./Talk.module.css";
import { useNow } from "./TalkPage.tsx";

const route = getRouteApi("/shell/talk/$channelId/$contactId");

export default function RoomPage() {
  const { channelId, contactId } = route.useParams();
  const path = { channel_id: channelId, contact_id: contactId };
  const query = useQuery(conversationQuery(path));
  return (
    <Loaded query={query}>
      {(talk) => <Room key={`${channelId} ${contactId}`} talk={talk} path={path} />}
    </Loaded>
  );
}

function Room({ talk, path }: { talk: Conversation; path: TalkPath }) {
  const { t } = useTranslation("conversation");
  const may = useMay("talk");
  const read = useAct(() => markRead(path), { stale: ["conversation"], otherwise: () => true });
  const { mutate } = read;
  const seen = useSeen();
  useEffect(() => {
    if (talk.unread > 0 && may && seen) mutate();
  }, [talk.unread, may, seen, mutate]);
  const beside = useMediaQuery("(min-width: 85em)", false);
  return (
    <div className={style.panes}>
      <div className={style.pane}>
        <Head talk={talk} path={path} side={beside ? "beside" : "drawer"} />
        <div className={style.talk}>
          <Messages talk={talk} path={path} />
        </div>
        {may && <Composer talk={talk} path={path} />}
      </div>
      {beside && (
        <aside className={style.side} aria-label={t("side")}>
          <Side id={talk.contact.id} />
        </aside>
      )}
    </div>
  );
}

interface HeadProps {
  talk: Conversation;
  path: TalkPath;
  /** Whether the customer's card stands beside the talk, or is called up. */
  side: "beside" | "drawer";
}

function Head({ talk, path, side: place }: HeadProps) {
  const { t } = useTranslation(["conversation", "common"]);
  const nameOf = useNameOf();
  const may = useMay("talk");
  const me = useMe();
  const [opened, side] = useDisclosure(false);
  const { data: users } = useQuery(usersQuery);
  const names = useMarks(talk.mark);
  const wishes = { stale: ["conversation" as const, "contact" as const] };
  const assign = useAct((user: string | null) => setAssignee(path, user), wishes);
  const mark = useAct((name: string) => setMark(path, name), wishes);
  return (
    <div className={style.head}>
      <Group gap={4} wrap="nowrap" miw={0} className={style.who}>
        <ActionIcon
          component={Link}
          to="/talk"
          aria-label={t("common:backTo", { where: t("title") })}
          hiddenFrom="sm"
        >
          <IconArrowLeft size={20} />
        </ActionIcon>
        <div style={{ minWidth: 0 }}>
          <Text fw={650} truncate component="h2" fz="md" m={0}>
            {nameOf(talk.contact)}
          </Text>
          <Text fz="xs" c="dimmed" truncate component="div">
            <AccountName id={path.channel_id} />
          </Text>
        </div>
      </Group>
      <div className={style.care}>
        <Select
          aria-label={t("markLabel")}
          placeholder={t("markNone")}
          size="xs"
          clearable
          disabled={!may}
          data={names}
          value={talk.mark || null}
          onChange={(name) => mark.mutate(name ?? "")}
        />
        <Select
          aria-label={t("assignee")}
          placeholder={t("assigneeNone")}
          size="xs"
          clearable
          disabled={!may}
          data={
            users?.items.map(({ id, name, email }) => ({
              value: id,
              label: name || (email ?? ""),
            })) ?? []
          }
          value={talk.assignee}
          onChange={(user) => assign.mutate(user)}
        />
        {may && me.user && talk.assignee === null && (
          <Button
            size="xs"
            variant="light"
            loading={assign.isPending}
            onClick={() => assign.mutate(me.user?.id ?? null)}
          >
            {t("claim")}
          </Button>
        )}
      </div>
      {place === "drawer" && (
        <ActionIcon aria-label={t("side")} onClick={side.open} className={style.more}>
          <IconInfoCircle size={20} />
        </ActionIcon>
      )}
      <Drawer
        opened={opened}
        onClose={side.close}
        position="right"
        size={360}
        title={nameOf(talk.contact)}
      >
        <Side id={talk.contact.id} />
      </Drawer>
    </div>
  );
}

function Messages({ talk, path }: { talk: Conversation; path: TalkPath }) {
  const { t } = useTranslation("conversation");
  const zone = useZone();
  const nameOf = useNameOf();
  const now = useNow(60_000);
  const list = useInfiniteQuery(messagesQuery(path));
  const name = nameOf(talk.contact);
  const picture = pictureOf(talk.contact.picture_url);
  const messages = useMemo(() => list.data?.pages.flatMap((page) => page.items), [list.data]);
  const items = useMemo(
    () =>
      itemsOf(messages ?? [], { name, picture }, (broadcast) => t("ofBroadcast", { broadcast })),
    [messages, name, picture, t],
  );
  return (
    <Loaded query={list}>
      {() => (
        <LineUi
          locale={language()}
          timeZone={zone}
          onMedia={({ url }) => window.open(url, "_blank", "noopener")}
        >
          <TalkRoom label={t("messagesWith", { name })}>
            {list.hasNextPage && (
              <div style={{ padding: 12 }}>
                <More list={list} />
              </div>
            )}
            <Talk
              items={items}
              now={now}
              beside={(item) => <Failed item={item} messages={messages ?? []} />}
            />
          </TalkRoom>
        </LineUi>
      )}
    </Loaded>
  );
}

/** Why a message of ours did not arrive, beside it. */
function Failed({ item, messages }: { item: TalkItem; messages: TalkMessage[] }) {
  const { t } = useTranslation(["conversation", "common"]);
  if (item.state !== "failed") return null;
  const id = item.id.split(" ")[0];
  const delivery = messages.find((message) => message.id === id)?.delivery;
  const why = delivery?.reason
    ? t(`common:reason.${delivery.reason}`)
    : t(`common:delivery.${delivery?.state ?? "failed"}`);
  return (
    <Tooltip label={why} events={{ hover: true, focus: true, touch: true }}>
      <ActionIcon variant="filled" color="red.8" size="sm" radius="xl" aria-label={why}>
        <IconAlertCircle size={15} />
      </ActionIcon>
    </Tooltip>
  );
}
