/** What the server says when something went wrong (RFC 9457), as one error type for the whole admin. */

/** One thing to mend in what was sent. */
export interface FieldProblem {
  /** `messages[0].text`; empty for the whole. */
  path: string;
  code: string;
  message: string;
}

export class Problem extends Error {
  readonly code: string;
  /** HTTP status, 0 when there was no answer. */
  readonly status: number;
  readonly fields: FieldProblem[];
  /** Names the request in the server's log. */
  readonly requestId: string | undefined;

  constructor(given: {
    code: string;
    status: number;
    detail?: string;
    fields?: FieldProblem[];
    requestId?: string;
  }) {
    super(given.detail ?? "");
    this.name = "Problem";
    this.code = given.code;
    this.status = given.status;
    this.fields = given.fields ?? [];
    this.requestId = given.requestId;
  }

  /** Whether the same request may succeed a little later without anybody mending anything. */
  get passing(): boolean {
    return this.code === "offline" || this.status === 429 || this.status >= 502;
  }
}

const text = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined;

function fieldProblems(value: unknown): FieldProblem[] {
  if (!Array.isArray(value)) return [];
  return value.flatMap((entry: unknown) => {
    const { path, code, message } = (entry ?? {}) as Record<string, unknown>;
    if (typeof message !== "string") return [];
    return [{ path: text(path) ?? "", code: text(code) ?? "", message }];
  });
}

/** Reads an error answer; one that is not ours (a proxy's page) becomes `unreadable`. */
export function problemOf(status: number, body: unknown): Problem {
  const { code, detail, errors, request_id } = (
    typeof body === "object" && body !== null ? body : {}
  ) as Record<string, unknown>;
  const said = text(detail);
  const requestId = text(request_id);
  return new Problem({
    code: text(code) ?? "unreadable",
    status,
    fields: fieldProblems(errors),
    ...(said ? { detail: said } : {}),
    ...(requestId ? { requestId } : {}),
  });
}

/** Whatever was thrown, as a problem: `fetch` throws a TypeError when there is no answer at all. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  if (thrown instanceof TypeError) return new Problem({ code: "offline", status: 0 });
  return new Problem({ code: "unreadable", status: 0, detail: String(thrown) });
}

/** `messages[0].text` → `messages.0.text`, as forms name their fields. */
export function formPath(path: string): string {
  return path.replace(/\[(\d+)\]/g, ".$1").replace(/^\./, "");
}
