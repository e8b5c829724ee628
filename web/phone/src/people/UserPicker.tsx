import { useCallback, useState } from "react";
import { useFetched } from "../fetched.ts";
import { Face } from "../screen/Face.tsx";
import type { Sim } from "../sim/client.ts";
import type { User } from "../sim/types.ts";
import { useWords } from "../words.ts";

/** Chooses whose phone this is; the search and the making of a new person stand in the same sheet. */
export function UserPicker(props: {
  sim: Sim;
  user: User | undefined;
  onPick: (n: number) => void;
  onFailure: (why: string) => void;
}) {
  const words = useWords();
  const [open, setOpen] = useState(false);
  const { user } = props;
  return (
    <div className="ph-picker">
      <button
        type="button"
        className="ph-picker-button"
        aria-expanded={open}
        aria-label={`${words.person}: ${user?.name ?? ""}`}
        onClick={() => setOpen(!open)}
      >
        {user && <Face who={user} />}
        <span>{user?.name ?? "…"}</span>
        <small>#{user?.n}</small>
        <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <PickerSheet
          {...props}
          onPick={(n) => {
            setOpen(false);
            props.onPick(n);
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </div>
  );
}

function PickerSheet(props: {
  sim: Sim;
  user: User | undefined;
  onPick: (n: number) => void;
  onClose: () => void;
  onFailure: (why: string) => void;
}) {
  const { sim, user, onPick, onClose, onFailure } = props;
  const words = useWords();
  const [search, setSearch] = useState("");
  const [name, setName] = useState("");
  const { data } = useFetched(useCallback(() => sim.users(search.trim()), [sim, search]));
  const [more, setMore] = useState<{ of: unknown; users: User[]; next: string | null }>();
  const further = more?.of === data ? more : undefined;
  const people = [...(data?.users ?? []), ...(further?.users ?? [])];
  const next = further ? further.next : data?.next;

  const showMore = async () => {
    const page = await sim.users(search.trim(), next);
    setMore({ of: data, users: [...(further?.users ?? []), ...page.users], next: page.next });
  };
  const create = async () => {
    try {
      const made = await sim.addUser(name.trim());
      if (made) onPick(made.n);
    } catch (error) {
      onFailure((error as Error).message);
    }
  };

  return (
    <div
      className="ph-picker-sheet"
      role="dialog"
      aria-label={words.person}
      onKeyDown={(event) => event.key === "Escape" && onClose()}
    >
      <input
        type="search"
        placeholder={words.search}
        aria-label={words.search}
        value={search}
        // biome-ignore lint/a11y/noAutofocus: the sheet was opened to search
        autoFocus
        onChange={(event) => setSearch(event.target.value)}
      />
      <p className="ph-picker-count">{data && words.found(data.total)}</p>
      <ul>
        {people.map((person) => (
          <li key={person.n}>
            <button
              type="button"
              aria-current={person.n === user?.n ? "true" : undefined}
              onClick={() => onPick(person.n)}
            >
              <Face who={person} />
              <span>{person.name}</span>
              <small>#{person.n}</small>
            </button>
          </li>
        ))}
        {data && people.length === 0 && <li className="ph-picker-nobody">{words.nobody}</li>}
        {next && (
          <li>
            <button type="button" className="ph-picker-more" onClick={showMore}>
              {words.showMore}
            </button>
          </li>
        )}
      </ul>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void create();
        }}
      >
        <input
          placeholder={words.newPersonName}
          aria-label={words.newPersonName}
          value={name}
          maxLength={20}
          onChange={(event) => setName(event.target.value)}
        />
        <button type="submit" disabled={name.trim() === ""}>
          {words.create}
        </button>
      </form>
    </div>
  );
}
