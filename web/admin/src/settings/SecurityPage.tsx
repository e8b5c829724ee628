/** How one comes in: the own second step, the own devices, and – for owners – what is asked of everybody. */
import { Alert, Badge, Button, Card, Group, Stack, Switch, Text, Title } from "@mantine/core";
import {
  IconDeviceLaptop,
  IconDeviceMobile,
  IconLogout,
  IconShieldCheck,
} from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Session } from "../api/types.ts";
import {
  endOtherSessions,
  endSession,
  removeSecondStep,
  renewRecoveryCodes,
  sessionsQuery,
  useMay,
  useMe,
} from "../session/api.ts";
import { BothForm, useBoth } from "../session/BothForm.tsx";
import { HeldModal } from "../session/HeldModal.tsx";
import { RecoveryCodes, SecondStepSetup } from "../session/SecondStepSetup.tsx";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { When } from "../ui/When.tsx";
import { securityQuery, setSecurity } from "./api.ts";
import { deviceOf } from "./device.ts";
import { PasskeysCard } from "./PasskeysCard.tsx";

export default function SecurityPage() {
  const { t } = useTranslation("settings");
  const owner = useMay("staff");
  return (
    <Page title={t("security.title")} about={t("security.about")} width="read">
      <Stack>
        <PasskeysCard />
        <SecondStepCard />
        <DevicesCard />
        {owner && <EverybodyCard />}
      </Stack>
    </Page>
  );
}

type Doing = "setup" | "remove" | "codes";

function SecondStepCard() {
  const { t } = useTranslation("settings");
  const { second_step: own } = useMe();
  const [doing, setDoing] = useState<Doing>();
  const close = () => setDoing(undefined);
  return (
    <Card>
      <Group justify="space-between" align="flex-start" mb="xs">
        <Title order={2} fz="md">
          {t("security.second")}
        </Title>
        <Badge color={own.on ? "pine" : "gray"}>{t(own.on ? "security.on" : "security.off")}</Badge>
      </Group>
      <Text fz="sm" c="dimmed" mb="md">
        {t("security.secondAbout")}
      </Text>
      <Stack gap="sm">
        {own.on && own.recovery_codes_left <= 3 && (
          <Alert color="orange">{t("security.fewCodes", { n: own.recovery_codes_left })}</Alert>
        )}
        {own.on && !own.code && <Text fz="sm">{t("security.byPasskey")}</Text>}
        <Group gap="sm">
          {!own.code && (
            <Button
              variant={own.on ? "default" : "filled"}
              leftSection={<IconShieldCheck size={17} />}
              onClick={() => setDoing("setup")}
            >
              {t(own.on ? "security.setupToo" : "security.setup")}
            </Button>
          )}
          {own.on && (
            <Button variant="default" onClick={() => setDoing("codes")}>
              {t("security.codes", { n: own.recovery_codes_left })}
            </Button>
          )}
          {own.code && (own.passkeys > 0 || !own.required) && (
            <Button variant="subtle" color="red" onClick={() => setDoing("remove")}>
              {t(own.passkeys > 0 ? "security.removeCode" : "security.remove")}
            </Button>
          )}
        </Group>
      </Stack>
      <HeldModal
        opened={doing !== undefined}
        onClose={close}
        title={t(
          doing === "remove" && own.passkeys > 0
            ? "security.removeCodeTitle"
            : `security.${doing ?? "setup"}Title`,
        )}
      >
        {doing === "setup" && <SecondStepSetup done={close} />}
        {doing === "remove" && <Remove done={close} />}
        {doing === "codes" && <NewCodes done={close} />}
      </HeldModal>
    </Card>
  );
}

function Remove({ done }: { done: () => void }) {
  const { t } = useTranslation("settings");
  const { second_step: own } = useMe();
  const form = useBoth();
  const remove = useAct(removeSecondStep, {
    form,
    done: t("security.removed"),
    stale: ["me", "user"],
    after: done,
  });
  return (
    <BothForm
      about={t(own.passkeys > 0 ? "security.removeCodeAbout" : "security.removeAbout")}
      action={t(own.passkeys > 0 ? "security.removeCode" : "security.remove")}
      color="red"
      form={form}
      pending={remove.isPending}
      submit={(both) => remove.mutate(both)}
      cancel={done}
    />
  );
}

