/** 内容: a template, or written here and now. */
import { Card, Grid, SegmentedControl, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { FieldProblem } from "../api/problem.ts";
import { FriendSelect } from "../contact/pickers.tsx";
import { templateQuery } from "../template/api.ts";
import { Preview } from "../template/Preview.tsx";
import { TemplateSelect } from "../template/TemplateSelect.tsx";
import { useProblemsOf } from "../template/useProblems.ts";
import { Loaded } from "../ui/Loaded.tsx";
import { useCode } from "../ui/useCode.ts";
import { CategoryChoice } from "./CategoryChoice.tsx";
import { LinkChoice } from "./LinkChoice.tsx";
import { hasLinks } from "./links.ts";
import type { StepProps } from "./TargetStep.tsx";

export function ContentStep({ plan, put }: StepProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const { data: template } = useQuery({
    ...templateQuery(plan.template_id ?? ""),
    enabled: Boolean(plan.template_id),
  });
  const problems = useProblemsOf(plan.source === "write" ? plan.messages : []);
  const [friend, setFriend] = useState<string | null>(null);
  const [messages] = useDebouncedValue(plan.messages, 300);
  const wish = plan.source === "write" ? { messages } : { template_id: plan.template_id ?? "" };
  const chosen = template?.messages ?? [];
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
              <TemplateSelect
                label={t("template")}
                none={t("noTemplates")}
                value={plan.template_id}
                onChange={(template_id) => put({ template_id })}
              />
            </Card>
          ) : (
            <Writing plan={plan} put={put} problems={problems} />
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

/** What is written for this broadcast alone. */
function Writing({ plan, put, problems }: StepProps & { problems: FieldProblem[] }) {
  const code = useCode("composer", () => import("../template/Composer.tsx"));
  return (
    <Loaded query={code}>
      {({ default: Composer }) => (
        <Composer
          messages={plan.messages}
          problems={problems.filter((one) => one.code !== "empty")}
          onChange={(messages) => put({ messages })}
        />
      )}
    </Loaded>
  );
}
