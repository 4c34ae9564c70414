/** How long an access token lives. */
export const accessTokenSeconds = 300
