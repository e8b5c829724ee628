/** The steps one below another. */
import { Alert, Button, Stack } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { JourneyFigures } from "../api/types.ts";
import { useMay } from "../session/api.ts";
import { AddStep } from "./AddStep.tsx";
import { copied } from "./graph.ts";
import { StepCard } from "./StepCard.tsx";
import { freshId, insertAt, moveTo, newStep, removeAt } from "./steps.ts";
import type { JourneyDesk } from "./useJourneyWork.ts";

interface StepListProps {
  desk: JourneyDesk;
  figures: JourneyFigures | undefined;
}

export function StepList({ desk, figures }: StepListProps) {
  const { t } = useTranslation("journey");
  const may = useMay("define");
  const [open, setOpen] = useState<string>();
  const [adding, setAdding] = useState(false);
  const { work, problems, setNodes } = desk;
  const { nodes } = work.graph;
  const taken = takenIds(figures);
  return (
    <section aria-label={t("steps")}>
      <Stack gap="xs" component="ol" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {nodes.map((node, n) => (
          <StepCard
            key={node.id}
            node={node}
            index={n}
            nodes={nodes}
            channel={work.channel_id}
            problems={problems}
            figures={figures?.nodes[node.id]}
            open={open === node.id}
            readOnly={!may}
            toggle={() => setOpen(open === node.id ? undefined : node.id)}
            onChange={(next) => setNodes(nodes.with(n, next), node.id)}
            move={(to) => setNodes(moveTo(nodes, n, to))}
            copy={() => {
              const made = copied(nodes, node.id, taken);
              setNodes(made?.nodes ?? insertAt(nodes, n + 1, newStep(node.do), taken));
            }}
            remove={() => setNodes(removeAt(nodes, n))}
          />
        ))}
      </Stack>
      {may && (
        <Button
          mt="xs"
          variant={nodes.length === 0 ? "light" : "default"}
          fullWidth
          leftSection={<IconPlus size={17} />}
          onClick={() => setAdding(true)}
        >
          {t("addStep")}
        </Button>
      )}
      <AddStep
        opened={adding}
        close={() => setAdding(false)}
        choose={(kind) => {
          setAdding(false);
          setOpen(freshId(nodes, taken));
          setNodes(insertAt(nodes, nodes.length, newStep(kind), taken));
        }}
      />
    </section>
  );
}

/** Steps that people stand on or ended at keep their ids even when they are gone from the list. */
export const takenIds = (figures: JourneyFigures | undefined): ReadonlySet<string> =>
  new Set(Object.keys(figures?.nodes ?? {}));

/** What is wrong with the whole. */
export function WholeProblems({ desk }: { desk: JourneyDesk }) {
  return desk.problems
    .filter((one) => !/^(nodes\[|trigger)/.test(one.path))
    .map((one) => (
      <Alert key={`${one.path} ${one.code}`} color="red" mt="sm" role="alert">
        {one.message}
      </Alert>
    ));
}
