/** A flex message in blocks, or as JSON for those who bring it from elsewhere. */
import { Alert, SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Bubble } from "../../api/types.ts";
import { withField } from "../bubbles.ts";
import { Field } from "../Field.tsx";
import { JsonEditor } from "../JsonEditor.tsx";
import { read, write } from "./blocks.ts";
import { DesignEditor } from "./DesignEditor.tsx";

interface FlexEditorProps {
  bubble: Bubble;
  path: string;
  onChange: (bubble: Bubble) => void;
}

export function FlexEditor({ bubble, path, onChange }: FlexEditorProps) {
  const { t } = useTranslation("template");
  const { contents, altText } = bubble as { contents?: unknown; altText?: string };
  const design = read(contents);
  const [way, setWay] = useState<string>(design ? "blocks" : "json");
  const set = (next: object) => onChange(withField(bubble, "contents", next));
  return (
    <Stack gap="sm">
      <SegmentedControl
        size="xs"
        aria-label={t("flex.way")}
        value={way}
        onChange={setWay}
        data={[
          { value: "blocks", label: t("flex.blocks") },
          { value: "json", label: t("flex.json") },
        ]}
      />
      <Field
        label={t("field.altText")}
        description={t("hint.altText")}
        path={`${path}.altText`}
        value={altText}
        limit="altText"
        onChange={(next) => onChange(withField(bubble, "altText", next))}
      />
      {way === "blocks" && design && (
        <DesignEditor
          design={design}
          path={`${path}.contents`}
          onChange={(next) => set(write(next))}
        />
      )}
      {way === "blocks" && !design && <Alert color="gray">{t("flex.onlyJson")}</Alert>}
      {way === "json" && (
        <JsonEditor
          label={t("field.flex")}
          description={t("hint.flex")}
          path={`${path}.contents`}
          value={contents}
          onChange={set}
        />
      )}
    </Stack>
  );
}
