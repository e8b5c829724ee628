/** Searches a list while it is typed. */
import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconSearch } from "@tabler/icons-react";
import { useState } from "react";

interface SearchBoxProps {
  label: string;
  value: string;
  onChange: (typed: string) => void;
}

export function SearchBox({ label, value, onChange }: SearchBoxProps) {
  return (
    <TextInput
      type="search"
      aria-label={label}
      placeholder={label}
      leftSection={<IconSearch size={17} />}
      flex="1 1 220px"
      maw={420}
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
    />
  );
}

/** What is typed, and what is asked for once the typing rests. */
export function useSearch() {
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  return { q, box: { value: typed, onChange: setTyped } };
}
