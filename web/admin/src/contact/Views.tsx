/** ビュー: what is asked for and which columns, under a name; and the choice of columns. */
import {
  ActionIcon,
  Button,
  Checkbox,
  Group,
  Modal,
  Popover,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDisclosure } from "@mantine/hooks";
import { IconArrowDown, IconArrowUp, IconBookmark, IconColumns3 } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import type { View, Wanted } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { createView, deleteView, updateView, viewsQuery } from "./api.ts";
import type { ListColumn } from "./columns.tsx";

interface ViewsProps {
  view: string | undefined;
  choose: (view: View | undefined) => void;
  /** What a new view keeps. */
  wanted: Wanted;
  columns: string[];
}

export function Views({ view, choose, wanted, columns }: ViewsProps) {
  const { t } = useTranslation("contact");
  const may = useMay("edit_contacts");
  const { data } = useQuery(viewsQuery);
  const [opened, dialog] = useDisclosure(false);
  const views = data?.items ?? [];
  const chosen = views.find(({ id }) => id === view);
  const group = (audience: View["audience"]) => ({
    group: t(`view.${audience}`),
    items: views
      .filter((one) => one.audience === audience)
      .map(({ id, name }) => ({ value: id, label: name })),
  });
  return (
    <>
      {views.length > 0 && (
        <Select
          w={{ base: "100%", xs: 210 }}
          aria-label={t("view.label")}
          placeholder={t("view.label")}
          leftSection={<IconBookmark size={16} />}
          clearable
          data={[group("everybody"), group("me")].filter(({ items }) => items.length > 0)}
          value={chosen?.id ?? null}
          onChange={(id) => choose(views.find((one) => one.id === id))}
        />
      )}
      {may && (
        <Button
          variant="default"
          leftSection={<IconBookmark size={16} />}
          onClick={dialog.open}
          style={{ flex: "none" }}
        >
          {t(chosen ? "view.change" : "view.save")}
        </Button>
      )}
      <Modal opened={opened} onClose={dialog.close} title={t(chosen ? "view.change" : "view.save")}>
        <ViewForm
          view={chosen}
          wanted={wanted}
          columns={columns}
          done={(next) => {
            dialog.close();
            choose(next);
          }}
        />
      </Modal>
    </>
  );
}

interface ViewFormProps {
  view: View | undefined;
  wanted: Wanted;
  columns: string[];
  done: (view: View | undefined) => void;
}

function ViewForm({ view, wanted, columns, done }: ViewFormProps) {
  const { t } = useTranslation(["contact", "common"]);
  const confirm = useConfirm();
  const form = useForm({
    initialValues: { name: view?.name ?? "", audience: view?.audience ?? ("me" as const) },
    validate: { name: (value) => (value.trim() ? null : t("common:required")) },
  });
  const save = useAct(
    (values: typeof form.values) => {
      const body = { ...values, wanted, columns };
      return view ? updateView(view.id, body) : createView(body);
    },
    { form, done: t("common:saved"), stale: ["view"], after: done },
  );
  const remove = useAct((id: string) => deleteView(id), {
    done: t("common:deleted"),
    stale: ["view"],
    after: () => done(undefined),
  });
  const ask = async (old: View) => {
    const yes = await confirm({
      title: t("view.deleteTitle", { name: old.name }),
      body: t("view.deleteAbout"),
      action: t("common:deleteNow"),
      danger: true,
    });
    if (yes) remove.mutate(old.id);
  };
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <Stack>
        <Text fz="sm" c="dimmed">
          {t("view.about")}
        </Text>
        <TextInput
          label={t("common:name")}
          placeholder={t("view.example")}
          data-autofocus
          {...form.getInputProps("name")}
        />
        <SegmentedControl
          aria-label={t("view.who")}
          data={(["me", "everybody"] as const).map((value) => ({
            value,
            label: t(`view.${value}`),
          }))}
          {...form.getInputProps("audience")}
        />
        <Group justify="space-between">
          {view ? (
            <Button variant="subtle" color="red" onClick={() => void ask(view)}>
              {t("common:delete")}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface ColumnsProps {
  all: ListColumn[];
  shown: string[];
  set: (columns: string[]) => void;
}

/** Which columns, and in what order. */
export function ColumnsMenu({ all, shown, set }: ColumnsProps) {
  const { t } = useTranslation("contact");
  const names = new Map(all.map(({ key, head }) => [key, head]));
  const order = [
    ...shown.filter((key) => names.has(key)),
    ...all.map(({ key }) => key).filter((key) => !shown.includes(key)),
  ];
  const move = (key: string, by: number) => {
    const next = shown.filter((one) => one !== key);
    next.splice(Math.max(0, shown.indexOf(key) + by), 0, key);
    set(next);
  };
  return (
    <Popover position="bottom-end" withinPortal shadow="md" trapFocus>
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns3 size={16} />} style={{ flex: "none" }}>
          {t("columns")}
        </Button>
      </Popover.Target>
      <Popover.Dropdown p="xs" mah={420} style={{ overflowY: "auto" }}>
        <Stack gap={2} miw={240}>
          {order.map((key) => (
            <Group key={key} justify="space-between" wrap="nowrap" gap="xs" mih={34}>
              <Checkbox
                label={names.get(key)}
                checked={shown.includes(key)}
                onChange={() =>
                  set(shown.includes(key) ? shown.filter((one) => one !== key) : [...shown, key])
                }
              />
              {shown.includes(key) && (
                <Group gap={0} wrap="nowrap">
                  <ActionIcon
                    size="md"
                    aria-label={t("columnUp", { name: names.get(key) })}
                    disabled={shown[0] === key}
                    onClick={() => move(key, -1)}
                  >
                    <IconArrowUp size={15} />
                  </ActionIcon>
                  <ActionIcon
                    size="md"
                    aria-label={t("columnDown", { name: names.get(key) })}
                    disabled={shown.at(-1) === key}
                    onClick={() => move(key, 1)}
                  >
                    <IconArrowDown size={15} />
                  </ActionIcon>
                </Group>
              )}
            </Group>
          ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}
