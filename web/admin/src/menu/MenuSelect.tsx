/** リッチメニュー by name: what LINE has now, the account's own again, or one that is not there any more. */
import { ActionIcon, Alert, Badge, Group, Select, Stack, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useQueries } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { RichMenu, RichMenus } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { sentenceOf } from "../ui/problem.ts";
import { menusQuery } from "./api.ts";
import { nameOf } from "./known.ts";
import { useMenuName } from "./useMenuName.ts";

interface MenuSelectProps {
  label: string;
  error: string | undefined;
  /** Whose menus; null: of every account. */
  account: string | null;
  /** LINE's id; null: the account's own again; `""`: not chosen yet. */
  value: string | null;
  onChange: (id: string | null) => void;
}

/** Stands for the account's own; no id of LINE's looks like this. */
const OWN = "own";

export function MenuSelect({ label, error, account, value, onChange }: MenuSelectProps) {
  const { t } = useTranslation(["rule", "common"]);
  const { channels } = useAccounts();
  const known = useMenuName();
  const asked = account ? channels.filter(({ id }) => id === account) : channels;
  const lists = useQueries({ queries: asked.map(({ id }) => menusQuery(id)) });
  const told = lists.flatMap(({ data }) => data ?? []);
  const menus = new Map(told.flatMap(({ items }) => items.map((one) => [one.rich_menu_id, one])));
  const options = lists.flatMap(({ data }, n) => {
    const items = (data?.items ?? []).map((one) => ({
      value: one.rich_menu_id,
      label: nameOf(one),
    }));
    return items.length > 0 ? [{ group: asked[n]?.name ?? "", items }] : [];
  });
  const grouped = asked.length > 1 ? options : options.flatMap(({ items }) => items);
  const strange = value && !menus.has(value) ? known(value) : undefined;
  const strangeName =
    strange?.is === "there"
      ? strange.name
      : t(strange?.is === "gone" ? "menu.gone" : "menu.unread");
  return (
    <Stack gap={6}>
      <Select
        label={label}
        error={error}
        placeholder={t("common:choose")}
        nothingFoundMessage={t("common:nothingFound")}
        searchable
        allowDeselect={false}
        data={[
          { value: OWN, label: t("menu.own") },
          ...grouped,
          ...(strange ? [{ value: value ?? "", label: strangeName }] : []),
        ]}
        renderOption={({ option }) => {
          const menu = menus.get(option.value);
          if (menu) return <Line menu={menu} />;
          if (option.value !== OWN) return <Text fz="sm">{option.label}</Text>;
          return <OwnLine told={told.length === 1 ? told[0] : undefined} />;
        }}
        value={value === null ? OWN : value || null}
        onChange={(id) => id && onChange(id === OWN ? null : id)}
      />
      {strange?.is === "gone" && <Alert color="yellow">{t("menu.goneAbout")}</Alert>}
      {strange?.is === "there" && (
        <Alert color="yellow">
          {t("menu.elsewhere", {
            account: channels.find(({ id }) => id === strange.account)?.name,
          })}
        </Alert>
      )}
      {asked.length > 1 && value && <Alert color="yellow">{t("menu.manyAccounts")}</Alert>}
      <Asked lists={lists} empty={told.length === asked.length && menus.size === 0} />
    </Stack>
  );
}

type Listing = ReturnType<typeof useQueries<ReturnType<typeof menusQuery>[]>>[number];

/** When LINE was asked, what it did not answer, and asking again. */
function Asked({ lists, empty }: { lists: Listing[]; empty: boolean }) {
  const { t } = useTranslation(["rule", "common"]);
  const { t: common } = useTranslation("common");
  const zone = useZone();
  const at = lists.flatMap(({ data }) => data?.asked_at ?? []).sort((a, b) => a - b)[0];
  const failed = lists.find(({ isError }) => isError);
  return (
    <>
      {failed && (
        <Alert color="yellow">
          {sentenceOf(asProblem(failed.error), common)} {t("menu.kept")}
        </Alert>
      )}
      <Group gap={6} wrap="nowrap">
        <Text fz="xs" c="dimmed">
          {at === undefined ? t("menu.asking") : t("menu.asked", { at: dayAndTime(at, zone) })}
        </Text>
        <ActionIcon
          aria-label={t("menu.again")}
          title={t("menu.again")}
          loading={lists.some(({ isFetching }) => isFetching)}
          onClick={() => {
            for (const list of lists) void list.refetch();
          }}
        >
          <IconRefresh size={16} />
        </ActionIcon>
      </Group>
      <Text fz="xs" c="dimmed">
        {t(empty ? "menu.none" : "menu.notListed")}
      </Text>
    </>
  );
}

function Line({ menu }: { menu: RichMenu }) {
  const { t } = useTranslation("rule");
  return (
    <div>
      <Group gap={6}>
        <Text span fz="sm" style={{ overflowWrap: "anywhere" }}>
          {nameOf(menu)}
        </Text>
        {menu.is_default && <Badge>{t("menu.default")}</Badge>}
      </Group>
      <Text fz="xs" c="dimmed">
        {t("menu.bar", { bar: menu.chat_bar_text, n: menu.areas })}
      </Text>
    </div>
  );
}

/** What "the account's own" is at this moment. */
function OwnLine({ told }: { told: RichMenus | undefined }) {
  const { t } = useTranslation("rule");
  const shown = told?.items.find((one) => one.is_default);
  const about = () => {
    if (shown) return t("menu.defaultIs", { name: nameOf(shown) });
    return t(told?.default_menu === "elsewhere" ? "menu.defaultElsewhere" : "menu.noneDefault");
  };
  return (
    <div>
      <Text fz="sm">{t("menu.own")}</Text>
      {told && (
        <Text fz="xs" c="dimmed">
          {about()}
        </Text>
      )}
    </div>
  );
}
