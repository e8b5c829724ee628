/** Two people at one thing: who it was, and whose words go on. Shown where the work is, until it is decided. */
import { Alert, Button, Collapse, Group, Stack, Text } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { type ReactNode, useEffect, useRef } from "react";

interface ConflictProps {
  title: string;
  about: string;
  mine: { label: string; run: () => void };
  /** Without `run`: theirs is not known yet. */
  theirs: { label: string; run: (() => void) | undefined };
  /** What theirs looks like, or in what it differs. */
  look?: { label: string; show: () => ReactNode };
  /** One of both is under way. */
  state?: "busy" | "open";
}

export function Conflict({ title, about, mine, theirs, look, state = "open" }: ConflictProps) {
  const [opened, looking] = useDisclosure(false);
  const busy = state === "busy";
  const box = useRef<HTMLDivElement>(null);
  // Who pressed a button far below must not miss why nothing happened.
  useEffect(() => {
    // What it returns is no clean-up: a promise, in newer browsers.
    box.current?.scrollIntoView({ block: "center" });
  }, []);
  return (
    <Alert ref={box} color="yellow" mb="md" role="alert" title={title}>
      <Stack gap="sm">
        <Text fz="sm">{about}</Text>
        <Group gap="xs">
          <Button size="xs" disabled={busy} onClick={mine.run}>
            {mine.label}
          </Button>
          <Button
            size="xs"
            variant="default"
            disabled={busy || !theirs.run}
            onClick={() => theirs.run?.()}
          >
            {theirs.label}
          </Button>
          {look && (
            <Button size="xs" variant="subtle" aria-expanded={opened} onClick={looking.toggle}>
              {look.label}
            </Button>
          )}
        </Group>
        {look && <Collapse expanded={opened}>{opened && look.show()}</Collapse>}
      </Stack>
    </Alert>
  );
}
