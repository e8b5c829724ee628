/** 誤配信を防ぐ設定: the typed name, the second person, the shop's own domains. */
import { Alert, Button, Group, NumberInput, Radio, Stack, TagsInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { BroadcastSafety } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Part } from "../ui/Part.tsx";
import { amend, useStored } from "../ui/stored.ts";
import { safetyQuery, setSafety } from "./api.ts";

export function SafetyCard() {
  const { t } = useTranslation("broadcast");
  const query = useQuery(safetyQuery);
  return (
    <Part title={t("safety.title")} about={t("safety.about")}>
      <Loaded query={query}>{(safety) => <SafetyForm safety={safety} />}</Loaded>
    </Part>
  );
}

interface Values {
  typed_from: number;
  when: BroadcastSafety["approval"]["when"];
  people: number;
  own_domains: string[];
}

const valuesOf = ({ typed_from, approval, own_domains }: BroadcastSafety): Values => ({
  typed_from,
  when: approval.when,
  people: approval.when === "above" ? approval.people : 500,
  own_domains,
});

const safetyOf = ({ typed_from, when, people, own_domains }: Values): BroadcastSafety => ({
  typed_from,
  approval: when === "above" ? { when, people } : { when },
  own_domains,
});

function SafetyForm({ safety }: { safety: BroadcastSafety }) {
  const { t } = useTranslation(["broadcast", "common"]);
  const may = useMay("settings");
  const form = useForm<Values>({ initialValues: valuesOf(safety) });
  const stored = useStored(form, valuesOf(safety));
  const save = useAct(
    (values: Values) => {
      const mine = stored.changes(values);
      return amend<BroadcastSafety>(
        () => queryClient.fetchQuery({ ...safetyQuery, staleTime: 0 }),
        (now) => safetyOf({ ...valuesOf(now), ...mine }),
        setSafety,
      );
    },
    {
      form,
      done: t("common:saved"),
      stale: ["policy"],
      after: (kept, values) => stored.settle(values, valuesOf(kept)),
    },
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack>
          {!may && <Alert color="gray">{t("safety.readOnly")}</Alert>}
          <NumberInput
            label={t("safety.typed")}
            description={t("safety.typedAbout")}
            suffix={t("safety.peopleSuffix")}
            min={1}
            max={10_000_000}
            thousandSeparator=","
            allowDecimal={false}
            styles={{ wrapper: { maxWidth: 220 } }}
            {...form.getInputProps("typed_from")}
          />
          <Radio.Group
            label={t("safety.approval")}
            description={t("safety.approvalAbout")}
            {...form.getInputProps("when")}
          >
            <Stack gap="xs" mt="xs">
              <Radio value="off" label={t("safety.off")} />
              <Radio value="above" label={t("safety.above")} />
              {form.values.when === "above" && (
                <NumberInput
                  ml={30}
                  maw={220}
                  aria-label={t("safety.above")}
                  suffix={t("safety.peopleSuffix")}
                  min={0}
                  max={10_000_000}
                  thousandSeparator=","
                  allowDecimal={false}
                  {...form.getInputProps("people")}
                />
              )}
              <Radio value="always" label={t("safety.always")} />
            </Stack>
          </Radio.Group>
          <TagsInput
            label={t("safety.domains")}
            description={t("safety.domainsAbout")}
            placeholder="shop.example.com"
            maxTags={50}
            splitChars={[",", " ", "、"]}
            {...form.getInputProps("own_domains")}
          />
          {may && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {t("safety.save")}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}
