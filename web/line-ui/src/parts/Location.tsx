import { useHere } from "../context.tsx";
import type { LocationMessage } from "../types.ts";
import { hash } from "./face.tsx";

/** A place; the map is a drawing, since the library fetches nothing. A tap opens the coordinates. */
export function Location({ message }: { message: LocationMessage }) {
  const { act, words } = useHere();
  const { latitude, longitude } = message;
  const title = message.title || words.location;
  const uri = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  return (
    <button type="button" className="lu-location" onClick={() => act({ type: "uri", uri }, "link")}>
      <span className="lu-location-words">
        <span className="lu-location-title">{title}</span>
        {message.address && <span className="lu-location-address">{message.address}</span>}
      </span>
      <StreetDrawing seed={hash(`${latitude},${longitude}`)} />
    </button>
  );
}

function StreetDrawing({ seed }: { seed: number }) {
  const x = 40 + (seed % 60);
  const y = 25 + ((seed >>> 8) % 40);
  return (
    <svg
      className="lu-location-map"
      viewBox="0 0 240 120"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <rect width="240" height="120" fill="#e9ecdf" />
      <path d={`M0 ${y + 40}H240V120H0Z`} fill="#cfe3c3" />
      <path d={`M${x + 96} 0h70v${y + 6}h-70z`} fill="#dfe2e8" />
      <path
        d={`M0 ${y}H240M${x} 0V120M${x + 80} 0V120M0 ${y + 40}L240 ${y + 22}`}
        stroke="#fff"
        strokeWidth="9"
        fill="none"
      />
      <path d={`M${x + 130} 0L${x + 60} 120`} stroke="#f3d27a" strokeWidth="7" />
      <ellipse cx="120" cy="77" rx="10" ry="3" fill="#000" opacity=".2" />
      <path
        d="M120 34a17 17 0 0 0-17 17c0 12 17 26 17 26s17-14 17-26a17 17 0 0 0-17-17Z"
        fill="#e4472f"
      />
      <circle cx="120" cy="51" r="6.5" fill="#fff" />
    </svg>
  );
}
