/** Two people at one thing: it is said, and whatever is chosen, nobody's words are gone. */
import { Alert, Button, Group } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { dayAndTime } from "../i18n/time.ts";
import { useZone } from "../session/api.ts";
import { Conflict } from "./Conflict.tsx";
import { useDraft } from "./draft.ts";

interface Newer<T> {
  value: T;
  /** When it was saved, Unix ms, if that is known. */
  at?: number;
}

interface MeanwhileProps<T> {
  /** Where one's own words are kept while the other's are shown. */
  name: string;
  /** What somebody else has saved since this was begun. */
  newer: Newer<T> | undefined;
  draft: { value: T; set: (mine: T) => void; forget: (theirs: T) => void };
  /** Saves what stands here over the other's. */
  keepMine: (theirs: T) => void;
}

export function Meanwhile<T>({ name, newer, draft, keepMine }: MeanwhileProps<T>) {
  const { t } = useTranslation();
  const zone = useZone();
  const aside = useDraft<T | null>(`${name}.aside`, null);
  const takeTheirs = (theirs: T) => {
    aside.set(draft.value);
    draft.forget(theirs);
  };
  const goBack = (mine: T) => {
    draft.set(mine);
    aside.forget();
  };
  const mine = aside.value;
  if (!newer && mine === null) return null;
  if (!newer && mine !== null) {
    return (
      <Alert color="blue" mb="md" role="status">
        <Group justify="space-between">
          {t("meanwhile.taken")}
          <Group gap="xs">
            <Button size="xs" variant="default" onClick={() => goBack(mine)}>
              {t("meanwhile.back")}
            </Button>
            <Button size="xs" variant="subtle" onClick={() => aside.forget()}>
              {t("meanwhile.drop")}
            </Button>
          </Group>
        </Group>
      </Alert>
    );
  }
  if (!newer) return null;
  const title = newer.at
    ? t("meanwhile.titleAt", { when: dayAndTime(newer.at, zone) })
    : t("meanwhile.title");
  return (
    <Conflict
      title={title}
      about={t("meanwhile.about")}
      mine={{ label: t("meanwhile.mine"), run: () => keepMine(newer.value) }}
      theirs={{ label: t("meanwhile.theirs"), run: () => takeTheirs(newer.value) }}
    />
  );
}
