/** One step of the list: closed a sentence, open a form. */
import {
  ActionIcon,
  Card,
  Collapse,
  Group,
  Stack,
  Text,
  ThemeIcon,
  UnstyledButton,
} from "@mantine/core";
import { IconArrowDown, IconArrowUp, IconCopy, IconTrash } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { FigureBadges, type NodeFigures } from "./FigureBadges.tsx";
import { StepFields, type StepFieldsProps } from "./StepFields.tsx";
import { SIGNS } from "./signs.ts";
import { useNextText, useStepSentence } from "./useStepSentence.ts";

interface StepCardProps extends StepFieldsProps {
  figures: NodeFigures | undefined;
  open: boolean;
  readOnly: boolean;
  toggle: () => void;
  move: (to: number) => void;
  copy: () => void;
  remove: () => void;
}

export function StepCard(props: StepCardProps) {
  const { node, index, nodes, problems, figures, open, readOnly, toggle } = props;
  const { t } = useTranslation("journey");
  const sentence = useStepSentence(nodes);
  const nextText = useNextText(nodes);
  const Sign = SIGNS[node.do];
  const own = problems.filter((one) => isOf(one.path, index));
  const leads = nextText(node);
  return (
    <Card
      padding="sm"
      component="li"
      style={own.length > 0 ? { borderColor: "var(--mantine-color-error)" } : undefined}
    >
      <Group wrap="nowrap" gap="sm">
        <UnstyledButton onClick={toggle} aria-expanded={open} style={{ flex: 1, minWidth: 0 }}>
          <Group wrap="nowrap" gap="sm">
            <ThemeIcon
              variant="light"
              size={34}
              radius="md"
              color={node.do === "message" ? "pine" : "gray"}
            >
              <Sign size={18} />
            </ThemeIcon>
            <div style={{ minWidth: 0 }}>
              <Text fz="xs" c="dimmed">
                {t("stepN", { n: index + 1 })} {t(`step.${node.do}`)}
              </Text>
              <Text fz="sm" fw={600} style={{ overflowWrap: "anywhere" }}>
                {sentence(node)}
              </Text>
              {leads && (
                <Text fz="xs" c="dimmed">
                  {leads}
                </Text>
              )}
              {figures && <FigureBadges figures={figures} kind={node.do} />}
            </div>
          </Group>
        </UnstyledButton>
        {!readOnly && <StepButtons {...props} />}
      </Group>
      {own.map((one) => (
        <Text
          key={`${one.path} ${one.code}`}
          fz="sm"
          c="var(--mantine-color-error)"
          mt="xs"
          role="alert"
        >
          {one.message}
        </Text>
      ))}
      <Collapse expanded={open}>
        {open && (
          <fieldset
            disabled={readOnly}
            style={{ border: 0, padding: 0, margin: "14px 0 4px", minWidth: 0 }}
          >
            <StepFields {...props} />
          </fieldset>
        )}
      </Collapse>
    </Card>
  );
}

/** `nodes[1]…` is not `nodes[12]…`. */
export const isOf = (path: string, index: number) =>
  path === `nodes[${index}]` || path.startsWith(`nodes[${index}].`);

function StepButtons({ index, nodes, move, copy, remove }: StepCardProps) {
  const { t } = useTranslation("journey");
  const name = t("stepN", { n: index + 1 });
  return (
    <Stack gap={0}>
      <Group gap={0} wrap="nowrap">
        <ActionIcon
          aria-label={t("up", { name })}
          disabled={index === 0}
          onClick={() => move(index - 1)}
        >
          <IconArrowUp size={16} />
        </ActionIcon>
        <ActionIcon
          aria-label={t("down", { name })}
          disabled={index === nodes.length - 1}
          onClick={() => move(index + 1)}
        >
          <IconArrowDown size={16} />
        </ActionIcon>
      </Group>
      <Group gap={0} wrap="nowrap">
        <ActionIcon aria-label={t("copyStep", { name })} onClick={copy}>
          <IconCopy size={16} />
        </ActionIcon>
        <ActionIcon aria-label={t("remove", { name })} onClick={remove}>
          <IconTrash size={16} />
        </ActionIcon>
      </Group>
    </Stack>
  );
}
