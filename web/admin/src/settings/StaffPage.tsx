import {
  Alert,
  Badge,
  Button,
  Card,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconMail, IconShieldOff, IconUserOff, IconUserPlus, IconUserX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role, User } from "../api/types.ts";
import { useMe } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { invite, removeUser, resetSecondStep, updateUser, usersQuery } from "./api.ts";
import { RolesTable } from "./RolesTable.tsx";
import { ROLES } from "./roles.ts";

export default function StaffPage() {
  const { t } = useTranslation(["settings", "common"]);
  const query = useQuery(usersQuery);
  const [inviting, setInviting] = useState(false);
  const columns: Column<User>[] = [
    { key: "name", head: t("common:name"), cell: (user) => <Who user={user} /> },
    { key: "role", head: t("staff.role"), cell: (user) => <RoleSelect user={user} /> },
    { key: "state", head: t("common:state"), cell: (user) => <State user={user} /> },
    {
      key: "second",
      head: t("security.second"),
      cell: (user) =>
        user.state === "invited" ? null : (
          <Badge color={user.second_step ? "pine" : "gray"} variant="light">
            {t(user.second_step ? "security.on" : "security.off")}
          </Badge>
        ),
    },
    { key: "menu", head: "", kind: "menu", cell: (user) => <StaffMenu user={user} /> },
  ];
  return (
    <Page
      title={t("staff.title")}
      about={t("staff.about")}
      actions={
        <Button leftSection={<IconUserPlus size={17} />} onClick={() => setInviting(true)}>
          {t("staff.invite")}
        </Button>
      }
    >
      <Stack>
        <Loaded query={query}>
          {({ items }) => (
            <DataTable
              label={t("staff.title")}
              columns={columns}
              rows={items}
              idOf={(user) => user.id}
            />
          )}
        </Loaded>
        <Card>
          <RolesTable />
        </Card>
      </Stack>
      <Modal opened={inviting} onClose={() => setInviting(false)} title={t("staff.invite")}>
        <InviteForm done={() => setInviting(false)} />
      </Modal>
    </Page>
  );
}

function Who({ user }: { user: User }) {
  return (
    <div>
      <Text fz="sm" fw={600}>
        {user.name || user.email}
      </Text>
      {user.name && user.email && (
        <Text fz="xs" c="dimmed">
          {user.email}
        </Text>
      )}
    </div>
  );
}

function RoleSelect({ user }: { user: User }) {
  const { t } = useTranslation(["settings", "common"]);
  const me = useMe();
  const change = useAct((role: Role) => updateUser(user.id, { role }), {
    done: t("staff.changed"),
    stale: ["user", "me"],
  });
  return (
    <Select
      aria-label={t("staff.roleOf", { name: user.name })}
      size="xs"
      w={150}
      allowDeselect={false}
      // Nobody takes their own keys away by a slip of the finger.
      disabled={user.id === me.user?.id || change.isPending}
      data={ROLES.map((role) => ({ value: role, label: t(`common:role.${role}`) }))}
      value={user.role}
      onChange={(role) => role && change.mutate(role as Role)}
    />
  );
}

function State({ user }: { user: User }) {
  const { t } = useTranslation("settings");
  const color = { active: "pine", invited: "blue", disabled: "gray" }[user.state];
  return <Badge color={color}>{t(`staff.states.${user.state}`)}</Badge>;
}

function StaffMenu({ user }: { user: User }) {
  const { t } = useTranslation(["settings", "common"]);
  const me = useMe();
  const confirm = useConfirm();
  const [url, setUrl] = useState<string | null>(null);
  const invited = user.state === "invited";
  const disable = useAct((disabled: boolean) => updateUser(user.id, { disabled }), {
    done: t("staff.changed"),
    stale: ["user"],
  });
  const remove = useAct(() => removeUser(user.id), { done: t("staff.removed"), stale: ["user"] });
  const again = useAct(
    () => invite({ email: user.email ?? "", role: user.role, name: user.name }),
    { stale: ["user"], after: (out) => setUrl(out.url) },
  );
  const reset = useAct(() => resetSecondStep(user.id), {
    done: t("staff.resetDone"),
    stale: ["user"],
  });
  const askReset = async () => {
    const yes = await confirm({
      title: t("staff.resetTitle", { name: user.name }),
      body: t("staff.resetAbout"),
      action: t("staff.reset"),
      danger: true,
    });
    if (yes) reset.mutate();
  };
  const ask = async () => {
    const yes = await confirm({
      title: t(invited ? "staff.withdrawTitle" : "staff.removeTitle", { name: user.name }),
      body: t(invited ? "staff.withdrawAbout" : "staff.removeAbout"),
      action: t(invited ? "staff.withdraw" : "staff.remove"),
      danger: true,
    });
    if (yes) remove.mutate();
  };
  if (user.id === me.user?.id) return null;
  const disabled = user.state === "disabled";
  return (
    <>
      <RowMenu
        name={user.name}
        items={[
          ...(invited
            ? [
                {
                  label: t("staff.again"),
                  icon: <IconMail size={16} />,
                  run: () => again.mutate(),
                },
              ]
            : [
                {
                  label: t(disabled ? "staff.enable" : "staff.disable"),
                  icon: <IconUserOff size={16} />,
                  run: () => disable.mutate(!disabled),
                },
              ]),
          ...(user.second_step
            ? [{ label: t("staff.reset"), icon: <IconShieldOff size={16} />, run: askReset }]
            : []),
        ]}
        danger={{
          label: t(invited ? "staff.withdraw" : "staff.remove"),
          icon: <IconUserX size={16} />,
          run: ask,
        }}
      />
      <Modal opened={url !== null} onClose={() => setUrl(null)} title={t("staff.again")}>
        <Stack ta="start">
          <Alert color="pine">{t("staff.invited", { email: user.email })}</Alert>
          <CopyLine label={t("staff.inviteUrl")} value={url ?? ""} />
        </Stack>
      </Modal>
    </>
  );
}

function InviteForm({ done }: { done: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const [url, setUrl] = useState<string | null>();
  const form = useForm({ initialValues: { email: "", role: "operator" as Role } });
  const act = useAct((values: typeof form.values) => invite(values), {
    form,
    stale: ["user"],
    after: (out) => setUrl(out.url),
    otherwise: (problem) => {
      if (problem.code !== "conflict") return false;
      form.setErrors({ email: problem.message || t("staff.already") });
      return true;
    },
  });
  if (url !== undefined) {
    return (
      <Stack>
        <Alert color="pine">
          {t(url ? "staff.invited" : "staff.joined", { email: form.values.email })}
        </Alert>
        {url && <CopyLine label={t("staff.inviteUrl")} value={url} />}
        <Group justify="flex-end">
          <Button onClick={done}>{t("common:close")}</Button>
        </Group>
      </Stack>
    );
  }
  return (
    <form onSubmit={form.onSubmit((values) => act.mutate(values))}>
      <Stack>
        <TextInput
          label={t("staff.email")}
          type="email"
          required
          data-autofocus
          {...form.getInputProps("email")}
        />
        <Select
          label={t("staff.role")}
          description={t(`staff.roleAbout.${form.values.role}`)}
          allowDeselect={false}
          data={ROLES.map((role) => ({ value: role, label: t(`common:role.${role}`) }))}
          {...form.getInputProps("role")}
        />
        <Group justify="space-between">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t("staff.makeUrl")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
