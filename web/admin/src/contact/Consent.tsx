/** What the customer agrees to: the shop's messages, per account, and what is made of their doings; when and how we know. */
import { Badge, Group, Stack, Switch, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Contact } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useMay } from "../session/api.ts";
import { AccountName } from "../ui/AccountDot.tsx";
import { When } from "../ui/When.tsx";
import { Part, useEdit } from "./profile.tsx";

const SOURCES = ["line", "staff", "api", "import"] as const;
type Source = (typeof SOURCES)[number];

export function ConsentCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const may = useMay("edit_contacts");
  const change = useEdit(contact);
  const { channels } = useAccounts();
  const here = contact.friendships.filter(() => channels.length > 1);
  const off = !may || change.isPending;
  return (
    <Part title={t("permission")}>
      <Stack gap="sm">
        <Switch
          label={t("consent")}
          description={t("consentAbout")}
          checked={contact.consent}
          disabled={off}
          onChange={(event) => change.mutate({ consent: event.currentTarget.checked })}
        />
        {here.map(({ channel_id }) => {
          const said = contact.consents.find((one) => one.channel_id === channel_id);
          const granted = contact.consent && (said?.granted ?? true);
          return (
            <Switch
              key={channel_id}
              ml="lg"
              label={<AccountName id={channel_id} />}
              checked={granted}
              disabled={off || !contact.consent}
              onChange={(event) =>
                change.mutate({
                  consents: [{ channel_id, granted: event.currentTarget.checked }],
                })
              }
            />
          );
        })}
        <Said said={contact.consents} />
        <Switch
          label={t("analysis")}
          description={t("analysisAbout")}
          checked={contact.is_analysed}
          disabled={off}
          onChange={(event) => change.mutate({ analysis: event.currentTarget.checked })}
        />
        <Said said={contact.analysis ? [contact.analysis] : []} />
        <Switch
          label={t("isStaff")}
          description={t("isStaffAbout")}
          checked={contact.staff}
          disabled={off}
          onChange={(event) => change.mutate({ staff: event.currentTarget.checked })}
        />
      </Stack>
    </Part>
  );
}

/** What is on record. Nothing said is not a yes that was said. */
function Said({ said }: { said: Contact["consents"] }) {
  const { t } = useTranslation("contact");
  const { channels } = useAccounts();
  if (said.length === 0) {
    return (
      <Text fz="xs" c="dimmed">
        {t("consents.never")}
      </Text>
    );
  }
  return (
    <Stack gap={4} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
      {said.map((one) => (
        <Group key={one.channel_id ?? "all"} component="li" gap={6} fz="xs" c="dimmed">
          <Badge size="sm" color={one.granted ? "pine" : "orange"}>
            {t(one.granted ? "consents.granted" : "consents.withdrawn")}
          </Badge>
          {one.channel_id && channels.length > 1 && <AccountName id={one.channel_id} />}
          <When at={one.at} />
          {t(
            `consents.source.${SOURCES.find((known) => known === one.source) ?? "other"}` as SourceKey,
          )}
        </Group>
      ))}
    </Stack>
  );
}

type SourceKey = `consents.source.${Source | "other"}`;
