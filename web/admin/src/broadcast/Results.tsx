/** 配信結果: what is known, from where; what nobody reports yet is 未連携 and never 0. */
import { Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { BroadcastResult, BroadcastWithCounts } from "../api/types.ts";
import { dayAndTime, number } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { templateQuery } from "../template/api.ts";
import { Part } from "../ui/Part.tsx";
import { resultQuery } from "./api.ts";
import { hasLinks } from "./links.ts";
import style from "./Results.module.css";

/** Figures of the shop that come with its orders. */
const OF_ORDERS = ["orders", "revenue", "perMessage", "coupons"] as const;

export function Results({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const { data } = useQuery(resultQuery(broadcast.id));
  return (
    <Part fz="sm" title={t("result.title")}>
      <table className={style.table}>
        <tbody>
          <Row name={t("result.sent")} note={t("result.sentNote")}>
            {t("common:unit.messages", { n: number(broadcast.counts.accepted) })}
          </Row>
          <Opened broadcast={broadcast} insight={data?.insight} />
          <Clicked broadcast={broadcast} />
          {OF_ORDERS.map((key) => (
            <Row key={key} name={t(`result.${key}`)} note={t("result.unconnectedNote")}>
              <Text span fz="sm" c="dimmed">
                {t("result.unconnected")}
              </Text>
            </Row>
          ))}
          <Blocked blocks={data?.blocks} />
        </tbody>
      </table>
    </Part>
  );
}

function Row({ name, note, children }: { name: string; note?: ReactNode; children: ReactNode }) {
  return (
    <tr>
      <th scope="row">
        {name}
        {note && (
          <Text fz="xs" c="dimmed" fw={400}>
            {note}
          </Text>
        )}
      </th>
      <td>{children}</td>
    </tr>
  );
}

function Opened({
  broadcast,
  insight,
}: {
  broadcast: BroadcastWithCounts;
  insight: BroadcastResult["insight"] | undefined;
}) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  if (!insight)
    return (
      <Row name={t("result.opened")} note={t("result.openedLater")}>
        <Unknown>{t("result.notYet")}</Unknown>
      </Row>
    );
  const note = t("result.openedNote", { at: dayAndTime(insight.fetched_at, zone) });
  if (insight.seen === null)
    return (
      <Row name={t("result.opened")} note={note}>
        <Unknown>{t("result.few")}</Unknown>
      </Row>
    );
  const of = insight.delivered ?? broadcast.counts.accepted;
  return (
    <Row name={t("result.opened")} note={note}>
      {t("common:unit.people", { n: number(insight.seen) })}
      <Share part={insight.seen} of={of} />
    </Row>
  );
}

function Clicked({ broadcast }: { broadcast: BroadcastWithCounts }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const template = useQuery(templateQuery(broadcast.template_id));
  const { people, clicks, unknown } = broadcast.clicks;
  const linked = hasLinks(template.data?.messages ?? []);
  const unseen = !linked ? "noLinks" : broadcast.link_mode === "direct" ? "direct" : undefined;
  if (unseen && clicks + unknown === 0)
    return (
      <Row name={t("result.clicked")}>
        <Unknown>{t(`result.${unseen}`)}</Unknown>
      </Row>
    );
  if (broadcast.link_mode === "person")
    return (
      <Row name={t("result.clicked")} note={t("times", { n: number(clicks) })}>
        {t("common:unit.people", { n: number(people) })}
        <Share part={people} of={broadcast.counts.accepted} />
      </Row>
    );
  return (
    <Row name={t("result.clicked")} note={t("result.sharedNote")}>
      {t("times", { n: number(clicks + unknown) })}
    </Row>
  );
}

function Blocked({ blocks }: { blocks: BroadcastResult["blocks"] | undefined }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  if (blocks === undefined) return null;
  if (blocks === null)
    return (
      <Row name={t("result.blocked")}>
        <Unknown>{t("result.blockedUnknown")}</Unknown>
      </Row>
    );
  return (
    <Row
      name={t("result.blocked")}
      note={t("result.blockedNote", { at: dayAndTime(blocks.until, zone) })}
    >
      {t("result.in24h", { n: number(blocks.in_24h) })}
      <br />
      {t("result.in72h", { n: number(blocks.in_72h) })}
    </Row>
  );
}

function Share({ part, of }: { part: number; of: number }) {
  if (of === 0) return null;
  const percent = Math.round((1000 * part) / of) / 10;
  return (
    <Text span fz="sm" c="dimmed" fw={400}>
      {" "}
      ({percent}%)
    </Text>
  );
}

function Unknown({ children }: { children: ReactNode }) {
  return (
    <Text span fz="sm" c="dimmed" fw={400}>
      {children}
    </Text>
  );
}
