/** A new coupon. LINE lets nobody change it afterwards, so that is said before it is made. */
import {
  Alert,
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  SimpleGrid,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { NewCoupon } from "../api/types.ts";
import { AssetField } from "../asset/AssetField.tsx";
import { dayOf, fromWall } from "../i18n/time.ts";
import { useZoneName } from "../i18n/zone.ts";
import { useZone } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useIntent } from "../ui/draft.ts";
import { createCoupon } from "./api.ts";

type Kind = NewCoupon["gives"]["kind"];
const KINDS: Kind[] = ["amount", "percent", "free", "gift", "others"];
const DAY = 86_400_000;

interface Written {
  title: string;
  starts_at: string;
  ends_at: string;
  kind: Kind;
  amount: number | string;
  uses: NewCoupon["uses"];
  usage_condition: string;
  description: string;
  image_url: string;
}

function givesOf({ kind, amount }: Written): NewCoupon["gives"] {
  if (kind === "amount") return { kind, yen: Number(amount) };
  if (kind === "percent") return { kind, percent: Number(amount) };
  return { kind };
}

interface NewCouponFormProps {
  account: string;
  close: () => void;
  made: (id: string) => void;
}

export function NewCouponForm({ account, close, made }: NewCouponFormProps) {
  const { t } = useTranslation(["template", "common"]);
  const zone = useZone();
  const zoneName = useZoneName();
  const intent = useIntent(`coupon.${account}`);
  const form = useForm<Written>({
    initialValues: {
      title: "",
      starts_at: `${dayOf(Date.now(), zone)}T00:00`,
      ends_at: `${dayOf(Date.now() + 30 * DAY, zone)}T23:59`,
      kind: "amount",
      amount: 100,
      uses: "once",
      usage_condition: "",
      description: "",
      image_url: "",
    },
    validate: {
      title: (title) => (title.trim() === "" ? t("common:required") : null),
      starts_at: (starts) => (fromWall(starts, zone) === undefined ? t("common:required") : null),
      ends_at: (ends, { starts_at }) => {
        if (fromWall(ends, zone) === undefined) return t("common:required");
        return ends <= starts_at ? t("coupon.endsFirst") : null;
      },
    },
  });
  const make = useAct(
    (wish: NewCoupon) => createCoupon(account, intent.keyFor([account, wish]), wish),
    {
      done: t("coupon.made"),
      stale: ["coupon"],
      form,
      after: ({ coupon_id }) => {
        intent.done();
        made(coupon_id);
        close();
      },
    },
  );
  const confirm = useConfirm();
  const [asking, setAsking] = useState(false);
  const askToLeave = async () => {
    setAsking(true);
    const yes = await confirm({
      title: t("coupon.leaveTitle"),
      body: t("coupon.leaveBody"),
      action: t("common:draftDrop"),
      danger: true,
    });
    setAsking(false);
    return yes;
  };
  const leave = async () => {
    if (form.isDirty() && !(await askToLeave())) return;
    // A closed form is a wish given up.
    intent.done();
    close();
  };
  const send = (written: Written) => {
    const { title, uses, usage_condition, description, image_url } = written;
    make.mutate({
      title,
      uses,
      usage_condition,
      description,
      image_url: image_url || null,
      gives: givesOf(written),
      starts_at: fromWall(written.starts_at, zone) ?? 0,
      ends_at: fromWall(written.ends_at, zone) ?? 0,
    });
  };
  const { kind } = form.values;
  return (
    <Modal
      opened
      onClose={leave}
      closeOnClickOutside={false}
      // Escape answers the question, not both windows.
      closeOnEscape={!asking}
      title={t("coupon.make")}
      size="lg"
    >
      <form
        onSubmit={(event) => {
          // The message's own form around it must not be sent with it.
          event.stopPropagation();
          form.onSubmit(send)(event);
        }}
      >
        <Stack gap="sm">
          <Alert color="gray">{t("coupon.makeAbout")}</Alert>
          <TextInput
            label={t("coupon.title")}
            placeholder={t("coupon.titleExample")}
            maxLength={60}
            withAsterisk
            data-autofocus
            {...form.getInputProps("title")}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="sm">
            <TextInput
              type="datetime-local"
              label={t("coupon.starts")}
              description={zoneName}
              withAsterisk
              {...form.getInputProps("starts_at")}
            />
            <TextInput
              type="datetime-local"
              label={t("coupon.ends")}
              description={zoneName}
              withAsterisk
              {...form.getInputProps("ends_at")}
            />
          </SimpleGrid>
          <Group grow align="flex-start">
            <Select
              label={t("coupon.gives")}
              allowDeselect={false}
              data={KINDS.map((value) => ({ value, label: t(`coupon.kind.${value}`) }))}
              {...form.getInputProps("kind")}
              error={form.errors.gives}
            />
            {(kind === "amount" || kind === "percent") && (
              <NumberInput
                label={t(`coupon.of.${kind}`)}
                min={1}
                max={kind === "percent" ? 99 : 9_999_999}
                allowDecimal={false}
                thousandSeparator=","
                {...form.getInputProps("amount")}
              />
            )}
          </Group>
          <Select
            label={t("coupon.uses")}
            allowDeselect={false}
            data={(["once", "any"] as const).map((value) => ({
              value,
              label: t(`coupon.usesOf.${value}`),
            }))}
            {...form.getInputProps("uses")}
          />
          <TextInput
            label={t("coupon.condition")}
            description={t("common:optional")}
            maxLength={100}
            {...form.getInputProps("usage_condition")}
          />
          <Textarea
            label={t("coupon.description")}
            description={t("common:optional")}
            autosize
            minRows={2}
            maxRows={6}
            maxLength={1_000}
            {...form.getInputProps("description")}
          />
          <AssetField
            kind="image"
            label={t("coupon.image")}
            description={t("coupon.imageAbout")}
            value={form.values.image_url || undefined}
            error={form.errors.image_url as string | undefined}
            onPick={(asset) => form.setFieldValue("image_url", asset.preview_url ?? asset.url)}
            onType={(url) => form.setFieldValue("image_url", url)}
          />
          <Group justify="flex-end">
            <Button variant="default" onClick={leave}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={make.isPending}>
              {t("coupon.go")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
