/** See notices.mjs. */
export function thirdPartyNotices(root: string): string;
