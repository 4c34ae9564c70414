/** An AWS account as users see it. */
export function accountText(id: string, name: string | undefined): string {
  return name ? `${name} (${id})` : id
}
