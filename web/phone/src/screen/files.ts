/** A chosen file as the simulator wants it. */
import type { FileBody, Said } from "../sim/types.ts";

/** LINE's limit for a picture; films and files are kept to the same on this page. */
export const MAX_BYTES = 10 * 1024 * 1024;

export async function saidOf(file: File): Promise<Said> {
  const body: FileBody = {
    data_base64: base64(new Uint8Array(await file.arrayBuffer())),
    ...(file.type ? { mime: file.type } : {}),
    fileName: file.name,
  };
  if (file.type === "image/jpeg" || file.type === "image/png") return { image: body };
  if (file.type.startsWith("video/")) return { video: body };
  if (file.type.startsWith("audio/")) return { audio: body };
  return { file: body };
}

export function base64(bytes: Uint8Array): string {
  let binary = "";
  // In parts, because a call takes a limited number of arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary);
}
