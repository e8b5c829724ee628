/** A text with variables, emoji and LINE's own emoji. */
import { EmojiDrawing } from "@enishi/line-ui";
import { CloseButton, Group, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../api/types.ts";
import { withField } from "./bubbles.ts";
import { Field } from "./Field.tsx";
import { afterEdit, MOST_EMOJI, type Placed, withFigure, withoutFigure } from "./lineEmoji.ts";
import { useProblemsBelow } from "./problems.tsx";

interface TextEditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}

export function TextEditor({ bubble, path, onChange }: TextEditorProps) {
  const { t } = useTranslation("template");
  const { text = "", emojis = [] } = bubble as { text?: string; emojis?: Placed[] };
  const wrong = useProblemsBelow(`${path}.emojis`)[0];
  const set = (next: { text: string; emojis: Placed[] }) =>
    onChange(
      withField(
        withField(bubble, "text", next.text),
        "emojis",
        next.emojis.length > 0 ? next.emojis : undefined,
      ),
    );
  return (
    <div>
      <Field
        label={t("field.text")}
        path={`${path}.text`}
        value={text}
        limit="text"
        rows={4}
        onChange={(next, caret) =>
          set({ text: next, emojis: afterEdit({ text, emojis }, next, caret) })
        }
        figures={{
          full: emojis.length >= MOST_EMOJI,
          insert: (figure, from, to) => set(withFigure({ text, emojis }, figure, from, to)),
        }}
      />
      {emojis.length > 0 && (
        <Group gap={6} mt={6} role="group" aria-label={t("lineEmoji.used")}>
          <Text fz="xs" c="dimmed">
            {t("lineEmoji.stand", { n: emojis.length, most: MOST_EMOJI })}
          </Text>
          {emojis.map((emoji, n) => (
            <Group key={emoji.index} gap={0} wrap="nowrap" className="lu-root" fz={18}>
              <EmojiDrawing {...emoji} />
              <CloseButton
                size="sm"
                aria-label={t("lineEmoji.drop", { n: n + 1 })}
                onClick={() => set(withoutFigure({ text, emojis }, emoji.index))}
              />
            </Group>
          ))}
        </Group>
      )}
      {wrong && (
        <Text fz="xs" c="red.8" mt={4}>
          {wrong.message}
        </Text>
      )}
    </div>
  );
}
