/** Words in two languages, one file per capability and language, loaded with the pages that need them. */
import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { fetched } from "../app/code.ts";
import type { Namespace } from "./resources.ts";

export type Language = "ja" | "en";
const STORED = "enishi.language";

const files = import.meta.glob<Record<string, unknown>>("../words/*/*.json", { import: "default" });

const fileOf = (language: string, namespace: string) => `../words/${language}/${namespace}.json`;

const loader = {
  type: "backend" as const,
  init: () => undefined,
  read(language: string, namespace: string, done: (error: unknown, words: unknown) => void) {
    const file = files[fileOf(language, namespace)];
    if (!file) return done(new Error(`no words: ${language}/${namespace}`), false);
    file().then(
      (words) => done(null, words),
      (error: unknown) => done(error, false),
    );
  },
};

function wanted(): Language {
  const stored = localStorage.getItem(STORED);
  if (stored === "ja" || stored === "en") return stored;
  // Japanese first: English only for a browser that asks for it and for nothing Japanese.
  const languages = navigator.languages ?? [];
  return languages.length > 0 && languages.every((l) => l.startsWith("en")) ? "en" : "ja";
}

export async function startWords(language: Language = wanted()): Promise<void> {
  document.documentElement.lang = language;
  await i18next
    .use(loader)
    .use(initReactI18next)
    .init({
      lng: language,
      fallbackLng: "ja",
      supportedLngs: ["ja", "en"],
      ns: ["common"],
      defaultNS: "common",
      interpolation: { escapeValue: false },
      returnNull: false,
    });
}

/** Loads the words of a page before it is drawn. */
export function words(...namespaces: Namespace[]): () => Promise<void> {
  return async () => {
    // Fails while the network is away; i18next itself would take the words for missing for good.
    await fetched(() => Promise.all(namespaces.map((name) => files[fileOf(language(), name)]?.())));
    await i18next.loadNamespaces(namespaces);
  };
}

export async function changeLanguage(language: Language): Promise<void> {
  localStorage.setItem(STORED, language);
  document.documentElement.lang = language;
  await i18next.changeLanguage(language);
}

export function language(): Language {
  return i18next.language === "en" ? "en" : "ja";
}
