/** JSON for those who bring it from elsewhere. What cannot be read stays in the field and is not taken over. */
import { Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { parseObject } from "./json.ts";
import { useProblemsBelow } from "./problems.tsx";

interface JsonEditorProps {
  label: string;
  description?: string;
  path: string;
  value: unknown;
  onChange: (value: object) => void;
}

export function JsonEditor({ label, description, path, value, onChange }: JsonEditorProps) {
  const { t } = useTranslation("template");
  const below = useProblemsBelow(path);
  const [text, setText] = useState(() => JSON.stringify(value, null, 2));
  const read = parseObject(text);
  const take = (next: string) => {
    setText(next);
    const result = parseObject(next);
    if ("value" in result) onChange(result.value);
  };
  const unread = "line" in read ? t("json.bad", { line: read.line }) : undefined;
  const problems = below.map((one) => `${one.path.slice(path.length + 1)} ${one.message}`.trim());
  return (
    <Textarea
      label={label}
      description={description}
      error={unread ?? (problems.length > 0 ? problems.slice(0, 5).join(" / ") : undefined)}
      autosize
      minRows={8}
      maxRows={24}
      spellCheck={false}
      styles={{ input: { fontFamily: "monospace", fontSize: 13, lineHeight: 1.5 } }}
      value={text}
      onChange={(event) => take(event.currentTarget.value)}
    />
  );
}