function NewCodes({ done }: { done: () => void }) {
  const { t } = useTranslation("settings");
  const form = useBoth();
  const [codes, setCodes] = useState<string[]>();
  const renew = useAct(renewRecoveryCodes, {
    form,
    stale: ["me"],
    after: ({ recovery_codes }) => setCodes(recovery_codes),
  });
  if (codes) return <RecoveryCodes codes={codes} done={done} />;
  return (
    <BothForm
      about={t("security.codesAbout")}
      action={t("security.codesMake")}
      color="pine"
      form={form}
      pending={renew.isPending}
      submit={(both) => renew.mutate(both)}
      cancel={done}
    />
  );
}

function DevicesCard() {
  const { t } = useTranslation("settings");
  const query = useQuery(sessionsQuery);
  const confirm = useConfirm();
  const others = useAct(endOtherSessions, { done: t("security.ended"), stale: ["session"] });
  const ask = async () => {
    const yes = await confirm({
      title: t("security.endOthersTitle"),
      body: t("security.endOthersAbout"),
      action: t("security.endOthers"),
      danger: true,
    });
    if (yes) others.mutate();
  };
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("security.devices")}
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {t("security.devicesAbout")}
      </Text>
      <Loaded query={query}>
        {({ items }) => (
          <Stack gap="md">
            {items.map((session) => (
              <Device key={session.id} session={session} />
            ))}
            {items.length > 1 && (
              <Group justify="flex-end">
                <Button variant="default" loading={others.isPending} onClick={() => void ask()}>
                  {t("security.endOthers")}
                </Button>
              </Group>
            )}
          </Stack>
        )}
      </Loaded>
    </Card>
  );
}

function Device({ session }: { session: Session }) {
  const { t } = useTranslation("settings");
  const end = useAct(() => endSession(session.id), {
    done: t("security.ended"),
    stale: ["session"],
  });
  const name = deviceOf(session.agent) ?? t("security.unknownDevice");
  const Icon = /iPhone|iPad|Android/.test(session.agent) ? IconDeviceMobile : IconDeviceLaptop;
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <Icon size={24} aria-hidden style={{ flex: "none" }} />
        <div style={{ minWidth: 0 }}>
          <Text fz="sm" fw={600}>
            {name}
          </Text>
          <Text fz="xs" c="dimmed">
            <Dates session={session} />
          </Text>
        </div>
      </Group>
      {session.current ? (
        <Badge color="pine" style={{ flex: "none" }}>
          {t("security.here")}
        </Badge>
      ) : (
        <Button
          size="xs"
          variant="default"
          style={{ flex: "none" }}
          leftSection={<IconLogout size={14} />}
          aria-label={t("security.endOne", { name })}
          loading={end.isPending}
          onClick={() => end.mutate()}
        >
          {t("security.end")}
        </Button>
      )}
    </Group>
  );
}

function Dates({ session }: { session: Session }): ReactNode {
  const { t } = useTranslation("settings");
  return (
    <>
      {t("security.seen")} <When at={session.seen_at} />
      {" / "}
      {t("security.since")} <When at={session.created_at} />
    </>
  );
}

function EverybodyCard() {
  const { t } = useTranslation("settings");
  const query = useQuery(securityQuery);
  const { second_step: own } = useMe();
  const set = useAct(setSecurity, { done: t("security.saved"), stale: ["security", "me"] });
  return (
    <Card>
      <Title order={2} fz="md" mb={4}>
        {t("security.everybody")}
      </Title>
      <Text fz="sm" c="dimmed" mb="md">
        {t("security.everybodyAbout")}
      </Text>
      <Loaded query={query} lines={1}>
        {({ second_step }) => (
          <Switch
            label={t("security.demand")}
            description={own.on ? undefined : t("security.ownFirst")}
            checked={second_step === "all"}
            disabled={set.isPending || (!own.on && second_step !== "all")}
            onChange={(event) =>
              set.mutate({ second_step: event.currentTarget.checked ? "all" : "nobody" })
            }
          />
        )}
      </Loaded>
    </Card>
  );
}
