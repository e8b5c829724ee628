/** The messages as three recipients drawn by lot will see them; one where all get the same. */
import { Alert, Button, Group, SegmentedControl, Stack, Text } from "@mantine/core";
import { IconRefresh } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Broadcast, BroadcastPreview } from "../api/types.ts";
import { Phone, Preview } from "../template/Preview.tsx";

const AT_ONCE = 3;

export function Samples({
  broadcast,
  preview,
}: {
  broadcast: Broadcast;
  preview: BroadcastPreview;
}) {
  const { t } = useTranslation("broadcast");
  const varied = preview.variables !== null && preview.sample.length > 0;
  if (varied) return <Drawn broadcast={broadcast} sample={preview.sample} />;
  return (
    <section aria-label={t("example")}>
      <Text fz="sm" fw={600} mb="xs" ta="center">
        {t("example")}
      </Text>
      {preview.example && (
        <Phone messages={preview.example} channel={broadcast.channel_id} height={480} />
      )}
      {preview.example && preview.recipients > 0 && (
        <Text fz="sm" c="dimmed" mt="xs" ta="center">
          {t("sameForAll")}
        </Text>
      )}
      {!preview.example && (
        <Alert color="gray">{t(preview.recipients === 0 ? "noneToShow" : "noExample")}</Alert>
      )}
    </section>
  );
}

function Drawn({
  broadcast,
  sample,
}: {
  broadcast: Broadcast;
  sample: BroadcastPreview["sample"];
}) {
  const { t } = useTranslation(["broadcast", "common"]);
  const [from, setFrom] = useState(0);
  const [chosen, setChosen] = useState<string>();
  const three = sample.slice(from, from + AT_ONCE);
  const person = three.find(({ contact_id }) => contact_id === chosen) ?? three[0];
  const others = () => {
    setFrom(from + AT_ONCE < sample.length ? from + AT_ONCE : 0);
    setChosen(undefined);
  };
  return (
    <Stack gap="xs" component="section" aria-label={t("example")}>
      <Group justify="space-between" gap="xs">
        <Text fz="sm" fw={600}>
          {t("exampleFor")}
        </Text>
        {sample.length > AT_ONCE && (
          <Button
            size="xs"
            variant="subtle"
            leftSection={<IconRefresh size={15} />}
            onClick={others}
          >
            {t("otherThree")}
          </Button>
        )}
      </Group>
      <SegmentedControl
        fullWidth
        aria-label={t("exampleFor")}
        value={person?.contact_id ?? ""}
        onChange={setChosen}
        data={three.map(({ contact_id, name }) => ({
          value: contact_id,
          label: name || t("common:nobody"),
        }))}
      />
      {person && (
        <Preview
          template_id={broadcast.template_id}
          channel_id={broadcast.channel_id}
          contact_id={person.contact_id}
          height={480}
        />
      )}
    </Stack>
  );
}
