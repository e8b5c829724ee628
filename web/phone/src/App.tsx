/** The page: the simulator's clock, and one or several phones. */
import type { Locale } from "@enishi/line-ui";
import { useCallback, useEffect, useState } from "react";
import { ClockBar } from "./clock/ClockBar.tsx";
import { type Report, useNow } from "./clock/time.ts";
import { readHash, writeHash } from "./hash.ts";
import { Phone } from "./screen/Phone.tsx";
import { Sim } from "./sim/client.ts";
import type { Heard } from "./sim/live.ts";
import type { Clock } from "./sim/types.ts";
import { WORDS, WordsContext } from "./words.ts";

const sim = new Sim();

/** The first person who holds no phone yet. */
function freeUser(users: number[]): number {
  let n = 0;
  while (users.includes(n)) n += 1;
  return n;
}

/** Each phone holds a stream open, and browsers allow six to one host. */
const MOST_PHONES = 3;

export function App() {
  const [{ users, locale }, setPlace] = useState(() => readHash(location.hash));
  const [report, setReport] = useState<Report>();
  const [problem, setProblem] = useState<string>();
  const [lost, setLost] = useState(false);
  const now = useNow(report);
  const words = WORDS[locale];

  useEffect(() => {
    history.replaceState(null, "", writeHash({ users, locale }));
    document.documentElement.lang = locale;
    document.title = WORDS[locale].title;
  }, [users, locale]);

  const heardClock = useCallback(
    (clock: Clock) => setReport({ clock, heard: performance.now() }),
    [],
  );
  const fetchClock = useCallback(() => sim.clock().then(heardClock), [heardClock]);
  const onHeard = useCallback(
    (heard: Heard) => {
      if (heard.name === "clock") heardClock(heard.data);
      if (heard.name === "lost") setLost(true);
      if (heard.name === "open" || heard.name === "reset") {
        setLost(false);
        fetchClock().catch(() => setLost(true));
      }
    },
    [heardClock, fetchClock],
  );

  const setUsers = (next: number[]) => setPlace({ users: next, locale });
  const setLocale = (next: Locale) => setPlace({ users, locale: next });

  return (
    <WordsContext value={words}>
      <div className="ph-page">
        <header className="ph-bar">
          <ClockBar
            sim={sim}
            report={report}
            locale={locale}
            onClock={heardClock}
            onFailure={(why) => setProblem(words.failed(why))}
          />
          <button
            type="button"
            className="ph-language"
            lang={locale === "ja" ? "en" : "ja"}
            onClick={() => setLocale(locale === "ja" ? "en" : "ja")}
          >
            {words.language}
          </button>
        </header>
        {(lost || problem) && (
          <div className="ph-problem" role="alert">
            <span>{lost ? words.lost : problem}</span>
            {!lost && (
              <button type="button" aria-label={words.close} onClick={() => setProblem(undefined)}>
                ✕
              </button>
            )}
          </div>
        )}
        <main className="ph-phones">
          {users.map((user, index) => (
            <Phone
              // biome-ignore lint/suspicious/noArrayIndexKey: a phone is its place on the table, whoever holds it
              key={index}
              {...{ sim, user, now, locale, onHeard }}
              onUser={(n) => setUsers(users.with(index, n))}
              onRemove={
                users.length > 1 ? () => setUsers(users.filter((_, at) => at !== index)) : undefined
              }
            />
          ))}
          {users.length < MOST_PHONES && (
            <button
              type="button"
              className="ph-add-phone"
              aria-label={words.addPhone}
              title={words.addPhone}
              onClick={() => setUsers([...users, freeUser(users)])}
            >
              ＋
            </button>
          )}
        </main>
      </div>
    </WordsContext>
  );
}
