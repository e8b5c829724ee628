/** The phone's own signs. */

const PATHS = {
  back: "M15 4 7 12l8 8",
  menu: "M4 7h16M4 12h16M4 17h16",
  plus: "M12 5v14M5 12h14",
  smile: "M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18ZM8.5 14.5q3.5 3.5 7 0M9 9.5v.5M15 9.5v.5",
  send: "M4 12 20 4l-5 16-3.5-6.5Z",
  close: "M6 6l12 12M18 6 6 18",
  keyboard: "M3 6h18v12H3ZM7 10h.5M11 10h.5M15 10h.5M8 14h8",
  reload: "M19 12a7 7 0 1 1-2-5l2 2M19 4v5h-5",
  tab: "M14 4h6v6M20 4l-9 9M18 14v5H5V6h5",
  photo: "M4 6h16v12H4ZM4 15l4-4 4 4 3-3 5 5",
  pin: "M12 21s-6-6.5-6-11a6 6 0 0 1 12 0c0 4.500-6 11-6 11ZM12 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4Z",
  more: "M6 12h.5M12 12h.5M18 12h.5",
} as const;

export function Sign({ name }: { name: keyof typeof PATHS }) {
  return (
    <svg className="ph-sign" viewBox="0 0 24 24" aria-hidden="true">
      <path
        d={PATHS[name]}
        fill="none"
        stroke="currentColor"
        strokeWidth="2"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
