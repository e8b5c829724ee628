import { useState } from "react";
import type { Said } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Sheet } from "./Sheet.tsx";

/** Tokyo Station: somewhere to begin. */
const START = {
  title: "東京駅",
  address: "東京都千代田区丸の内1丁目",
  latitude: "35.681236",
  longitude: "139.767125",
};

/** Sends a place; a simulated phone has no GPS, so the place is typed. */
export function PlaceSheet(props: { onSend: (said: Said) => void; onClose: () => void }) {
  const words = useWords();
  const [place, setPlace] = useState(START);
  const field = (name: keyof typeof START, label: string, number?: "number") => (
    <label>
      {label}
      <input
        value={place[name]}
        type={number ?? "text"}
        step="any"
        maxLength={100}
        required={number !== undefined}
        onChange={(event) => setPlace({ ...place, [name]: event.target.value })}
      />
    </label>
  );
  return (
    <Sheet label={words.location} onClose={props.onClose}>
      <form
        className="ph-form"
        onSubmit={(event) => {
          event.preventDefault();
          props.onSend({
            location: {
              ...(place.title ? { title: place.title } : {}),
              ...(place.address ? { address: place.address } : {}),
              latitude: Number(place.latitude),
              longitude: Number(place.longitude),
            },
          });
        }}
      >
        {field("title", words.place)}
        {field("address", words.address)}
        {field("latitude", words.latitude, "number")}
        {field("longitude", words.longitude, "number")}
        <div className="ph-form-acts">
          <button type="button" className="ph-button ph-button--quiet" onClick={props.onClose}>
            {words.cancel}
          </button>
          <button type="submit" className="ph-button">
            {words.sendPlace}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
