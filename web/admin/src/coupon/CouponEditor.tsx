/** A coupon in a message: chosen from what LINE has, made here, or named by its id. */
import {
  ActionIcon,
  Alert,
  Badge,
  Button,
  Group,
  Loader,
  Radio,
  ScrollArea,
  Select,
  Stack,
  Text,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconPlus, IconRefresh } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { Bubble, Coupon } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { dateTime, dayAndTime } from "../i18n/time.ts";
import { useMay, useZone } from "../session/api.ts";
import { withField } from "../template/bubbles.ts";
import { Field } from "../template/Field.tsx";
import { sentenceOf } from "../ui/problem.ts";
import { couponsQuery } from "./api.ts";
import { NewCouponForm } from "./NewCouponForm.tsx";
import { type Standing, standingOf } from "./standing.ts";

interface CouponEditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}

export function CouponEditor({ bubble, path, onChange }: CouponEditorProps) {
  const { t } = useTranslation("template");
  const { couponId = "" } = bubble as { couponId?: string };
  const { channel, channels } = useAccounts();
  const [account, setAccount] = useState(channel?.id ?? channels[0]?.id ?? null);
  const pick = (id: string) => onChange(withField(bubble, "couponId", id.trim()));
  return (
    <Stack gap="sm">
      {channels.length > 1 && (
        <Select
          label={t("coupon.account")}
          description={t("coupon.accountAbout")}
          allowDeselect={false}
          data={channels.map(({ id, name }) => ({ value: id, label: name }))}
          value={account}
          onChange={setAccount}
        />
      )}
      {account && <Coupons key={account} account={account} chosen={couponId} pick={pick} />}
      <Field
        label={t("field.coupon")}
        description={t("hint.coupon")}
        path={`${path}.couponId`}
        value={couponId}
        limit="couponId"
        variables="none"
        onChange={pick}
      />
    </Stack>
  );
}

interface CouponsProps {
  account: string;
  chosen: string;
  pick: (id: string) => void;
}

function Coupons({ account, chosen, pick }: CouponsProps) {
  const { t } = useTranslation(["template", "common"]);
  const { t: common } = useTranslation("common");
  const zone = useZone();
  const may = useMay("define");
  const [making, form] = useDisclosure(false);
  const query = useQuery(couponsQuery(account));
  const { data } = query;
  const now = data?.asked_at ?? 0;
  const [usable, over] = (data?.items ?? []).reduce<[Coupon[], Coupon[]]>(
    ([good, bad], one) =>
      standingOf(one, now) === "over" ? [good, [...bad, one]] : [[...good, one], bad],
    [[], []],
  );
  const known = [...usable, ...over].some((one) => one.coupon_id === chosen);
  const ended = over.some((one) => one.coupon_id === chosen);
  return (
    <Stack gap="xs">
      <Group justify="space-between" gap="xs">
        <Text fz="sm" fw={500}>
          {t("coupon.choose")}
        </Text>
        <Group gap={6}>
          {data && (
            <Text fz="xs" c="dimmed">
              {t("coupon.asked", { at: dayAndTime(now, zone) })}
            </Text>
          )}
          <ActionIcon
            size="sm"
            aria-label={t("coupon.again")}
            title={t("coupon.again")}
            loading={query.isFetching}
            onClick={() => void query.refetch()}
          >
            <IconRefresh size={16} />
          </ActionIcon>
        </Group>
      </Group>
      {query.isPending && <Loader size="sm" aria-label={t("common:loading")} />}
      {query.isError && (
        <Alert color="yellow">
          {sentenceOf(asProblem(query.error), common)} {t("coupon.byId")}
        </Alert>
      )}
      {data && usable.length === 0 && (
        <Text fz="sm" c="dimmed">
          {t("coupon.none")}
        </Text>
      )}
      {usable.length > 0 && (
        <ScrollArea.Autosize mah={260} type="auto">
          <Radio.Group aria-label={t("coupon.choose")} value={chosen} onChange={pick}>
            <Stack gap={6}>
              {usable.map((one) => (
                <Line key={one.coupon_id} coupon={one} standing={standingOf(one, now)} />
              ))}
            </Stack>
          </Radio.Group>
        </ScrollArea.Autosize>
      )}
      {data?.has_more && (
        <Text fz="xs" c="dimmed">
          {t("coupon.more")}
        </Text>
      )}
      {data && chosen && (ended || !known) && (
        <Alert color="orange" role="status">
          {t(ended ? "coupon.ended" : "coupon.unknown")}
        </Alert>
      )}
      {over.length > 0 && (
        <details>
          <Text component="summary" fz="xs" c="dimmed" py={6} style={{ cursor: "pointer" }}>
            {t("coupon.over", { n: over.length })}
          </Text>
          {over.map((one) => (
            <Text key={one.coupon_id} fz="sm" c="dimmed" py={2}>
              {one.title}
            </Text>
          ))}
        </details>
      )}
      {may && (
        <div>
          <Button
            size="xs"
            variant="light"
            leftSection={<IconPlus size={15} />}
            onClick={form.open}
          >
            {t("coupon.make")}
          </Button>
        </div>
      )}
      {making && <NewCouponForm account={account} close={form.close} made={pick} />}
    </Stack>
  );
}

const COLORS: Record<Standing, string> = { running: "pine", soon: "blue", over: "gray" };

function Line({ coupon, standing }: { coupon: Coupon; standing: Standing }) {
  const { t } = useTranslation("template");
  const zone = useZone();
  const { starts_at, ends_at } = coupon;
  const span =
    starts_at !== null && ends_at !== null
      ? t("coupon.span", { from: dateTime(starts_at, zone), to: dateTime(ends_at, zone) })
      : undefined;
  return (
    <Radio
      value={coupon.coupon_id}
      description={span}
      label={
        <Group gap={8} component="span">
          <span style={{ overflowWrap: "anywhere" }}>{coupon.title}</span>
          <Badge component="span" color={COLORS[standing]}>
            {t(`coupon.standing.${standing}`)}
          </Badge>
        </Group>
      }
    />
  );
}
