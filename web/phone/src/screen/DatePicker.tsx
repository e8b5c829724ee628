import { useState } from "react";
import type { Do, Params } from "../sim/types.ts";
import { useWords } from "../words.ts";
import { Sheet } from "./Sheet.tsx";

type Asked = Extract<Do, { type: "picker" }>;

const INPUT = { date: "date", time: "time", datetime: "datetime-local" } as const;

/** LINE also writes a small `t` between day and hour; the browser's field wants the large one. */
export const fieldValue = (text: string | undefined) => text?.replace("t", "T");

/** What the account is told, in LINE's form. */
export function paramsOf(mode: Asked["mode"], value: string): Params {
  switch (mode) {
    case "date":
      return { date: value };
    case "time":
      return { time: value };
    case "datetime":
      return { datetime: value };
  }
}

export function DatePicker(props: {
  asked: Asked;
  onPick: (params: Params) => void;
  onClose: () => void;
}) {
  const { asked, onPick, onClose } = props;
  const words = useWords();
  const [value, setValue] = useState(fieldValue(asked.initial) ?? "");
  const label = { date: words.pickDate, time: words.pickTime, datetime: words.pickDatetime }[
    asked.mode
  ];
  return (
    <Sheet label={label} onClose={onClose}>
      <form
        className="ph-form"
        onSubmit={(event) => {
          event.preventDefault();
          onPick(paramsOf(asked.mode, value));
        }}
      >
        <label>
          {label}
          <input
            type={INPUT[asked.mode]}
            value={value}
            min={fieldValue(asked.min)}
            max={fieldValue(asked.max)}
            required
            onChange={(event) => setValue(event.target.value)}
          />
        </label>
        <div className="ph-form-acts">
          <button type="button" className="ph-button ph-button--quiet" onClick={onClose}>
            {words.cancel}
          </button>
          <button type="submit" className="ph-button">
            {words.ok}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
