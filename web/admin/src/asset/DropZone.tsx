/** Where a file is dropped or chosen; shows how far it has gone. */
import { Alert, Button, Group, Paper, Progress, Stack, Text } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { type DragEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, AssetKind } from "../api/types.ts";
import { ACCEPT, useUpload } from "./useUpload.ts";

interface DropZoneProps {
  kind: AssetKind;
  onDone: (asset: Asset) => void;
}

export function DropZone({ kind, onDone }: DropZoneProps) {
  const { t } = useTranslation(["asset", "common"]);
  const { start, stop, progress, problem } = useUpload(kind, onDone);
  const input = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    void start(event.dataTransfer.files[0]);
  };
  const busy = progress !== undefined;
  return (
    <Stack gap="xs">
      <Paper
        withBorder
        p="md"
        style={{
          borderStyle: "dashed",
          ...(over ? { borderColor: "var(--mantine-primary-color-filled)" } : {}),
        }}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        {busy ? (
          <Group wrap="nowrap">
            <Progress
              value={progress * 100}
              flex={1}
              animated
              aria-label={t("sending")}
              aria-valuetext={`${Math.round(progress * 100)}%`}
            />
            <Button size="xs" variant="default" onClick={stop}>
              {t("stop")}
            </Button>
          </Group>
        ) : (
          <Group justify="space-between">
            <Text fz="sm" c="dimmed" flex="1 1 200px">
              {t(`rules.${kind}`)}
            </Text>
            <Button
              variant="light"
              leftSection={<IconUpload size={17} />}
              onClick={() => input.current?.click()}
            >
              {t("upload")}
            </Button>
          </Group>
        )}
        <input
          ref={input}
          type="file"
          hidden
          accept={ACCEPT[kind]}
          aria-label={t("upload")}
          onChange={(event) => {
            void start(event.currentTarget.files?.[0]);
            event.currentTarget.value = "";
          }}
        />
      </Paper>
      {problem && (
        <Alert color="red" role="alert">
          {problem}
        </Alert>
      )}
    </Stack>
  );
}
