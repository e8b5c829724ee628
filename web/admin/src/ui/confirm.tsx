/** Asks before anything that cannot be undone. The way out has the focus; the dangerous button stands apart from it. */
import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { createContext, type ReactNode, useCallback, useContext, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

export interface Question {
  title: string;
  body: ReactNode;
  /** What the button does, as a verb: 「削除する」. */
  action: string;
  danger?: boolean;
  /** A word that must be typed first, for what touches very many people. */
  typed?: { label: string; word: string };
}

type Ask = (question: Question) => Promise<boolean>;
const AskContext = createContext<Ask>(() => Promise.resolve(false));

/** `if (await confirm({…})) …` */
export const useConfirm = (): Ask => useContext(AskContext);

export function ConfirmProvider({ children }: { children: ReactNode }) {
  const [question, setQuestion] = useState<Question>();
  const [opened, setOpened] = useState(false);
  const answer = useRef<(yes: boolean) => void>(() => undefined);

  const ask = useCallback<Ask>((next) => {
    setQuestion(next);
    setOpened(true);
    return new Promise((resolve) => {
      answer.current = resolve;
    });
  }, []);
  const close = (yes: boolean) => {
    setOpened(false);
    answer.current(yes);
  };

  return (
    <AskContext value={ask}>
      {children}
      <Modal opened={opened} onClose={() => close(false)} title={question?.title} zIndex={400}>
        {question && <Body key={String(opened)} question={question} close={close} />}
      </Modal>
    </AskContext>
  );
}

function Body({ question, close }: { question: Question; close: (yes: boolean) => void }) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState("");
  const ready = !question.typed || typed.trim() === question.typed.word;
  return (
    <Stack>
      <Text component="div">{question.body}</Text>
      {question.typed && (
        <TextInput
          label={question.typed.label}
          placeholder={question.typed.word}
          value={typed}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Group justify="space-between" mt="xs">
        <Button variant="default" onClick={() => close(false)} data-autofocus>
          {t("cancel")}
        </Button>
        <Button
          color={question.danger ? "red" : "pine"}
          disabled={!ready}
          onClick={() => close(true)}
        >
          {question.action}
        </Button>
      </Group>
    </Stack>
  );
}
