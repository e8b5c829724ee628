import { clockLabel } from "@enishi/line-ui";

/** The phone's uppermost line: the simulator's time, and signs that never change. */
export function StatusBar({ now }: { now: number }) {
  return (
    <div className="ph-status" aria-hidden="true">
      <span>{clockLabel(now, { timeZone: "Asia/Tokyo", locale: "ja" })}</span>
      <svg viewBox="0 0 60 14" className="ph-status-signs" aria-hidden="true">
        <path
          d="M2 10v2M6 7v5M10 4v8M14 1v11"
          stroke="currentColor"
          strokeWidth="2.4"
          strokeLinecap="round"
        />
        <rect
          x="32"
          y="2"
          width="22"
          height="10"
          rx="3"
          fill="none"
          stroke="currentColor"
          strokeWidth="1.4"
        />
        <rect x="34" y="4" width="15" height="6" rx="1.5" fill="currentColor" />
        <path d="M56 5.500v3" stroke="currentColor" strokeWidth="2" strokeLinecap="round" />
      </svg>
    </div>
  );
}
