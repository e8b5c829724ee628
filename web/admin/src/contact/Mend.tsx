/** The buttons that mend why somebody hears nothing. Each leads to a way that stands already; none of them sends. */
import { Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact, Mending, Reason } from "../api/types.ts";
import { setMark } from "../conversation/api.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useNameOf } from "./Face.tsx";
import { ATTRIBUTES, useEdit } from "./profile.tsx";

/** What a refusal of this moment is mended by. */
export const NOW: Partial<Record<Reason, Mending>> = {
  cap: "policy",
  excluded_waiting: "policy",
  excluded_bought: "policy",
  excluded_group: "policy",
  quota: "channel",
  excluded_staff: "staff",
  excluded_complaint: "mark",
  no_consent: "consent",
};

interface MendProps {
  mend: Mending;
  channel: string;
  contact: Contact;
  /** What was to be said. */
  template?: string | undefined;
  broadcast?: string | undefined;
}

export function Mend({ mend, channel, contact, template, broadcast }: MendProps) {
  const edits = useMay("edit_contacts");
  const talks = useMay("talk");
  const { t } = useTranslation("contact");
  switch (mend) {
    case "policy":
      return <Way mend={mend} to="/settings/policy" />;
    case "channel":
      return <Way mend={mend} to={`/channels/${channel}`} />;
    case "template":
      return template ? <Way mend={mend} to={`/templates/${template}`} /> : null;
    case "resend":
    case "resume":
      return broadcast ? <Way mend={mend} to={`/broadcasts/${broadcast}`} /> : null;
    case "talk":
    case "ask":
      return talks ? (
        <Button
          size="compact-sm"
          variant="light"
          renderRoot={(props) => (
            <Link
              {...props}
              to="/talk/$channelId/$contactId"
              params={{ channelId: channel, contactId: contact.id }}
              search={mend === "talk" && template ? { template } : {}}
            />
          )}
        >
          {t(`mend.${mend}`)}
        </Button>
      ) : null;
    case "fields":
      return edits ? <Fields /> : null;
    case "staff":
      return edits ? <NoStaff contact={contact} /> : null;
    case "mark":
      return talks ? <Unmark contact={contact} channel={channel} /> : null;
    case "consent":
      return edits ? <Agreed contact={contact} channel={channel} /> : null;
  }
}

function Way({ mend, to }: { mend: Mending; to: string }) {
  const { t } = useTranslation("contact");
  return (
    <Button component={Link} to={to} size="compact-sm" variant="light">
      {t(`mend.${mend}`)}
    </Button>
  );
}

/** The fields stand on this page. */
function Fields() {
  const { t } = useTranslation("contact");
  const go = () => {
    const card = document.getElementById(ATTRIBUTES);
    card?.scrollIntoView({ block: "center" });
    card?.querySelector<HTMLElement>("button, input")?.focus({ preventScroll: true });
  };
  return <Small label={t("mend.fields")} busy={false} run={go} />;
}

function Small({ label, busy, run }: { label: string; busy: boolean; run: () => void }) {
  return (
    <Button size="compact-sm" variant="default" loading={busy} onClick={run}>
      {label}
    </Button>
  );
}

function NoStaff({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const change = useEdit(contact);
  return (
    <Small
      label={t("mend.staff")}
      busy={change.isPending}
      run={() => change.mutate({ staff: false })}
    />
  );
}

function Unmark({ contact, channel }: { contact: Contact; channel: string }) {
  const { t } = useTranslation("contact");
  const path = { channel_id: channel, contact_id: contact.id };
  const clear = useAct(() => setMark(path, ""), { stale: ["contact", "conversation"] });
  return <Small label={t("mend.mark")} busy={clear.isPending} run={() => clear.mutate()} />;
}

/** Consent is the customer's: staff say that they were told so. */
function Agreed({ contact, channel }: { contact: Contact; channel: string }) {
  const { t } = useTranslation("contact");
  const confirm = useConfirm();
  const nameOf = useNameOf();
  const change = useEdit(contact);
  const ask = async () => {
    const yes = await confirm({
      title: t("mend.consentTitle"),
      body: t("mend.consentAbout", { name: nameOf(contact) }),
      action: t("mend.consentGo"),
    });
    if (!yes) return;
    const here = { consents: [{ channel_id: channel, granted: true }] };
    change.mutate(contact.consent ? here : { consent: true });
  };
  return <Small label={t("mend.consent")} busy={change.isPending} run={() => void ask()} />;
}
