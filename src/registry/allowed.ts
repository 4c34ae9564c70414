/** Whether a list of names, in which `*` stands for any part of a name, allows a plugin. No list allows all. */
export function allowsPlugin(allowed: readonly string[] | undefined, plugin: string): boolean {
  return allowed === undefined || allowed.some(pattern => patternOf(pattern).test(plugin))
}

/** `*` stands for anything but a slash, so that it never stands for a scope and a name. */
function patternOf(text: string): RegExp {
  const parts = text.split('*').map(part => part.replace(/[\\^$.|?+()[\]{}]/g, '\\$&'))
  return new RegExp(`^${parts.join('[^/]*')}$`)
}
