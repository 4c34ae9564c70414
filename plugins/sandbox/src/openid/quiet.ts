/**
 * Keeps oidc-provider off stdout and stderr: it gives its advice through these two, which this program never uses.
 * Some of it remains even in a right configuration: on a Node that it does not know, and for a client that has hung up
 * before its form was read. Call it before oidc-provider is loaded.
 */
export function silenceOidcProvider(): void {
  Object.assign(console, {info: nothing, warn: nothing})
}

function nothing(): void {}
