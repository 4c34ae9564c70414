/**
 * Keeps oidc-provider off stdout and stderr: it gives its advice through these two, which this program never uses.
 * One of them remains even in a right configuration, for a client that has hung up before its form was read.
 */
export function silenceOidcProvider(): void {
  Object.assign(console, {info: nothing, warn: nothing})
}

function nothing(): void {}
