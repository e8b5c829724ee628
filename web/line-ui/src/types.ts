/** A LINE message object. */
export type Message = { type: string };
