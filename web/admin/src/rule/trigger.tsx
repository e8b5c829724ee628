/** When a rule answers: as fields and as a sentence. */
import { Checkbox, Group, Select, Stack, TagsInput, TextInput } from "@mantine/core";
import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";
import type { FieldError, MessageKind, RuleTrigger } from "../api/types.ts";

/** What staff can set up here; other kinds come from the API and stay as they are. */
const KINDS = ["follow", "unblock", "keyword", "postback", "message", "any_message"] as const;
type Kind = (typeof KINDS)[number];
const MESSAGE_KINDS: MessageKind[] = ["image", "video", "audio", "file", "location", "sticker"];

function newTrigger(kind: Kind): RuleTrigger {
  switch (kind) {
    case "keyword":
      return { on: kind, mode: "contains", words: [] };
    case "postback":
      return { on: kind, mode: "exact", data: "" };
    case "message":
      return { on: kind, kinds: ["image"] };
    default:
      return { on: kind };
  }
}

export function triggerSentence(trigger: RuleTrigger, t: TFunction<"rule">): string {
  if (trigger.on === "keyword") {
    const words = trigger.words.slice(0, 3).join("、") + (trigger.words.length > 3 ? "…" : "");
    return t(`when.${trigger.mode}`, { words });
  }
  if (trigger.on === "postback") return t("when.postback", { data: trigger.data });
  return t(`trigger.${trigger.on}`);
}

interface TriggerFieldsProps {
  trigger: RuleTrigger;
  problems: FieldError[];
  onChange: (trigger: RuleTrigger) => void;
}

export function TriggerFields({ trigger, problems, onChange }: TriggerFieldsProps) {
  const { t } = useTranslation(["rule", "common"]);
  const known = KINDS.some((kind) => kind === trigger.on);
  const problem = problems.find((one) => one.path.startsWith("trigger"))?.message;
  return (
    <Stack gap="sm">
      <Select
        label={t("triggerLabel")}
        allowDeselect={false}
        data={[
          ...KINDS.map((kind) => ({ value: kind as string, label: t(`trigger.${kind}`) })),
          ...(known ? [] : [{ value: trigger.on, label: t(`trigger.${trigger.on}`) }]),
        ]}
        value={trigger.on}
        onChange={(kind) => kind && kind !== trigger.on && onChange(newTrigger(kind as Kind))}
      />
      {trigger.on === "keyword" && (
        <Group align="flex-start" grow preventGrowOverflow={false}>
          <TagsInput
            label={t("words")}
            description={t("wordsHint")}
            error={problem}
            flex="2 1 260px"
            acceptValueOnBlur
            value={trigger.words}
            onChange={(words) => onChange({ ...trigger, words })}
          />
          <Select
            label={t("mode")}
            description={t(`modeAbout.${trigger.mode}`)}
            flex="1 1 180px"
            allowDeselect={false}
            data={(["contains", "exact", "regex"] as const).map((mode) => ({
              value: mode,
              label: t(`modes.${mode}`),
            }))}
            value={trigger.mode}
            onChange={(mode) => mode && onChange({ ...trigger, mode: mode as "contains" })}
          />
        </Group>
      )}
      {trigger.on === "postback" && (
        <TextInput
          label={t("data")}
          description={t("dataHint")}
          error={problem}
          value={trigger.data}
          onChange={(event) => onChange({ ...trigger, data: event.currentTarget.value })}
        />
      )}
      {trigger.on === "message" && (
        <Checkbox.Group
          label={t("kinds")}
          error={problem}
          value={trigger.kinds}
          onChange={(kinds) => onChange({ ...trigger, kinds: kinds as MessageKind[] })}
        >
          <Group mt={6}>
            {MESSAGE_KINDS.map((kind) => (
              <Checkbox key={kind} value={kind} label={t(`common:kind.${kind}`)} />
            ))}
          </Group>
        </Checkbox.Group>
      )}
    </Stack>
  );
}
