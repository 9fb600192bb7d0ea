/** Class names of our own and those that an author adds. */
export function classes(own: string, more: string | undefined): string {
  return more ? `${own} ${more}` : own;
}
