import {
  Alert,
  Badge,
  Button,
  Card,
  Checkbox,
  Group,
  Modal,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { IconKey, IconPlus, IconTrash } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Role, Scope, Token } from "../api/types.ts";
import { useAct } from "../ui/act.ts";
import { CopyLine } from "../ui/CopyLine.tsx";
import { useConfirm } from "../ui/confirm.tsx";
import { type Column, DataTable } from "../ui/DataTable.tsx";
import { Empty } from "../ui/Empty.tsx";
import { Loaded } from "../ui/Loaded.tsx";
import { Page } from "../ui/Page.tsx";
import { RowMenu } from "../ui/RowMenu.tsx";
import { When } from "../ui/When.tsx";
import { createToken, revokeToken, tokensQuery } from "./api.ts";
import { ROLES } from "./roles.ts";

const SCOPES: Scope[] = [
  "read",
  "messages:send",
  "contacts:write",
  "events:write",
  "channels:stop",
  "definitions:write",
  "broadcasts:send",
  "settings:write",
  "staff:write",
];

export default function TokensPage() {
  const { t } = useTranslation(["settings", "common"]);
  const query = useQuery(tokensQuery);
  const [making, setMaking] = useState(false);
  const add = (
    <Button leftSection={<IconPlus size={17} />} onClick={() => setMaking(true)}>
      {t("tokens.add")}
    </Button>
  );
  const columns: Column<Token>[] = [
    {
      key: "name",
      head: t("common:name"),
      cell: (token) => (
        <Text fz="sm" fw={600}>
          {token.name}
        </Text>
      ),
    },
    {
      key: "may",
      head: t("tokens.may"),
      cell: (token) => (
        <Group gap={4}>
          <Badge color="gray">{t(`common:role.${token.role}`)}</Badge>
          {token.scopes.map((scope) => (
            <Badge key={scope} color="gray" variant="outline">
              {scope}
            </Badge>
          ))}
        </Group>
      ),
    },
    {
      key: "used",
      head: t("tokens.used"),
      cell: (token) => (token.used_at === null ? t("tokens.never") : <When at={token.used_at} />),
    },
    {
      key: "menu",
      head: "",
      kind: "menu",
      cell: (token) =>
        token.revoked_at === null ? (
          <TokenMenu token={token} />
        ) : (
          <Badge color="gray">{t("tokens.revoked")}</Badge>
        ),
    },
  ];
  return (
    <Page title={t("tokens.title")} about={t("tokens.about")} actions={add}>
      <Loaded query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <Card>
              <Empty icon={IconKey} title={t("tokens.none")} about={t("tokens.noneAbout")} />
            </Card>
          ) : (
            <DataTable
              label={t("tokens.title")}
              columns={columns}
              rows={items}
              idOf={(token) => token.id}
            />
          )
        }
      </Loaded>
      <Modal opened={making} onClose={() => setMaking(false)} title={t("tokens.add")}>
        <TokenForm done={() => setMaking(false)} />
      </Modal>
    </Page>
  );
}

function TokenMenu({ token }: { token: Token }) {
  const { t } = useTranslation("settings");
  const confirm = useConfirm();
  const revoke = useAct(() => revokeToken(token.id), {
    done: t("tokens.revokedNow"),
    stale: ["token"],
  });
  const ask = async () => {
    const yes = await confirm({
      title: t("tokens.revokeTitle", { name: token.name }),
      body: t("tokens.revokeAbout"),
      action: t("tokens.revoke"),
      danger: true,
    });
    if (yes) revoke.mutate();
  };
  return (
    <RowMenu
      name={token.name}
      items={[]}
      danger={{ label: t("tokens.revoke"), icon: <IconTrash size={16} />, run: ask }}
    />
  );
}

function TokenForm({ done }: { done: () => void }) {
  const { t } = useTranslation(["settings", "common"]);
  const [secret, setSecret] = useState<string>();
  const form = useForm({
    initialValues: { name: "", role: "operator" as Role, scopes: [] as Scope[] },
    validate: { name: (value) => (value.trim() ? null : t("common:required")) },
  });
  const act = useAct((values: typeof form.values) => createToken(values), {
    form,
    stale: ["token"],
    after: (out) => setSecret(out.secret),
  });
  if (secret !== undefined) {
    return (
      <Stack>
        <Alert color="yellow">{t("tokens.once")}</Alert>
        <CopyLine label={t("tokens.secret")} value={secret} />
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
          label={t("common:name")}
          description={t("tokens.nameHint")}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <Select
          label={t("staff.role")}
          description={t(`staff.roleAbout.${form.values.role}`)}
          allowDeselect={false}
          data={ROLES.map((role) => ({ value: role, label: t(`common:role.${role}`) }))}
          {...form.getInputProps("role")}
        />
        <Checkbox.Group
          label={t("tokens.scopes")}
          description={t("tokens.scopesHint")}
          {...form.getInputProps("scopes")}
        >
          <Stack gap={6} mt={6}>
            {SCOPES.map((scope) => (
              <Checkbox
                key={scope}
                value={scope}
                label={t(`tokens.scope.${scope.replace(":", "_") as Undotted}`)}
              />
            ))}
          </Stack>
        </Checkbox.Group>
        <Group justify="space-between">
          <Button variant="default" onClick={done}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" loading={act.isPending}>
            {t("tokens.make")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** Word files use `:` between file and key, so scopes stand there with `_`. */
type Undotted =
  | "read"
  | "messages_send"
  | "contacts_write"
  | "events_write"
  | "channels_stop"
  | "definitions_write"
  | "broadcasts_send"
  | "settings_write"
  | "staff_write";
