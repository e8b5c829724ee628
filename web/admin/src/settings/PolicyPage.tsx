/** What the shop lets itself do to its customers. */
import {
  Alert,
  Anchor,
  Box,
  Button,
  Checkbox,
  Group,
  NumberInput,
  Stack,
  Switch,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { usePrefetchQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import type { Kept, Lane, Policy } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { safetyQuery } from "../broadcast/api.ts";
import { SafetyCard } from "../broadcast/SafetyCard.tsx";
import { number } from "../i18n/time.ts";
import { useZoneName } from "../i18n/zone.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { DraftFound } from "../ui/DraftFound.tsx";
import { useDraft } from "../ui/draft.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { Meanwhile } from "../ui/Meanwhile.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { policyQuery, setPolicy, spendingQuery } from "./api.ts";
import { Exclusions } from "./policy/Exclusions.tsx";
import { Rehearsal } from "./policy/Rehearsal.tsx";

export default function PolicyPage() {
  const { t } = useTranslation("settings");
  const query = useQuery(policyQuery);
  // It stands below, and is not pushed away by what comes above it later.
  usePrefetchQuery(safetyQuery);
  return (
    <Page title={t("policy.title")} about={t("policy.about")} width="read">
      <Loaded query={query}>
        {(kept) => (
          <>
            <PolicyForm kept={kept} />
            <Box mt="md">
              <SafetyCard />
            </Box>
          </>
        )}
      </Loaded>
    </Page>
  );
}

interface PolicyDraft {
  values: Policy;
  /** What it was begun from. */
  revision: number;
}

const draftOf = ({ revision, ...values }: Kept<Policy>): PolicyDraft => ({ values, revision });

const LANES: Lane[] = ["marketing", "promised", "transactional"];

function PolicyForm({ kept }: { kept: Kept<Policy> }) {
  const { t } = useTranslation(["settings", "common"]);
  const may = useMay("settings");
  const zone = useZoneName();
  const stored = draftOf(kept);
  const draft = useDraft<PolicyDraft>("policy", stored);
  const { value, touched, forget } = draft;
  const form = useForm<Policy>({
    initialValues: value.values,
    onValuesChange: (values) => draft.set((before) => ({ ...before, values })),
  });
  const show = (next: PolicyDraft) => {
    form.setValues(next.values);
    forget(next);
  };
  const takeBack = (mine: PolicyDraft) => {
    form.setValues(mine.values);
    draft.set(mine);
  };
  const changed = kept.revision !== value.revision;
  // One's own, from a page that was left before it heard so.
  const saved = JSON.stringify(stored.values) === JSON.stringify(value.values);
  // Nothing of one's own is at stake: the page shows what somebody else saved.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only when the server's rules are others
  useEffect(() => {
    if (!changed) return;
    // Filling the form in is told to the draft as if it were typed: it is forgotten afterwards.
    if (saved || draft.follow(stored)) show(stored);
  }, [changed, touched, saved]);
  const save = useAct(({ values, revision }: PolicyDraft) => setPolicy({ ...values, revision }), {
    form,
    done: t("common:saved"),
    stale: ["policy"],
    after: (answer) => show(draftOf(answer)),
    // What was saved meanwhile is read now, and said above the form.
    otherwise: ({ code }) => {
      if (code !== "edited_meanwhile") return false;
      void stale("policy");
      return true;
    },
  });
  const cap = (key: "per_day" | "per_week") => (
    <Group gap="sm" align="flex-end">
      <Switch
        label={t(`policy.${key}`)}
        checked={form.values.cap[key] !== null}
        onChange={(event) =>
          form.setFieldValue(
            `cap.${key}`,
            event.currentTarget.checked ? (key === "per_day" ? 1 : 4) : null,
          )
        }
        mb={8}
        w={150}
      />
      <NumberInput
        aria-label={t(`policy.${key}`)}
        suffix={t("policy.perSuffix")}
        min={1}
        max={100}
        allowDecimal={false}
        w={140}
        disabled={form.values.cap[key] === null}
        value={form.values.cap[key] ?? ""}
        error={form.errors[`cap.${key}`]}
        onChange={(value) =>
          form.setFieldValue(`cap.${key}`, typeof value === "number" ? value : 1)
        }
      />
    </Group>
  );
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate({ values, revision: value.revision }))}>
      <Meanwhile
        name="policy"
        newer={changed && touched && !save.isPending ? { value: stored } : undefined}
        draft={{ value, set: takeBack, forget: show }}
        keepMine={({ revision }) => save.mutate({ values: form.values, revision })}
      />
      {touched && !changed && <DraftFound draft={draft} drop={() => show(stored)} />}
      <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0 }}>
        <Stack>
          {!may && <Alert color="gray">{t("policy.readOnly")}</Alert>}
          <Part title={t("policy.quiet")} about={t("policy.quietAbout", { zone })}>
            <Group align="flex-start">
              <TextInput
                type="time"
                label={t("policy.from")}
                w={140}
                {...form.getInputProps("quiet.from")}
              />
              <TextInput
                type="time"
                label={t("policy.until")}
                w={140}
                {...form.getInputProps("quiet.until")}
              />
            </Group>
            <Checkbox.Group label={t("policy.quietLanes")} {...form.getInputProps("quiet.lanes")}>
              <Group mt={6}>
                {LANES.map((lane) => (
                  <Checkbox key={lane} value={lane} label={t(`common:lane.${lane}`)} />
                ))}
              </Group>
            </Checkbox.Group>
          </Part>
          <Part title={t("policy.cap")} about={t("policy.capAbout")}>
            {cap("per_day")}
            {cap("per_week")}
          </Part>
          <Part title={t("policy.budget")} about={t("policy.budgetAbout")}>
            <Switch
              label={t("policy.budgetOn")}
              checked={form.values.budget.yen_per_month !== null}
              onChange={(event) =>
                form.setFieldValue(
                  "budget.yen_per_month",
                  event.currentTarget.checked ? 30_000 : null,
                )
              }
            />
            {form.values.budget.yen_per_month !== null && (
              <NumberInput
                label={t("policy.budgetYen")}
                prefix="¥"
                thousandSeparator=","
                min={1}
                max={1_000_000_000}
                allowDecimal={false}
                w={220}
                {...form.getInputProps("budget.yen_per_month")}
              />
            )}
            <Spending budget={form.values.budget.yen_per_month} />
          </Part>
          <Part title={t("policy.reserve")} about={t("policy.reserveAbout")}>
            <Anchor component={Link} to="/channels" fz="sm">
              {t("policy.reserveWhere")}
            </Anchor>
          </Part>
          <Exclusions form={form} />
          {touched && may && <Rehearsal policy={form.values} />}
          {may && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={!touched}>
                {t("common:save")}
              </Button>
            </Group>
          )}
        </Stack>
      </fieldset>
    </form>
  );
}

/** What broadcasts cost so far, and whether the last month would have fitted. */
function Spending({ budget }: { budget: number | null }) {
  const { t } = useTranslation("settings");
  const query = useQuery(spendingQuery);
  return (
    <Loaded query={query} lines={1}>
      {({ this_month, last_month }) => (
        <Stack gap={2}>
          <Text fz="sm">{t("policy.spentNow", { yen: number(this_month) })}</Text>
          <Text fz="sm">{t("policy.spentBefore", { yen: number(last_month) })}</Text>
          {budget !== null && last_month > budget && (
            <Text fz="sm" c="orange.9" fw={600}>
              {t("policy.wouldHaveStopped", { yen: number(last_month - budget) })}
            </Text>
          )}
        </Stack>
      )}
    </Loaded>
  );
}
