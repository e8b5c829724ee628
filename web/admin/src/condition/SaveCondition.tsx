/** A condition under a name, to be chosen again: 「この条件を保存」. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconDeviceFloppy, IconFilterPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Condition } from "../api/types.ts";
import { createSegment } from "../contact/definitions.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { ConditionBuilder } from "./ConditionBuilder.tsx";
import { complete } from "./model.ts";

/** Saves what a builder beside it holds. */
export function SaveCondition({ condition }: { condition: Condition }) {
  const { t } = useTranslation("condition");
  const may = useMay("define");
  const [opened, dialog] = useDisclosure(false);
  if (!may) return null;
  return (
    <>
      <Button
        variant="subtle"
        size="xs"
        leftSection={<IconDeviceFloppy size={15} />}
        disabled={!complete(condition)}
        onClick={dialog.open}
      >
        {t("saveThis")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("saveThis")}>
        <Stack>
          <Text fz="sm" c="dimmed">
            {t("saveAbout")}
          </Text>
          <NameForm condition={condition} done={dialog.close} />
        </Stack>
      </Modal>
    </>
  );
}

/** Makes a new one where there is no builder yet; tells the id it is saved under. */
export function NewCondition(props: { channel: string; done: (id: string) => void }) {
  const { t } = useTranslation("condition");
  const may = useMay("define");
  const [opened, dialog] = useDisclosure(false);
  const [condition, setCondition] = useState<Condition>({ is: "all", of: [] });
  if (!may) return null;
  return (
    <>
      <Button
        variant="default"
        leftSection={<IconFilterPlus size={17} />}
        onClick={() => {
          setCondition({ is: "all", of: [] });
          dialog.open();
        }}
      >
        {t("make")}
      </Button>
      <Modal opened={opened} onClose={dialog.close} title={t("make")} size="lg">
        <Stack>
          <Text fz="sm" c="dimmed">
            {t("makeAbout")}
          </Text>
          <ConditionBuilder condition={condition} channel={props.channel} onChange={setCondition} />
          <NameForm
            condition={condition}
            done={(id) => {
              dialog.close();
              props.done(id);
            }}
          />
        </Stack>
      </Modal>
    </>
  );
}

function NameForm({ condition, done }: { condition: Condition; done: (id: string) => void }) {
  const { t } = useTranslation(["condition", "common"]);
  const [name, setName] = useState("");
  const [errors, setErrors] = useState<Record<string, string>>({});
  const save = useAct(() => createSegment({ name: name.trim(), condition }), {
    done: t("savedAs", { name: name.trim() }),
    stale: ["segment"],
    form: { setErrors },
    after: ({ id }) => done(id),
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        save.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={t("saveName")}
          placeholder={t("saveNameExample")}
          data-autofocus
          maxLength={100}
          value={name}
          error={errors.name ?? Object.values(errors)[0]}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button
            type="submit"
            disabled={name.trim() === "" || !complete(condition)}
            loading={save.isPending}
          >
            {t("common:save")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
