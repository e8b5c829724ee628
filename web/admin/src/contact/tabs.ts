/** What stands beside a friend's card. */
export const CONTACT_TABS = ["timeline", "deliveries", "walks"] as const;
export type ContactTab = (typeof CONTACT_TABS)[number];
