/** The address of a file in a message: chosen from what is kept, or typed by those who keep it elsewhere. */
import { Box, Button, Group, Image, Input, Text, TextInput } from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconLink, IconMovie, IconPhoto, IconVolume, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Asset, AssetKind } from "../api/types.ts";
import { AssetPicker } from "./AssetPicker.tsx";

interface AssetFieldProps {
  /** What LINE has a message for. */
  kind: Exclude<AssetKind, "file">;
  label: string;
  description?: string;
  value: string | undefined;
  error?: string | undefined;
  onPick: (asset: Asset) => void;
  /** Typed by hand; '' takes it away. */
  onType: (url: string) => void;
}

const SIGNS = { image: IconPhoto, video: IconMovie, audio: IconVolume };

export function AssetField(props: AssetFieldProps) {
  const { kind, label, description, value, error, onPick, onType } = props;
  const { t } = useTranslation("asset");
  const [opened, picker] = useDisclosure(false);
  const [typing, setTyping] = useState(false);
  const Sign = SIGNS[kind];
  return (
    <Input.Wrapper label={label} description={description} error={error} labelElement="div">
      <Group mt={6} gap="xs">
        {value && kind === "image" && !value.includes("{{") && (
          <Image src={value} alt="" w={64} h={48} fit="contain" radius="sm" />
        )}
        {value && kind !== "image" && (
          <Text fz="xs" c="dimmed" truncate maw={180}>
            {decodeURI(value.split("/").at(-1) ?? "")}
          </Text>
        )}
        <Button
          size="xs"
          variant="light"
          leftSection={<Sign size={16} />}
          aria-label={`${label} ${t(value ? "change" : `choose.${kind}`)}`}
          onClick={picker.open}
        >
          {t(value ? "change" : `choose.${kind}`)}
        </Button>
        {value && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconX size={15} />}
            onClick={() => onType("")}
          >
            {t("takeAway")}
          </Button>
        )}
        {!typing && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconLink size={15} />}
            onClick={() => setTyping(true)}
          >
            {t("byAddress")}
          </Button>
        )}
      </Group>
      {typing && (
        <Box mt="xs">
          <TextInput
            aria-label={`${label} URL`}
            placeholder="https://"
            value={value ?? ""}
            onChange={(event) => onType(event.currentTarget.value)}
          />
        </Box>
      )}
      <AssetPicker kind={kind} opened={opened} onClose={picker.close} onPick={onPick} />
    </Input.Wrapper>
  );
}
