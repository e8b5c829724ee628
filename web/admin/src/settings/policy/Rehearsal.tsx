/** あてはめ: what the rules on the page would have done to the last 30 days, before they are saved. */
import { Alert, List, Loader, Text } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconHistory } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem } from "../../api/problem.ts";
import type { Policy } from "../../api/types.ts";
import { complete } from "../../condition/model.ts";
import { number } from "../../i18n/time.ts";
import { rehearsalQuery } from "../api.ts";

export function Rehearsal({ policy }: { policy: Policy }) {
  const { t } = useTranslation("settings");
  const [settled] = useDebouncedValue(policy, 700);
  const ready = settled.exclusions.groups.every((group) => complete(group.condition));
  const query = useQuery({ ...rehearsalQuery(settled), enabled: ready });
  const fields = query.isError && asProblem(query.error).fields.length > 0;
  if (!ready || fields) return null;
  const told = query.data;
  return (
    <Alert
      color="blue"
      role="status"
      icon={<IconHistory size={20} />}
      title={t("policy.past")}
      aria-label={t("policy.past")}
    >
      {query.isError && <Text fz="sm">{t("policy.pastFailed")}</Text>}
      {!told && !query.isError && <Loader size="sm" aria-label={t("policy.pastLooking")} />}
      {told && told.sent === 0 && (
        <Text fz="sm">{t("policy.pastNothing", { days: told.days })}</Text>
      )}
      {told && told.sent > 0 && (
        <>
          <Text fz="sm" fw={600}>
            {t("policy.pastSum", {
              days: told.days,
              sent: number(told.sent),
              stopped: number(told.excluded + told.capped),
            })}
          </Text>
          <List fz="sm" mt={4}>
            <List.Item>{t("policy.pastCapped", { n: number(told.capped) })}</List.Item>
            <List.Item>{t("policy.pastExcluded", { n: number(told.excluded) })}</List.Item>
            <List.Item>{t("policy.pastWaited", { n: number(told.waited) })}</List.Item>
          </List>
          <Text fz="xs" c="dimmed" mt={6}>
            {t("policy.pastAbout")}
            {policy.exclusions.waiting_days !== null && ` ${t("policy.pastNotWaiting")}`}
            {!told.complete && ` ${t("policy.pastPart", { people: number(told.people) })}`}
          </Text>
        </>
      )}
    </Alert>
  );
}
