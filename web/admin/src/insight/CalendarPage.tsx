/** 配信カレンダー: what went and what will go. */
import {
  ActionIcon,
  Alert,
  Button,
  Card,
  Group,
  Progress,
  SegmentedControl,
  Stack,
  Text,
  Title,
} from "@mantine/core";
import { IconChevronLeft, IconChevronRight, IconSpeakerphone } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { getRouteApi, Link } from "@tanstack/react-router";
import type { CSSProperties } from "react";
import { useTranslation } from "react-i18next";
import type { Calendar, MenuDay, PlannedBroadcast } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { dayOf, number, toWall } from "../i18n/time.ts";
import { useMenuName } from "../menu/useMenuName.ts";
import { useMay, useZone } from "../session/api.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { calendarQuery } from "./api.ts";
import style from "./Calendar.module.css";
import { CalendarLegend, Swatch } from "./CalendarLegend.tsx";
import { monthOf, plusDays, plusMonths, spanOf, weekday, weekOf } from "./days.ts";
import { monthName, weekName } from "./names.ts";
import { CATEGORY_COLORS, colorOf, JOURNEY_COLOR, MENU_COLOR, sharesOf } from "./shares.ts";

const route = getRouteApi("/shell/calendar");
const WEEK = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"] as const;
type View = "month" | "week";

const marked = (color: string) => ({ "--category": colorOf(color) }) as CSSProperties;

export default function CalendarPage() {
  const { t } = useTranslation("insight");
  const zone = useZone();
  const { channel } = useAccounts();
  const may = useMay("send_broadcast");
  const search = route.useSearch();
  const today = dayOf(Date.now(), zone);
  const view: View = search.view ?? "month";
  const day = search.day ?? today;
  const days = view === "week" ? weekOf(day) : monthOf(day);
  const { from, to } = spanOf(days);
  const query = useQuery(calendarQuery(from, to, channel?.id));
  return (
    <Page
      title={t("calendar.title")}
      about={t("calendar.about")}
      actions={
        may && (
          <Button
            component={Link}
            to="/broadcasts/new"
            leftSection={<IconSpeakerphone size={17} />}
          >
            {t("calendar.new")}
          </Button>
        )
      }
    >
      <Stack gap="md">
        <Bar view={view} day={day} today={today} />
        <Loaded query={query} lines={6}>
          {(data) => (
            <Stack gap="md" aria-busy={query.isPlaceholderData}>
              {data.more_due && <Alert color="gray">{t("calendar.moreDue")}</Alert>}
              <Grid data={data} days={days} view={view} month={day.slice(0, 7)} today={today} />
              <CalendarLegend />
              <Shares broadcasts={data.broadcasts} />
            </Stack>
          )}
        </Loaded>
      </Stack>
    </Page>
  );
}

function Bar({ view, day, today }: { view: View; day: string; today: string }) {
  const { t } = useTranslation("insight");
  const navigate = route.useNavigate();
  const go = (next: string, as: View = view) =>
    void navigate({
      search: {
        ...(as === "week" ? { view: "week" as const } : {}),
        ...(next === today ? {} : { day: next }),
      },
      resetScroll: false,
    });
  const step = (n: number) => go(view === "week" ? plusDays(day, 7 * n) : plusMonths(day, n));
  return (
    <Group justify="space-between" gap="sm">
      <Group gap={6} wrap="nowrap">
        <ActionIcon variant="default" aria-label={t("calendar.previous")} onClick={() => step(-1)}>
          <IconChevronLeft size={18} />
        </ActionIcon>
        <Title order={2} fz="lg" miw={120} ta="center" aria-live="polite">
          {view === "week" ? weekName(day) : monthName(day)}
        </Title>
        <ActionIcon variant="default" aria-label={t("calendar.next")} onClick={() => step(1)}>
          <IconChevronRight size={18} />
        </ActionIcon>
        <Button variant="default" size="xs" onClick={() => go(today)}>
          {t("calendar.today")}
        </Button>
      </Group>
      <SegmentedControl
        aria-label={t("calendar.view")}
        value={view}
        onChange={(as) => go(day, as as View)}
        data={[
          { value: "month", label: t("calendar.month") },
          { value: "week", label: t("calendar.week") },
        ]}
      />
    </Group>
  );
}

interface GridProps {
  data: Calendar;
  days: string[];
  view: View;
  month: string;
  today: string;
}

