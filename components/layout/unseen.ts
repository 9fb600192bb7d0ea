/** Whether a container is out of sight. Unlike other fields it stays in the document: what stands in it lives on. */
export function isUnseen({ visible }: { readonly visible?: boolean | "hidden" | undefined }): boolean {
  return visible === false || visible === "hidden";
}
