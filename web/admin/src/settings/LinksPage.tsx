/** リンク: where counted links begin, and the marks by which the shop's own statistics know them. */
import { Alert, Anchor, Button, Code, Group, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconCircleCheck, IconInfoCircle, IconPlugConnected } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { LinkSettings, UtmRule } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { Part } from "../ui/Part.tsx";
import { useStored } from "../ui/stored.ts";
import { linkSettingsQuery, setUtm, testLinkBase } from "./api.ts";
import { exampleOf } from "./utm.ts";

export default function LinksPage() {
  const { t } = useTranslation("settings");
  const query = useQuery(linkSettingsQuery);
  return (
    <Page title={t("links.title")} about={t("links.about")} width="read">
      <Loaded query={query}>
        {(settings) => (
          <Stack>
            <Base base={settings.base} />
            <Utm settings={settings} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}

function Base({ base }: { base: string | null }) {
  const { t } = useTranslation("settings");
  const may = useMay("settings");
  const test = useAct(testLinkBase);
  return (
    <Part title={t("links.base")} about={t("links.baseAbout")} gap="sm">
      {base === null ? (
        <Alert color="gray" icon={<IconInfoCircle size={20} />} title={t("links.unset")}>
          {t("links.unsetAbout")} <Code>ENISHI_PUBLIC_URL=https://…</Code>
        </Alert>
      ) : (
        <>
          <CopyLine label={t("links.begins")} value={base} />
          {may && (
            <Group>
              <Button
                variant="default"
                leftSection={<IconPlugConnected size={17} />}
                loading={test.isPending}
                onClick={() => test.mutate()}
              >
                {t("links.test")}
              </Button>
            </Group>
          )}
          <div aria-live="polite">
            {test.data && (
              <Alert
                color={test.data.result === "ours" ? "pine" : "orange"}
                icon={
                  test.data.result === "ours" ? (
                    <IconCircleCheck size={20} />
                  ) : (
                    <IconInfoCircle size={20} />
                  )
                }
                title={t(`links.result.${test.data.result as "ours"}`)}
              >
                {t(`links.resultAbout.${test.data.result as "ours"}`, {
                  status: test.data.status ?? "",
                })}
              </Alert>
            )}
          </div>
        </>
      )}
    </Part>
  );
}

const FIELDS = ["source", "medium", "campaign"] as const;

function Utm({ settings }: { settings: LinkSettings }) {
  const { t } = useTranslation(["settings", "common"]);
  const may = useMay("settings");
  const form = useForm<UtmRule>({ initialValues: settings.utm });
  const stored = useStored(form, settings.utm);
  const save = useAct(
    async (values: UtmRule) => {
      const mine = stored.changes(values);
      const { utm } = await queryClient.fetchQuery({ ...linkSettingsQuery, staleTime: 0 });
      return setUtm({ ...utm, ...mine });
    },
    {
      form: { setErrors: (errors) => form.setErrors(own(errors)) },
      done: t("common:saved"),
      stale: ["link"],
      after: (kept, values) => stored.settle(values, kept),
    },
  );
  const example = exampleOf(form.values, t("links.exampleName"));
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset disabled={!may} style={{ border: 0, padding: 0, margin: 0, minWidth: 0 }}>
        <Part title={t("links.utm")} about={t("links.utmAbout")}>
          <Switch
            label={t("links.on")}
            description={t("links.onAbout")}
            {...form.getInputProps("on", { type: "checkbox" })}
          />
          {FIELDS.map((field) => (
            <TextInput
              key={field}
              label={`utm_${field}`}
              description={t(`links.field.${field}`)}
              maxLength={100}
              styles={{ input: { fontFamily: "monospace" } }}
              {...form.getInputProps(field)}
            />
          ))}
          <Group gap="xs">
            <Text fz="sm" c="dimmed">
              {t("links.insert")}
            </Text>
            {(["{name}", "{id}"] as const).map((hole) => (
              <Anchor
                key={hole}
                component="button"
                type="button"
                fz="sm"
                mih={24}
                onClick={() =>
                  form.setFieldValue("campaign", `${form.values.campaign}${hole}`.slice(0, 100))
                }
              >
                {t(hole === "{name}" ? "links.holeName" : "links.holeId")}
              </Anchor>
            ))}
          </Group>
          <div>
            <Text fz="xs" c="dimmed">
              {t("links.example", { name: t("links.exampleName") })}
            </Text>
            <Code block style={{ whiteSpace: "pre-wrap", overflowWrap: "anywhere" }}>
              {example}
            </Code>
          </div>
          <Text fz="sm" c="dimmed">
            {t("links.keeps")}
          </Text>
          {may && (
            <Group justify="flex-end">
              <Button type="submit" loading={save.isPending} disabled={!form.isDirty()}>
                {t("common:save")}
              </Button>
            </Group>
          )}
        </Part>
      </fieldset>
    </form>
  );
}

const own = (errors: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(errors).map(([path, said]) => [path.replace(/^utm\./, ""), said]),
  );
