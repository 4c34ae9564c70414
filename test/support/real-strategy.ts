import strategies from '../../src/hooks/strategies.ts'

/** A strategy that ships with aws-oidc, as the registry would load it. */
export async function realStrategy(wanted: string) {
  const entry = (await strategies()).entries.find(({id}) => id === wanted)
  if (!entry) throw new Error(`there is no strategy ${wanted}`)
  return entry.load()
}
