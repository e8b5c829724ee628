import { clockLabel, dayLabel, type Locale } from "@enishi/line-ui";
import { useEffect, useRef, useState } from "react";
import type { Sim } from "../sim/client.ts";
import { useWords } from "../words.ts";
import { DAY, HOUR, progress, type Report, useNow } from "./time.ts";

const ZONE = "Asia/Tokyo";

/** Shows the simulator's time and moves it on. */
export function ClockBar(props: {
  sim: Sim;
  report: Report | undefined;
  locale: Locale;
  onFailure: (why: string) => void;
  onClock: (clock: Report["clock"]) => void;
}) {
  const { sim, report, locale, onFailure, onClock } = props;
  const words = useWords();
  const now = useNow(report);
  const [waiting, setWaiting] = useState(false);
  const target = report?.clock.target_ms ?? null;
  const where = { timeZone: ZONE, locale };
  const busy = waiting || target !== null || !report;

  const wish = async (wished: Parameters<Sim["setClock"]>[0]) => {
    setWaiting(true);
    try {
      onClock(await sim.setClock(wished));
    } catch (error) {
      onFailure((error as Error).message);
    } finally {
      setWaiting(false);
    }
  };
  // Time goes forward only; past the machine's time there is no way back to now.
  const toNow = () => wish({ advance_to: Date.now(), flow: true });
  const ahead = report !== undefined && now >= Date.now() - 1000;

  return (
    <section className="ph-clock" aria-label={words.clock}>
      <div className="ph-clock-face">
        <span className="ph-clock-day">{report ? dayLabel(now, where) : "…"}</span>
        <span className="ph-clock-time">{report ? clockLabel(now, where) : ""}</span>
        {report && (
          <button
            type="button"
            className="ph-clock-flow"
            disabled={busy}
            aria-label={report.clock.flowing ? words.stop : words.run}
            title={report.clock.flowing ? words.stop : words.run}
            onClick={() => wish({ flow: !report.clock.flowing })}
          >
            {report.clock.flowing ? "❚❚" : "▶"}
          </button>
        )}
        {report && !report.clock.flowing && target === null && (
          <span className="ph-clock-stopped">{words.stopped}</span>
        )}
      </div>
      <div className="ph-clock-steps">
        {(
          [
            [words.hour, HOUR],
            [words.day, DAY],
            [words.month, 30 * DAY],
          ] as const
        ).map(([label, span]) => (
          <button
            key={span}
            type="button"
            disabled={busy}
            onClick={() => wish({ advance_ms: span })}
          >
            {label}
          </button>
        ))}
        <button type="button" disabled={busy || ahead} onClick={toNow}>
          {words.toNow}
        </button>
      </div>
      {target !== null && (
        <Advance
          now={now}
          to={target}
          label={words.advancing(`${dayLabel(target, where)} ${clockLabel(target, where)}`)}
        />
      )}
    </section>
  );
}

function Advance({ now, to, label }: { now: number; to: number; label: string }) {
  const from = useRef(now);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the way begins anew with each target, not with each step
  useEffect(() => {
    from.current = now;
  }, [to]);
  const done = progress(from.current, now, to);
  return (
    <div className="ph-clock-progress">
      <span role="status">{label}</span>
      <progress value={done} max={1} aria-label={label} />
    </div>
  );
}
