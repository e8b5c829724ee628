/** Which device a session is on, as far as its browser says. Words of the makers; the same in every language. */
const SYSTEMS: [RegExp, string][] = [
  [/iPhone/, "iPhone"],
  [/iPad/, "iPad"],
  [/Android/, "Android"],
  [/Windows/, "Windows"],
  [/Mac OS X|Macintosh/, "Mac"],
  [/CrOS/, "Chromebook"],
  [/Linux/, "Linux"],
];
// Most browsers also claim to be others: the order matters.
const BROWSERS: [RegExp, string][] = [
  [/Line\//, "LINE"],
  [/Edg(e|A|iOS)?\//, "Edge"],
  [/OPR\//, "Opera"],
  [/SamsungBrowser\//, "Samsung Internet"],
  [/Firefox\/|FxiOS\//, "Firefox"],
  [/Chrome\/|CriOS\//, "Chrome"],
  [/Safari\//, "Safari"],
];

const first = (names: [RegExp, string][], agent: string) =>
  names.find(([pattern]) => pattern.test(agent))?.[1];

/** `Chrome (Windows)`, or undefined when the name tells nothing. */
export function deviceOf(agent: string): string | undefined {
  const [system, browser] = [first(SYSTEMS, agent), first(BROWSERS, agent)];
  if (system && browser) return `${browser} (${system})`;
  return system ?? browser;
}