function Grid({ data, days, view, month, today }: GridProps) {
  const { t } = useTranslation(["insight", "common"]);
  const zone = useZone();
  const on = (day: string) => ({
    broadcasts: data.broadcasts.filter((one) => dayOf(one.send_at, zone) === day),
    due: data.due.filter((one) => one.day === day),
    sent: data.sent.find((one) => one.day === day)?.sent ?? 0,
    menus: data.menus.filter((one) => one.day === day),
  });
  const nothing =
    data.broadcasts.length + data.due.length + data.sent.length + data.menus.length === 0;
  return (
    <Card p={0} style={{ overflow: "clip" }} className={view === "week" ? style.week : undefined}>
      <div className={style.grid} aria-hidden>
        {WEEK.map((key) => (
          <div key={key} className={style.head}>
            {t(`common:weekday.${key}`)}
          </div>
        ))}
      </div>
      <ol className={style.grid} aria-label={t("calendar.title")}>
        {days.map((day) => {
          const { broadcasts, due, sent, menus } = on(day);
          const empty = broadcasts.length + due.length + menus.length === 0 && sent === 0;
          const classes = [
            style.day,
            view === "month" && !day.startsWith(month) ? style.other : "",
            day === today ? style.today : "",
            empty ? style.empty : "",
          ];
          return (
            <li
              key={day}
              className={classes.filter(Boolean).join(" ")}
              {...(day === today ? { "aria-current": "date" as const } : {})}
            >
              <div className={style.date}>
                <time dateTime={day} className={style.number}>
                  <span className={style.short}>{Number(day.slice(8))}</span>
                  <span className={style.long}>
                    {Number(day.slice(5, 7))}/{Number(day.slice(8))}(
                    {t(`common:weekday.${WEEK[weekday(day)] ?? "sun"}`)})
                  </span>
                </time>
              </div>
              {broadcasts.map((one) => (
                <Entry key={one.id} broadcast={one} />
              ))}
              {due.map((one) => (
                <Link
                  key={one.journey_id}
                  to="/journeys/$id"
                  params={{ id: one.journey_id }}
                  className={style.item}
                  style={marked(JOURNEY_COLOR)}
                >
                  <span className={style.facts}>{t("calendar.due")}</span>{" "}
                  {t("calendar.dueSteps", { name: one.name, n: number(one.people) })}
                </Link>
              ))}
              {sent > 0 && (
                <div className={style.item} style={marked(JOURNEY_COLOR)}>
                  {t("calendar.sent", { n: number(sent) })}
                </div>
              )}
              {menus.map((one) => (
                <MenuEntry key={`${one.journey_id} ${one.state} ${one.rich_menu_id}`} menu={one} />
              ))}
              {empty && day === today && (
                <Text fz="xs" c="dimmed" mt={4}>
                  {t("calendar.none")}
                </Text>
              )}
            </li>
          );
        })}
      </ol>
      {nothing && (
        <Text fz="sm" c="dimmed" p="md" ta="center">
          {t("calendar.nothing")}
        </Text>
      )}
    </Card>
  );
}

function MenuEntry({ menu }: { menu: MenuDay }) {
  const { t } = useTranslation("insight");
  const known = useMenuName();
  const { journey_id, name, rich_menu_id, state, people } = menu;
  const said = () => {
    if (rich_menu_id === null) return t("calendar.menu.own");
    const found = known(rich_menu_id);
    if (found.is === "there") return t("calendar.menu.to", { name: found.name });
    return t(found.is === "gone" ? "calendar.menu.gone" : "calendar.menu.other");
  };
  const n = number(people);
  return (
    <Link
      to="/journeys/$id"
      params={{ id: journey_id }}
      className={style.item}
      style={marked(MENU_COLOR)}
    >
      <span className={style.facts}>{t(`calendar.menu.${state}`)}</span> {said()}{" "}
      {t(state === "maybe" ? "calendar.menu.most" : "calendar.menu.people", { n })}{" "}
      <span className={style.facts}>{t("calendar.menu.by", { name })}</span>
    </Link>
  );
}

function Entry({ broadcast }: { broadcast: PlannedBroadcast }) {
  const { t } = useTranslation(["insight", "broadcast"]);
  const zone = useZone();
  const { byId, channels } = useAccounts();
  const { id, name, category, state, send_at, total, accepted, channel_id } = broadcast;
  const color = CATEGORY_COLORS[category ?? "none"];
  const people = accepted > 0 ? accepted : total;
  const facts = [
    toWall(send_at, zone).slice(11),
    t(`category.${category ?? "none"}`),
    t(`broadcast:states.${state}`),
    ...(people > 0 ? [t("calendar.people", { n: number(people) })] : []),
    ...(channels.length > 1 ? [byId(channel_id)?.name ?? ""] : []),
  ];
  return (
    <Link to="/broadcasts/$id" params={{ id }} className={style.item} style={marked(color)}>
      <span className={state === "cancelled" ? style.cancelled : undefined}>{name}</span>
      <span className={style.facts}> {facts.join("・")}</span>
    </Link>
  );
}

function Shares({ broadcasts }: { broadcasts: PlannedBroadcast[] }) {
  const { t } = useTranslation("insight");
  const shares = sharesOf(broadcasts);
  if (shares.length === 0) return null;
  const n = shares.reduce((sum, one) => sum + one.n, 0);
  return (
    <Card>
      <Title order={2} fz="md">
        {t("calendar.shares")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("calendar.sharesAbout", { n: number(n) })}
      </Text>
      <Progress.Root size="lg" aria-hidden>
        {shares.map(({ category, percent }) => (
          <Progress.Section
            key={category}
            value={percent}
            color={CATEGORY_COLORS[category]}
            withAria={false}
          />
        ))}
      </Progress.Root>
      <Group gap="md" mt="xs">
        {shares.map(({ category, n: of, percent }) => (
          <Group key={category} gap={6}>
            <Swatch color={CATEGORY_COLORS[category]} />
            <Text fz="sm">
              {t("calendar.share", {
                category: t(`category.${category}`),
                n: number(of),
                percent,
              })}
            </Text>
          </Group>
        ))}
      </Group>
    </Card>
  );
}
