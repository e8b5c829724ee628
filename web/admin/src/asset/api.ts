/** Pictures, films, sounds and files kept for messages (登録メディア). */
import { infiniteQueryOptions } from "@tanstack/react-query";
import { api, ask } from "../api/client.ts";
import { problemOf } from "../api/problem.ts";
import type { Asset, AssetKind } from "../api/types.ts";
import type { Measured } from "./measure.ts";

const at = (id: string) => ({ params: { path: { id } } });

interface Wish {
  kind?: AssetKind;
  q?: string;
}

export const assetsQuery = ({ kind, q }: Wish) =>
  infiniteQueryOptions({
    queryKey: ["asset", "list", kind ?? "", q ?? ""],
    queryFn: ({ pageParam }) =>
      ask(
        api.GET("/assets", {
          params: {
            query: { ...(kind ? { kind } : {}), ...(q ? { q } : {}), ...pageParam, limit: 48 },
          },
        }),
      ),
    initialPageParam: {} as { cursor?: string },
    getNextPageParam: (page) => (page.next ? { cursor: page.next } : undefined),
  });

interface Upload {
  file: File;
  /** Whether what LINE has no message for is kept too. */
  takes: "media" | "anything";
  measured: Measured;
  /** From 0 to 1. */
  onProgress: (part: number) => void;
  signal: AbortSignal;
}

/** Sends a file, and the picture that stands for a film. */
export async function upload(wish: Upload): Promise<Asset> {
  const { file, takes, measured } = wish;
  const query = new URLSearchParams({ name: file.name, takes });
  if (measured.duration_ms) query.set("duration_ms", String(measured.duration_ms));
  const asset = await send<Asset>("POST", `/api/v1/assets?${query}`, file, wish);
  if (!measured.poster || asset.kind !== "video") return asset;
  return send<Asset>("PUT", `/api/v1/assets/${asset.id}/preview`, measured.poster, wish);
}

/** `fetch` tells nothing of how far a body has gone. */
function send<T>(method: string, url: string, body: Blob, wish: Upload): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, url);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.setRequestHeader("accept-language", document.documentElement.lang || "ja");
    request.responseType = "json";
    request.upload.onprogress = ({ loaded, total }) => wish.onProgress(total ? loaded / total : 0);
    request.onload = () =>
      request.status < 300
        ? resolve(request.response as T)
        : reject(problemOf(request.status, request.response));
    request.onerror = () => reject(new TypeError("network"));
    request.onabort = () => reject(new DOMException("stopped", "AbortError"));
    wish.signal.addEventListener("abort", () => request.abort());
    request.send(body);
  });
}

export const update = (id: string, body: { name?: string; folder?: string }) =>
  ask(api.PATCH("/assets/{id}", { ...at(id), body }));
export const archive = (id: string) => ask(api.DELETE("/assets/{id}", at(id)));
