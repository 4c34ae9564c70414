/**
 * Loads modules when they are first used, not where they are imported. `modules` maps each name to what is loaded: the
 * module itself, or a file beside the bundle.
 * @param {Readonly<Record<string, string>>} modules
 * @param {string} root
 * @returns {import('esbuild').Plugin}
 */
export function loadedLate(modules, root) {
  return {
    name: 'loaded late',
    setup({onResolve, onLoad}) {
      onResolve({filter: /^[^.]/}, ({path, namespace}) =>
        namespace !== 'late' && Object.hasOwn(modules, path) ? {path, namespace: 'late'} : undefined,
      )
      onResolve({filter: /^\.\//, namespace: 'late'}, ({path}) => ({path, external: true}))
      onLoad({filter: /^/, namespace: 'late'}, ({path}) => ({
        contents: standIn(modules[path] ?? path),
        resolveDir: root,
      }))
    },
  }
}

/**
 * A stand-in for a module. Compilers' helpers check `__esModule` and copy members without loading anything here:
 * `__esModule` is undefined, and the members are inherited from the prototype.
 * @param {string} target
 */
function standIn(target) {
  return `
    const load = () => require(${JSON.stringify(target)})
    module.exports = new Proxy(function () {}, {
      get: (_, name) => (name === '__esModule' ? undefined : load()[name]),
      apply: (_, self, args) => Reflect.apply(load(), self, args),
      construct: (_, args) => Reflect.construct(load(), args),
      getPrototypeOf: () => module.exports,
    })`
}
