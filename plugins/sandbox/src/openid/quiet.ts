/**
 * Keeps oidc-provider off stdout and stderr by silencing the two functions that it advises through, which this program
 * never uses. Even a correct configuration gets advice, on an unknown version of Node and when a client disconnects
 * before its form was read. Call this before oidc-provider is loaded.
 */
export function silenceOidcProvider(): void {
  Object.assign(console, {info: nothing, warn: nothing})
}

function nothing(): void {}
