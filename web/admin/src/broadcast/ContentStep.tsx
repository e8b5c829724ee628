/** 内容: a template, or written here and now. */
import { Alert, Card, Grid, Loader, SegmentedControl, Select, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";
import { FriendSelect } from "../contact/pickers.tsx";
import { templateSearchQuery } from "../template/api.ts";
import { Preview } from "../template/Preview.tsx";
import { useProblemsOf } from "../template/useProblems.ts";
import { CategoryChoice } from "./CategoryChoice.tsx";
import { LinkChoice } from "./LinkChoice.tsx";
import { hasLinks } from "./links.ts";
import type { StepProps } from "./TargetStep.tsx";

const Composer = lazy(() => import("../template/Composer.tsx"));

export function ContentStep({ plan, put }: StepProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const { data } = useQuery(templateSearchQuery(""));
  const problems = useProblemsOf(plan.source === "write" ? plan.messages : []);
  const [friend, setFriend] = useState<string | null>(null);
  const [messages] = useDebouncedValue(plan.messages, 300);
  const wish = plan.source === "write" ? { messages } : { template_id: plan.template_id ?? "" };
  const chosen = data?.items.find((one) => one.id === plan.template_id)?.messages ?? [];
  const linked = hasLinks(plan.source === "write" ? messages : chosen);
  const ready = plan.source === "write" || plan.template_id;
  return (
    <Grid gap="lg">
      <Grid.Col span={{ base: 12, md: 7 }}>
        <Stack>
          <SegmentedControl
            fullWidth
            value={plan.source}
            onChange={(source) =>
              put({ source: source as "template" | "write", template_id: null })
            }
            data={[
              { value: "template", label: t("fromTemplate") },
              { value: "write", label: t("writeNow") },
            ]}
          />
          {plan.source === "template" ? (
            <Card>
              <Select
                label={t("template")}
                placeholder={t("common:choose")}
                searchable
                nothingFoundMessage={t("common:nothingFound")}
                data={data?.items.map(({ id, name }) => ({ value: id, label: name })) ?? []}
                value={plan.template_id}
                onChange={(template_id) => put({ template_id })}
              />
              {data?.items.length === 0 && (
                <Alert color="gray" mt="sm">
                  {t("noTemplates")}
                </Alert>
              )}
            </Card>
          ) : (
            <Suspense fallback={<Loader />}>
              <Composer
                messages={plan.messages}
                problems={problems.filter((one) => one.code !== "empty")}
                onChange={(next) => put({ messages: next })}
              />
            </Suspense>
          )}
          <CategoryChoice value={plan.category} onChange={(category) => put({ category })} />
          {linked && (
            <LinkChoice value={plan.link_mode} onChange={(link_mode) => put({ link_mode })} />
          )}
        </Stack>
      </Grid.Col>
      <Grid.Col span={{ base: 12, md: 5 }}>
        <Stack>
          <FriendSelect
            label={t("previewFor")}
            channel={plan.channel_id}
            value={friend}
            onChange={setFriend}
          />
          {ready && (
            <Preview
              {...wish}
              channel_id={plan.channel_id}
              {...(friend ? { contact_id: friend } : {})}
              height={480}
            />
          )}
        </Stack>
      </Grid.Col>
    </Grid>
  );
}
