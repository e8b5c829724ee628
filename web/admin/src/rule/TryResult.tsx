/** What a trial of rules came to: what would be done and arrive, and why each rule answers or not. */
import { Group, Stack, Text } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useActionSentence } from "../action/useSentence.ts";
import type { Action } from "../api/types.ts";
import { Preview } from "../template/Preview.tsx";

/** Actions as sentences. */
export function Doings({ actions }: { actions: Action[] }) {
  const sentence = useActionSentence();
  return actions.map((action, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
    <Text key={n} fz="sm">
      → {sentence(action)}
    </Text>
  ));
}

interface ArrivesProps {
  actions: Action[];
  friend: string | null;
  account: string;
}

/** Their messages as LINE shows them, filled in for a friend. */
export function Arrives({ actions, friend, account }: ArrivesProps) {
  const templates = actions.flatMap((action) =>
    action.action === "message" ? [action.template] : [],
  );
  return templates.map((template, n) => (
    <Preview
      // biome-ignore lint/suspicious/noArrayIndexKey: the same template may be said twice
      key={n}
      template_id={template}
      channel_id={account}
      {...(friend ? { contact_id: friend } : {})}
      height="auto"
    />
  ));
}

export interface Reason {
  rule: string;
  name: string;
  answers: boolean;
  text: string;
}

export function Reasons({ title, reasons }: { title: string; reasons: Reason[] }) {
  if (reasons.length === 0) return null;
  return (
    <>
      <Text fz="sm" fw={600} component="h3" m={0}>
        {title}
      </Text>
      <Stack gap={6} component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {reasons.map(({ rule, name, answers, text }) => {
          const Sign = answers ? IconCircleCheck : IconCircleX;
          return (
            <Group component="li" key={rule} gap={8} wrap="nowrap" align="flex-start">
              <Sign
                size={17}
                aria-hidden
                style={{ flex: "none", marginTop: 2 }}
                color={`var(--mantine-color-${answers ? "pine-7" : "gray-5"})`}
              />
              <Text fz="xs">
                <strong>{name}</strong> {text}
              </Text>
            </Group>
          );
        })}
      </Stack>
    </>
  );
}
