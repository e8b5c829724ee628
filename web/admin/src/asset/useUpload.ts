/** Sends a file with its progress shown; can be stopped, and says what was wrong. */
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "../api/problem.ts";
import type { Asset, AssetKind } from "../api/types.ts";
import { stale } from "../app/query.ts";
import { sentenceOf } from "../ui/problem.ts";
import { upload } from "./api.ts";
import { measure } from "./measure.ts";

/** What the file dialog offers. */
export const ACCEPT: Record<AssetKind, string> = {
  image: "image/jpeg,image/png,image/webp",
  video: "video/mp4",
  audio: "audio/mp4,audio/x-m4a,audio/mpeg,.m4a,.mp3",
  // Whatever it is: a picture among them is sent as one.
  file: "",
};
const MB = 1024 * 1024;

/** The largest file that is taken, bytes, as the server has it. */
const mostOf = ({ type }: File): number => (/^(video|audio)\//.test(type) ? 200 : 30) * MB;

export function useUpload(kind: AssetKind, done: (asset: Asset) => void) {
  const { t } = useTranslation(["asset", "common"]);
  const { t: common } = useTranslation("common");
  const [progress, setProgress] = useState<number>();
  const [problem, setProblem] = useState<string>();
  const stopper = useRef<AbortController>(undefined);
  const refuse = (thrown: unknown) => {
    if (thrown instanceof DOMException && thrown.name === "AbortError") return;
    const refused = asProblem(thrown);
    setProblem(refused.fields[0]?.message ?? sentenceOf(refused, common));
  };
  const start = async (file: File | undefined) => {
    if (!file || progress !== undefined) return;
    setProblem(undefined);
    if (file.size > mostOf(file)) {
      setProblem(t("tooLarge", { most: mostOf(file) / MB }));
      return;
    }
    stopper.current = new AbortController();
    setProgress(0);
    try {
      const measured = await measure(file);
      const { signal } = stopper.current;
      const takes = kind === "file" ? "anything" : "media";
      const asset = await upload({ file, takes, measured, onProgress: setProgress, signal });
      await stale("asset");
      if (asset.kind === kind || takes === "anything") done(asset);
      else setProblem(t("otherKind", { kind: t(`kind.${kind}`) }));
    } catch (thrown) {
      refuse(thrown);
    } finally {
      setProgress(undefined);
    }
  };
  return { start, stop: () => stopper.current?.abort(), progress, problem };
}
