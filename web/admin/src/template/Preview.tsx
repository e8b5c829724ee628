/** The messages as the customer's phone shows them. */
import "@enishi/line-ui/line-ui.css";
import { type CouponInfo, LineUi, Talk, type TalkItem, TalkRoom } from "@enishi/line-ui";
import { Alert, Box, Text } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { couponsQuery } from "../coupon/api.ts";
import { language } from "../i18n/i18n.ts";
import { useZone } from "../session/api.ts";
import { pictureOf } from "../ui/picture.ts";
import { type PreviewWish, previewQuery } from "./api.ts";
import { hasLineEmoji } from "./lineEmoji.ts";

/** A small phone and a large one: texts and pictures break differently. */
export type PhoneWidth = "narrow" | "wide";

/** Draws bubbles that are ready to be drawn. */
export function Phone({
  messages,
  channel,
  height = 560,
  width = "narrow",
  at,
}: {
  messages: Bubble[];
  channel: string | undefined;
  height?: number | string;
  width?: PhoneWidth;
  /** When they arrive; now when left out. */
  at?: number;
}) {
  const zone = useZone();
  const { byId, channels } = useAccounts();
  const account = byId(channel ?? null) ?? channels[0];
  const picture = pictureOf(account?.picture_url);
  const couponOf = useCoupons(messages, account?.id);
  const opened = useMemo(() => Date.now(), []);
  const now = at ?? opened;
  const items = messages.map<TalkItem>((message, n) => ({
    id: String(n),
    at: now,
    from: "them",
    author: {
      name: account?.name ?? "",
      ...(picture ? { pictureUrl: picture } : {}),
    },
    message,
  }));
  return (
    <Box
      h={height === "auto" ? "auto" : { base: 340, md: height }}
      mx="auto"
      w="100%"
      maw={width === "wide" ? 430 : 340}
      style={{
        display: "flex",
        flexDirection: "column",
        borderRadius: 22,
        overflow: "hidden",
        border: "1px solid var(--mantine-color-default-border)",
      }}
    >
      <LineUi locale={language()} timeZone={zone} coupon={couponOf}>
        <TalkRoom label={account?.name ?? ""}>
          <Talk items={items} now={now} />
        </TalkRoom>
      </LineUi>
    </Box>
  );
}

/** A coupon's message carries only its id; LINE knows the rest. */
function useCoupons(messages: Bubble[], account: string | undefined) {
  const carries = messages.some((message) => message.type === "coupon");
  const { data } = useQuery({
    ...couponsQuery(account ?? ""),
    enabled: carries && account !== undefined,
  });
  return (id: string): CouponInfo | undefined => {
    const coupon = data?.items.find((one) => one.coupon_id === id);
    return (
      coupon && {
        title: coupon.title,
        ...(coupon.description ? { description: coupon.description } : {}),
        ...(coupon.image_url ? { imageUrl: coupon.image_url } : {}),
        ...(coupon.ends_at === null ? {} : { until: coupon.ends_at }),
      }
    );
  };
}

interface PreviewProps extends PreviewWish {
  height?: number | string;
  width?: PhoneWidth;
}

/** Lets the server fill in the variables, and says what is missing for this friend. */
export function Preview({ height, width, ...wish }: PreviewProps) {
  const { t } = useTranslation("template");
  const nothing = wish.messages?.length === 0;
  const query = useQuery({
    ...previewQuery(wish),
    enabled: !nothing,
    placeholderData: keepPreviousData,
    retry: false,
  });
  // What cannot be filled in is drawn as it was written.
  const shown = nothing ? [] : (query.data?.messages ?? wish.messages ?? []);
  const problems = query.data?.messages === null ? query.data.errors : [];
  return (
    <div>
      <Phone
        messages={shown}
        channel={wish.channel_id}
        {...(height ? { height } : {})}
        {...(width ? { width } : {})}
      />
      {hasLineEmoji(shown) && (
        <Text fz="xs" c="dimmed" ta="center" mt="xs">
          {t("lineEmoji.sample")}
        </Text>
      )}
      {nothing && (
        <Text fz="sm" c="dimmed" ta="center" mt="xs">
          {t("previewEmpty")}
        </Text>
      )}
      {problems.length > 0 && wish.contact_id && (
        <Alert color="orange" mt="sm" title={t("notForThem")}>
          {problems.map((one) => one.message).join(" ")}
        </Alert>
      )}
    </div>
  );
}
