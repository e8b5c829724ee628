/** 個別トーク: who wrote on the left, the room on the right; on a phone one at a time. */
import {
  ActionIcon,
  Badge,
  Group,
  SegmentedControl,
  Text,
  Tooltip,
  VisuallyHidden,
} from "@mantine/core";
import { IconBellOff, IconBellRinging, IconMessages } from "@tabler/icons-react";
import { useInfiniteQuery } from "@tanstack/react-query";
import { getRouteApi, Link, Outlet, useChildMatches } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { Face, useNameOf } from "../contact/Face.tsx";
import { useMe } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { More } from "../ui/More.tsx";
import { conversationsQuery } from "./api.ts";
import { waited } from "./reply.ts";
import style from "./Talk.module.css";
import { useShortTime } from "./time.ts";
import { useNoticeSwitch } from "./useNoticeSwitch.ts";

const route = getRouteApi("/shell/talk");

export default function TalkPage() {
  const { t } = useTranslation("conversation");
  const inRoom = useChildMatches().length > 0;
  useEffect(() => {
    document.title = `${t("title")} – Enishi`;
  }, [t]);
  return (
    <>
      <VisuallyHidden>
        <h1>{t("title")}</h1>
      </VisuallyHidden>
      <div className={style.desk} {...(inRoom ? { "data-room": "" } : {})}>
        <section className={style.list} aria-label={t("list")}>
          <List />
        </section>
        <section className={style.room} aria-label={t("room")}>
          {inRoom ? (
            <Outlet />
          ) : (
            <Empty icon={IconMessages} title={t("chooseOne")} about={t("chooseAbout")} />
          )}
        </section>
      </div>
    </>
  );
}

function List() {
  const { t } = useTranslation("conversation");
  const { channel } = useAccounts();
  const me = useMe();
  const { filter } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useInfiniteQuery(
    conversationsQuery({
      ...(channel ? { channel: channel.id } : {}),
      ...(filter === "unread" ? { unread: true } : {}),
      ...(filter === "mine" && me.user ? { assignee: me.user.id } : {}),
    }),
  );
  return (
    <>
      <Group gap={6} p={10} wrap="nowrap">
        <SegmentedControl
          flex={1}
          size="xs"
          aria-label={t("filter.label")}
          value={filter ?? "all"}
          onChange={(value) =>
            void navigate({
              to: ".",
              search: value === "unread" || value === "mine" ? { filter: value } : {},
            })
          }
          data={(["all", "unread", "mine"] as const).map((value) => ({
            value,
            label: t(`filter.${value}`),
          }))}
        />
        <NoticeSwitch />
      </Group>
      <div className={style.rows}>
        <Loaded query={list} lines={6}>
          {({ pages }) => {
            const rows = pages.flatMap((page) => page.items);
            if (rows.length === 0) {
              return <Empty icon={IconMessages} title={t("none")} about={t("noneAbout")} />;
            }
            return (
              <>
                {rows.map((row) => (
                  <Row key={`${row.channel_id} ${row.contact.id}`} row={row} />
                ))}
                <div style={{ padding: 12 }}>
                  <More list={list} />
                </div>
              </>
            );
          }}
        </Loaded>
      </div>
    </>
  );
}

/** The browser tells of new messages while the page is not looked at. */
function NoticeSwitch() {
  const { t } = useTranslation("conversation");
  const [state, toggle] = useNoticeSwitch();
  if (state === "missing") return null;
  const Sign = state === "on" ? IconBellRinging : IconBellOff;
  return (
    <Tooltip label={t(`notices.${state}`)}>
      <ActionIcon
        aria-label={t("notices.label")}
        aria-pressed={state === "on"}
        disabled={state === "refused"}
        onClick={() => void toggle()}
      >
        <Sign size={18} />
      </ActionIcon>
    </Tooltip>
  );
}

function Row({ row }: { row: Conversation }) {
  const { t } = useTranslation("conversation");
  const nameOf = useNameOf();
  const short = useShortTime();
  const now = useNow(30_000);
  const waits = row.waiting_since === null ? undefined : waited(row.waiting_since, now);
  const { channels } = useAccounts();
  return (
    <Link
      to="/talk/$channelId/$contactId"
      params={{ channelId: row.channel_id, contactId: row.contact.id }}
      search={(before) => before}
      className={style.row}
    >
      <span className={style.face}>
        <Face person={row.contact} size={40} />
      </span>
      <Text span fz="sm" fw={row.unread > 0 ? 700 : 600} className={style.one}>
        {nameOf(row.contact)}
      </Text>
      <Text span fz="xs" c="dimmed">
        {short(row.last_at)}
      </Text>
      <Text span fz="xs" c="dimmed" className={style.one}>
        {row.last_text}
      </Text>
      {row.unread > 0 ? (
        <Badge
          variant="filled"
          color="red.8"
          size="sm"
          radius="xl"
          aria-label={t("unread", { n: row.unread })}
        >
          {row.unread}
        </Badge>
      ) : (
        <span />
      )}
      {(row.mark || waits || channels.length > 1) && (
        <Group gap="2px 6px" style={{ gridColumn: "2 / -1" }}>
          {row.mark && <Badge size="sm">{row.mark}</Badge>}
          {waits && (
            <Text
              span
              fz="xs"
              c={waits.unit === "minutes" ? "dimmed" : "var(--mantine-color-orange-light-color)"}
            >
              {t(`waits.${waits.unit}`, { n: waits.n })}
            </Text>
          )}
          <Text span fz="xs" c="dimmed">
            <AccountName id={row.channel_id} />
          </Text>
        </Group>
      )}
    </Link>
  );
}

/** The time, told again every so often. */
export function useNow(every: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return now;
}
