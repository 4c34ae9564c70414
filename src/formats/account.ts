/** An AWS account as a person is shown it. */
export function accountText(id: string, name: string | undefined): string {
  return name ? `${name} (${id})` : id
}
