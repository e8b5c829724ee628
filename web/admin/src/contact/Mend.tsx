/** The button that mends why somebody hears nothing, where there is one. */
import { Anchor, Button } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Contact, Reason } from "../api/types.ts";
import { setMark } from "../conversation/api.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { useNameOf } from "./Face.tsx";
import { useEdit } from "./profile.tsx";

interface MendProps {
  reason: Reason;
  channel: string;
  contact: Contact;
}

/** Where the shop's own rules hold messages back, they can be changed there. */
const PLACES: Partial<Record<Reason, { to: string; word: "mend.policy" | "mend.channel" }>> = {
  cap: { to: "/settings/policy", word: "mend.policy" },
  excluded_waiting: { to: "/settings/policy", word: "mend.policy" },
  excluded_bought: { to: "/settings/policy", word: "mend.policy" },
  excluded_group: { to: "/settings/policy", word: "mend.policy" },
  quota: { to: "/channels", word: "mend.channel" },
};

export function Mend({ reason, channel, contact }: MendProps) {
  const { t } = useTranslation("contact");
  const may = useMay("edit_contacts");
  const place = PLACES[reason];
  if (place) {
    return (
      <Anchor component={Link} to={place.to} fz="sm" ml={6}>
        {t(place.word)}
      </Anchor>
    );
  }
  if (!may) return null;
  if (reason === "excluded_staff") return <NoStaff contact={contact} />;
  if (reason === "excluded_complaint") return <Unmark contact={contact} channel={channel} />;
  if (reason === "no_consent") return <Agreed contact={contact} channel={channel} />;
  return null;
}

function Small({ label, busy, run }: { label: string; busy: boolean; run: () => void }) {
  return (
    <Button size="compact-sm" variant="default" ml={6} loading={busy} onClick={run}>
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
