/** 定型文: found by name at the server, looked at before it is taken; what was used lately comes first. */
import { messageSummary } from "@enishi/line-ui";
import {
  ActionIcon,
  Combobox,
  Group,
  Text,
  useVirtualizedCombobox,
  VisuallyHidden,
} from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { IconFileText, IconSearch } from "@tabler/icons-react";
import { getRouteApi, useNavigate } from "@tanstack/react-router";
import { useEffect, useId, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, TalkPath, Template } from "../api/types.ts";
import { queryClient } from "../app/query.ts";
import { templateQuery } from "../template/api.ts";
import { Preview } from "../template/Preview.tsx";
import { useAct, useSayThrown } from "../ui/act.ts";
import { useConfirm } from "../ui/confirm.tsx";
import { textOf } from "./api.ts";
import style from "./Talk.module.css";
import { useSnippets } from "./useSnippets.ts";

interface SnippetsProps {
  talk: Conversation;
  path: TalkPath;
  /** Takes a text over, to be changed before it is sent. */
  write: (text: string) => void;
  pick: (template: Template) => void;
  /** Asked for, but then not sent. */
  giveUp: () => void;
}

export function Snippets({ talk, path, write, pick, giveUp }: SnippetsProps) {
  const { t } = useTranslation(["conversation", "common"]);
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(-1);
  const [opened, setOpened] = useState(false);
  const found = useSnippets(typed, opened);
  const confirm = useConfirm();
  const take = useAct((template: Template) => textOf(template, path), {
    after: async (text, template) => {
      found.used(template.id);
      if (text !== undefined) return write(text);
      const yes = await confirm({
        title: t("templateTitle"),
        body: t("templateBody", { template: template.name, name: talk.contact.display_name ?? "" }),
        action: t("send"),
      });
      if (yes) pick(template);
      else giveUp();
    },
  });
  useNamed(path, take.mutate);
  const own = useId();
  const submit = (template: Template | undefined) => {
    if (!template) return;
    box.closeDropdown();
    take.mutate(template);
  };
  const box = useVirtualizedCombobox({
    opened,
    onOpenedChange: setOpened,
    totalOptionsCount: found.shown.length,
    getOptionId: (index) => `${own}-${index}`,
    selectedOptionIndex: at,
    setSelectedOptionIndex: setAt,
    onSelectedOptionSubmit: (index) => submit(found.shown[index]),
    onDropdownOpen: () => box.focusSearchInput(),
    onDropdownClose: (how) => {
      setTyped("");
      setAt(-1);
      if (how === "keyboard") box.focusTarget();
    },
  });
  const search = (words: string) => {
    setTyped(words);
    // Enter takes what fits best; before anything is typed nothing is chosen.
    setAt(words === "" ? -1 : 0);
  };
  return (
    <Combobox
      store={box}
      position="top-start"
      withinPortal
      width="auto"
      onOptionSubmit={(id) => submit(found.shown.find((one) => one.id === id))}
    >
      <Combobox.Target withAriaAttributes={false} withKeyboardNavigation={false}>
        <ActionIcon
          size={36}
          variant="default"
          aria-label={t("fromTemplate")}
          aria-haspopup="listbox"
          aria-expanded={opened}
          onClick={() => box.toggleDropdown()}
        >
          <IconFileText size={18} />
        </ActionIcon>
      </Combobox.Target>
      <Combobox.Dropdown className={style.snippets}>
        <Combobox.Search
          role="combobox"
          aria-expanded={opened}
          aria-label={t("snippets.search")}
          aria-activedescendant={at < 0 ? undefined : `${own}-${at}`}
          placeholder={t("snippets.search")}
          leftSection={<IconSearch size={16} />}
          value={typed}
          onChange={(event) => search(event.currentTarget.value)}
        />
        <div className={style.offered}>
          <Offered found={found} at={at} own={own} point={setAt} />
          <Pointed template={found.shown[at]} path={path} />
        </div>
      </Combobox.Dropdown>
    </Combobox>
  );
}

interface OfferedProps {
  found: ReturnType<typeof useSnippets>;
  at: number;
  own: string;
  point: (at: number) => void;
}

function Offered({ found, at, own, point }: OfferedProps) {
  const { t } = useTranslation(["conversation", "common"]);
  const active = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: whenever another is pointed at
  useEffect(() => {
    active.current?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const option = (template: Template, index: number) => (
    <Combobox.Option
      key={template.id}
      ref={index === at ? active : undefined}
      id={`${own}-${index}`}
      value={template.id}
      className={style.snippet}
      aria-selected={index === at}
      onMouseMove={() => index !== at && point(index)}
    >
      <Text fz="sm" truncate>
        {template.name}
      </Text>
      <Text fz="xs" c="dimmed" truncate>
        {template.messages.map((message) => messageSummary(message)).join(" ・ ")}
      </Text>
    </Combobox.Option>
  );
  const lately = found.shown.slice(0, found.recent);
  return (
    <div className={style.choices}>
      <Combobox.Options mah={340} style={{ overflowY: "auto" }} aria-label={t("fromTemplate")}>
        {lately.length > 0 && (
          <Combobox.Group label={t("snippets.recent")}>{lately.map(option)}</Combobox.Group>
        )}
        {found.shown.length > lately.length && (
          <Combobox.Group label={t(found.searched ? "snippets.found" : "snippets.all")}>
            {found.shown.slice(lately.length).map((one, n) => option(one, n + lately.length))}
          </Combobox.Group>
        )}
        {found.said && <Combobox.Empty>{t(found.said)}</Combobox.Empty>}
      </Combobox.Options>
      {found.more && (
        <Text fz="xs" c="dimmed" p="xs">
          {t("snippets.more")}
        </Text>
      )}
    </div>
  );
}

/** What it says to this friend, beside the list where there is room. */
function Pointed({ template, path }: { template: Template | undefined; path: TalkPath }) {
  const { t } = useTranslation("conversation");
  const wide = useMediaQuery("(min-width: 48em)", true);
  // Running down the list with the arrow key asks for none of those passed by.
  const [shown] = useDebouncedValue(template, 200);
  if (!wide || !shown || !template) return null;
  return (
    <Group className={style.pointed} role="region" aria-label={t("snippets.preview")}>
      <VisuallyHidden>{shown.name}</VisuallyHidden>
      <Preview template_id={shown.id} messages={shown.messages} {...path} height={320} />
    </Group>
  );
}

const route = getRouteApi("/shell/talk/$channelId/$contactId");

/** A template that the address names is taken once; a reload does not take it again. */
function useNamed(path: TalkPath, take: (template: Template) => void) {
  const { template: id } = route.useSearch();
  const navigate = useNavigate();
  const say = useSayThrown();
  const taken = useRef<string>(undefined);
  useEffect(() => {
    if (!id || taken.current === id) return;
    taken.current = id;
    const params = { channelId: path.channel_id, contactId: path.contact_id };
    // Where it could not be fetched, loading the page anew tries it again.
    const takeNamed = async () => {
      take(await queryClient.fetchQuery(templateQuery(id)));
      await navigate({ to: "/talk/$channelId/$contactId", params, search: {}, replace: true });
    };
    takeNamed().catch(say);
  });
}
