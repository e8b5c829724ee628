/** What the server says in whole Japanese sentences and the pages say in their own words: what only it knows of it. */

/** The shop's name of the condition that `because` names. */
export const conditionNamed = (because: string | null | undefined): string | undefined =>
  because?.match(/「(.+)」/)?.[1];

/** What LINE said itself, behind our own first sentence. */
export const lineSaid = (sentence: string): string => sentence.replace(/^[^。]*。/, "").trim();
