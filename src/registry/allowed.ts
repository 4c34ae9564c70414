/** Whether a list of names allows a plugin: exact ones, or with `*` for any part of a name. No list allows all. */
export function allowsPlugin(allowed: readonly string[] | undefined, plugin: string): boolean {
  return allowed === undefined || allowed.some(pattern => patternOf(pattern).test(plugin))
}

/** A scope is not to be guessed: `*` stands for anything but a slash. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map(part => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`)
}
