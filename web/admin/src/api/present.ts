/**
 * Answers as they come: a field that may be null is always there. The document lists such fields as not required, because
 * a request may leave them out.
 */
export type Present<T> = T extends readonly (infer Part)[]
  ? Present<Part>[]
  : T extends object
    ? {
        [Key in keyof T as null extends T[Key] ? Key : never]-?: Present<
          Exclude<T[Key], undefined>
        >;
      } & { [Key in keyof T as null extends T[Key] ? never : Key]: Present<T[Key]> }
    : T;
