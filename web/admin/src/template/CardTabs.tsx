/** Cards side by side, one of them open: put one more beside them, take the open one away. */
import { Button, Group, Tabs } from "@mantine/core";
import { IconTrash } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";
import { AddButton } from "./ActionEditor.tsx";

interface CardTabsProps<Card> {
  cards: Card[];
  most: number;
  /** A new one. */
  make: () => Card;
  onChange: (cards: Card[]) => void;
  edit: (card: Card, n: number, set: (card: Card) => void) => ReactNode;
}

export function CardTabs<Card>({ cards, most, make, onChange, edit }: CardTabsProps<Card>) {
  const { t } = useTranslation("template");
  const [shown, setShown] = useState(0);
  const card = cards[shown];
  return (
    <>
      <Tabs
        value={String(shown)}
        onChange={(value) => setShown(Number(value ?? 0))}
        variant="outline"
      >
        <Tabs.List mb="sm">
          {cards.map((_, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: cards have no identity but their place
            <Tabs.Tab key={n} value={String(n)} px="sm">
              {t("cardN", { n: n + 1 })}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {card !== undefined && (
          <Tabs.Panel key={shown} value={String(shown)}>
            {edit(card, shown, (next) => onChange(cards.with(shown, next)))}
          </Tabs.Panel>
        )}
      </Tabs>
      <Group justify="space-between">
        {cards.length < most ? (
          <AddButton
            label={t("addCard")}
            onClick={() => {
              onChange([...cards, make()]);
              setShown(cards.length);
            }}
          />
        ) : (
          <span />
        )}
        {cards.length > 1 && (
          <Button
            size="xs"
            variant="subtle"
            color="gray"
            leftSection={<IconTrash size={15} />}
            onClick={() => {
              onChange(cards.toSpliced(shown, 1));
              setShown(Math.max(0, shown - 1));
            }}
          >
            {t("removeCard")}
          </Button>
        )}
      </Group>
    </>
  );
}
