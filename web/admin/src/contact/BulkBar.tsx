/** まとめて操作: what is done to everybody who was chosen. Counted first; what would follow is said before it is done. */
import {
  Alert,
  Button,
  Card,
  Group,
  List,
  Menu,
  Modal,
  Skeleton,
  Stack,
  Text,
} from "@mantine/core";
import {
  IconBookmark,
  IconChevronDown,
  IconForms,
  IconPlayerPlay,
  IconPlayerStop,
  IconTagMinus,
  IconTagPlus,
} from "@tabler/icons-react";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { BulkDeed, BulkWhom } from "../api/types.ts";
import { number } from "../i18n/time.ts";
import { useMay } from "../session/api.ts";
import { useAct } from "../ui/act.ts";
import { useIntent } from "../ui/draft.ts";
import { ErrorView } from "../ui/ErrorView.tsx";
import { bulkPreviewQuery, startBulk } from "./api.ts";
import { DeedFields, type DeedKind } from "./DeedFields.tsx";
import { useAskToStart } from "./useAskToStart.ts";
import { useDeedSentence } from "./useDeed.ts";

const KINDS = [
  { kind: "tag_add", icon: IconTagPlus },
  { kind: "tag_remove", icon: IconTagMinus },
  { kind: "attribute", icon: IconForms },
  { kind: "mark", icon: IconBookmark },
  { kind: "journey_start", icon: IconPlayerPlay },
  { kind: "journey_stop", icon: IconPlayerStop },
] as const;

interface BulkBarProps {
  whom: BulkWhom;
  /** Of the rows at hand, how many are chosen; all that match when `whom` says so. */
  chosen: string;
  /** Offers to take all that match. */
  all?: { label: string; take: () => void };
  done: () => void;
}

export function BulkBar({ whom, chosen, all, done }: BulkBarProps) {
  const { t } = useTranslation("contact");
  const [kind, setKind] = useState<DeedKind>();
  const intent = useIntent("bulk");
  // A closed form is a wish given up.
  const close = () => {
    intent.done();
    setKind(undefined);
  };
  const maySend = useMay("send_broadcast");
  const able = KINDS.filter((one) => maySend || one.kind !== "journey_start");
  return (
    <Card py="xs" mb="sm" style={{ position: "sticky", top: 60, zIndex: 10 }} shadow="sm">
      <Group justify="space-between" gap="xs">
        <Group gap="xs">
          <Text fz="sm" fw={600} role="status">
            {chosen}
          </Text>
          {all && (
            <Button size="compact-sm" variant="subtle" onClick={all.take}>
              {all.label}
            </Button>
          )}
        </Group>
        <Group gap="xs">
          <Menu position="bottom-end" withinPortal>
            <Menu.Target>
              <Button rightSection={<IconChevronDown size={16} />}>{t("bulk.open")}</Button>
            </Menu.Target>
            <Menu.Dropdown>
              {able.map(({ kind: one, icon: Sign }) => (
                <Menu.Item key={one} leftSection={<Sign size={16} />} onClick={() => setKind(one)}>
                  {t(`bulk.do.${one}`)}
                </Menu.Item>
              ))}
            </Menu.Dropdown>
          </Menu>
          <Button variant="subtle" color="gray" onClick={done}>
            {t("unchoose")}
          </Button>
        </Group>
      </Group>
      <Modal opened={kind !== undefined} onClose={close} title={kind && t(`bulk.do.${kind}`)}>
        {kind && (
          <BulkForm
            kind={kind}
            whom={whom}
            done={() => {
              close();
              done();
            }}
          />
        )}
      </Modal>
    </Card>
  );
}

function BulkForm({ kind, whom, done }: { kind: DeedKind; whom: BulkWhom; done: () => void }) {
  const { t } = useTranslation("contact");
  const [deed, setDeed] = useState<BulkDeed>();
  const intent = useIntent("bulk");
  const start = useAct(
    (chosen: BulkDeed) => startBulk({ deed: chosen, whom }, intent.keyFor({ deed: chosen, whom })),
    {
      stale: ["bulk", "contact", "tag"],
      after: done,
    },
  );
  return (
    <Stack>
      <DeedFields kind={kind} set={setDeed} />
      {deed && <Foreseen deed={deed} whom={whom} busy={start.isPending} go={start.mutate} />}
      {!deed && (
        <Text fz="sm" c="dimmed">
          {t("bulk.first")}
        </Text>
      )}
    </Stack>
  );
}

interface ForeseenProps {
  deed: BulkDeed;
  whom: BulkWhom;
  busy: boolean;
  go: (deed: BulkDeed) => void;
}

/** The number first, then what else would happen, then the button that says it again. */
function Foreseen({ deed, whom, busy, go }: ForeseenProps) {
  const { t } = useTranslation("contact");
  const sentence = useDeedSentence();
  const maySend = useMay("send_broadcast");
  const ask = useAskToStart();
  const query = useQuery({
    ...bulkPreviewQuery({ deed, whom }),
    placeholderData: keepPreviousData,
  });
  const found = query.data;
  if (query.isError)
    return <ErrorView problem={asProblem(query.error)} retry={() => void query.refetch()} />;
  if (!found) return <Skeleton height={90} />;
  const refused = found.may_start && !maySend;
  const start = async () => {
    if (found.starts.length === 0 || (await ask(found.starts))) go(deed);
  };
  const returns = deed.deed !== "journey_start" && deed.deed !== "journey_stop";
  return (
    <>
      <Text>
        <strong>{t("bulk.people", { n: number(found.people) })}</strong> {sentence(deed)}
      </Text>
      {found.starts.length > 0 ? (
        <Alert color="yellow" title={t("bulk.starts")}>
          <List fz="sm">
            {found.starts.map((one) => (
              <List.Item key={one.journey}>
                {t("bulk.start", {
                  name: one.name,
                  n: number(one.people) + (one.more ? "+" : ""),
                })}
              </List.Item>
            ))}
          </List>
        </Alert>
      ) : (
        <Text fz="sm" c="dimmed">
          {t("bulk.nothingStarts")}
        </Text>
      )}
      {refused && <Alert color="orange">{t("bulk.needsSend")}</Alert>}
      <Text fz="sm" c="dimmed">
        {t(returns ? "bulk.returns" : "bulk.noReturn")}
      </Text>
      <Group justify="flex-end">
        <Button
          loading={busy}
          // What stands there is said of the choice before until the new one is counted.
          disabled={found.people === 0 || query.isPlaceholderData || refused}
          onClick={() => void start()}
        >
          {t("bulk.go", { n: number(found.people) })}
        </Button>
      </Group>
    </>
  );
}
