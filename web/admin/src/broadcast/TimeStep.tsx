/** 日時: now or later, and how carefully. */
import {
  Card,
  Collapse,
  NumberInput,
  Radio,
  Select,
  Stack,
  Switch,
  Text,
  TextInput,
  UnstyledButton,
} from "@mantine/core";
import { useDisclosure } from "@mantine/hooks";
import { IconChevronDown } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import type { Lane } from "../api/types.ts";
import { toWall } from "../i18n/time.ts";
import { useZoneName } from "../i18n/zone.ts";
import { useZone } from "../session/api.ts";
import type { StepProps } from "./TargetStep.tsx";

const LANES: Lane[] = ["marketing", "promised", "transactional"];
const HOUR = 3_600_000;

export function TimeStep({ plan, put }: StepProps) {
  const { t } = useTranslation(["broadcast", "common"]);
  const zone = useZone();
  const zoneName = useZoneName();
  const careful =
    plan.first_percent !== null ||
    plan.per_10min !== null ||
    plan.until !== "" ||
    plan.lane !== "marketing";
  const [open, more] = useDisclosure(careful);
  const later = () =>
    put({ when: "later", at: plan.at || `${toWall(Date.now() + HOUR, zone).slice(0, 14)}00` });
  return (
    <Stack maw={820} mx="auto">
      <Card>
        <Radio.Group
          label={t("when")}
          value={plan.when}
          onChange={(when) => (when === "later" ? later() : put({ when: "now" }))}
        >
          <Stack gap="sm" mt="xs">
            <Radio value="now" label={t("now")} description={t("nowAbout")} />
            <Radio value="later" label={t("later")} />
          </Stack>
        </Radio.Group>
        {plan.when === "later" && (
          <TextInput
            type="datetime-local"
            mt="sm"
            maw={260}
            label={t("sendAt")}
            description={t("zone", { zone: zoneName })}
            min={toWall(Date.now(), zone)}
            value={plan.at}
            onChange={(event) => put({ at: event.currentTarget.value })}
          />
        )}
      </Card>
      <Card>
        <UnstyledButton
          onClick={more.toggle}
          aria-expanded={open}
          style={{ display: "flex", gap: 6, alignItems: "center" }}
        >
          <IconChevronDown size={18} style={{ rotate: open ? "180deg" : "0deg" }} aria-hidden />
          <Text fw={600} fz="sm">
            {t("careful")}
          </Text>
        </UnstyledButton>
        <Collapse expanded={open}>
          <Stack mt="md">
            <Part
              label={t("first")}
              about={t("firstAbout")}
              on={plan.first_percent !== null}
              toggle={(on) => put({ first_percent: on ? 10 : null })}
            >
              <NumberInput
                aria-label={t("first")}
                suffix=" %"
                min={1}
                max={99}
                maw={140}
                allowDecimal={false}
                value={plan.first_percent ?? ""}
                onChange={(value) => put({ first_percent: Number(value) || 10 })}
              />
            </Part>
            <Part
              label={t("pace")}
              about={t("paceAbout")}
              on={plan.per_10min !== null}
              toggle={(on) => put({ per_10min: on ? 500 : null })}
            >
              <NumberInput
                aria-label={t("pace")}
                suffix={t("paceSuffix")}
                min={1}
                maw={200}
                allowDecimal={false}
                thousandSeparator=","
                value={plan.per_10min ?? ""}
                onChange={(value) => put({ per_10min: Number(value) || 500 })}
              />
            </Part>
            <TextInput
              type="datetime-local"
              maw={260}
              label={t("until")}
              description={t("untilAbout")}
              value={plan.until}
              onChange={(event) => put({ until: event.currentTarget.value })}
            />
            <Select
              label={t("lane")}
              description={t(`laneAbout.${plan.lane}`)}
              maw={360}
              allowDeselect={false}
              data={LANES.map((lane) => ({ value: lane, label: t(`common:lane.${lane}`) }))}
              value={plan.lane}
              onChange={(lane) => lane && put({ lane: lane as Lane })}
            />
          </Stack>
        </Collapse>
      </Card>
    </Stack>
  );
}

interface PartProps {
  label: string;
  about: string;
  on: boolean;
  toggle: (on: boolean) => void;
  children: React.ReactNode;
}

function Part({ label, about, on, toggle, children }: PartProps) {
  return (
    <div>
      <Switch
        label={label}
        description={about}
        checked={on}
        onChange={(event) => toggle(event.currentTarget.checked)}
        mb={on ? "xs" : 0}
      />
      {on && children}
    </div>
  );
}
