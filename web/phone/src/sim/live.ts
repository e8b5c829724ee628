/** Live events of one person, from the simulator's event stream. */
import type { LiveEvents } from "./types.ts";

const NAMES = [
  "room",
  "richmenu",
  "friendship",
  "clock",
  "loading",
  "users",
  "channels",
  "reset",
] as const satisfies (keyof LiveEvents)[];

type LiveEvent = {
  [Name in keyof LiveEvents]: { name: Name; data: LiveEvents[Name] };
}[keyof LiveEvents];

/** `open` also comes after each reconnection: what was missed meanwhile has to be fetched. */
export type Heard = LiveEvent | { name: "open" } | { name: "lost" };

export type Listener = (heard: Heard) => void;

/** Passes on what one event stream says to any number of listeners. */
export class Live {
  readonly #source: EventSource;
  readonly #listeners = new Set<Listener>();

  constructor(url: string) {
    this.#source = new EventSource(url);
    this.#source.onopen = () => this.#tell({ name: "open" });
    this.#source.onerror = () => this.#tell({ name: "lost" });
    for (const name of NAMES) {
      this.#source.addEventListener(name, (event: MessageEvent<string>) => {
        this.#tell({ name, data: JSON.parse(event.data) } as LiveEvent);
      });
    }
  }

  #tell(heard: Heard) {
    for (const listener of this.#listeners) listener(heard);
  }

  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  close() {
    this.#source.close();
  }
}
