/** 「試してみる」: which rule answers, and why the others do not. Nothing is sent. */
import { Button, Card, Group, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { IconCircleCheck, IconCircleX } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActionSentence } from "../action/useSentence.ts";
import type { RuleTrial, TrialInput } from "../api/types.ts";
import { useAccounts } from "../app/choice.ts";
import { useAct } from "../ui/act.ts";
import { tryOut } from "./api.ts";

const WAYS = ["message", "follow", "unblock", "postback"] as const;
type Way = (typeof WAYS)[number];

function inputOf(way: Way, text: string): TrialInput {
  if (way === "message") return { kind: "message", text };
  if (way === "postback") return { kind: "postback", data: text };
  return { kind: "follow", unblocked: way === "unblock" };
}

export function TryBox() {
  const { t } = useTranslation("rule");
  const { channel, channels } = useAccounts();
  const [way, setWay] = useState<Way>("message");
  const [text, setText] = useState("");
  const [result, setResult] = useState<RuleTrial>();
  const account = (channel ?? channels[0])?.id ?? "";
  const act = useAct(() => tryOut({ channel_id: account, input: inputOf(way, text) }), {
    after: setResult,
  });
  const words = way === "message" || way === "postback";
  return (
    <Card style={{ position: "sticky", top: 72 }}>
      <Title order={2} fz="md" mb={4}>
        {t("try.title")}
      </Title>
      <Text fz="sm" c="dimmed" mb="sm">
        {t("try.about")}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          act.mutate();
        }}
      >
        <Stack gap="sm">
          <Select
            aria-label={t("try.way")}
            allowDeselect={false}
            data={WAYS.map((one) => ({ value: one, label: t(`try.ways.${one}`) }))}
            value={way}
            onChange={(one) => one && setWay(one as Way)}
          />
          {words && (
            <TextInput
              aria-label={t("try.text")}
              placeholder={t("try.text")}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
            />
          )}
          <Button
            type="submit"
            variant="light"
            loading={act.isPending}
            disabled={words && text.trim() === ""}
          >
            {t("try.go")}
          </Button>
        </Stack>
      </form>
      {result && <Result result={result} />}
    </Card>
  );
}

function Result({ result }: { result: RuleTrial }) {
  const { t } = useTranslation("rule");
  const sentence = useActionSentence();
  const answering = result.why.find((one) => one.rule === result.answer);
  return (
    <Stack gap="sm" mt="md" role="status">
      <Text fw={600} fz="sm">
        {answering ? t("try.answers", { name: answering.name }) : t("try.nobody")}
      </Text>
      {result.actions.map((action, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: actions have no identity but their place
        <Text key={n} fz="sm">
          → {sentence(action)}
        </Text>
      ))}
      <Stack gap={6}>
        {result.why.map((one) => {
          const answers = one.rule === result.answer;
          const Sign = answers ? IconCircleCheck : IconCircleX;
          return (
            <Group key={one.rule} gap={8} wrap="nowrap" align="flex-start">
              <Sign
                size={17}
                aria-hidden
                style={{ flex: "none", marginTop: 2 }}
                color={`var(--mantine-color-${answers ? "pine-7" : "gray-5"})`}
              />
              <Text fz="xs">
                <strong>{one.name}</strong> {one.text}
              </Text>
            </Group>
          );
        })}
      </Stack>
    </Stack>
  );
}
