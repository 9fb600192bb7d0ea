/** Hash of the build. The bundler writes it into the browser's scripts; on the server it is set from the build. */
export let BUILD_ID = "";

/** Sets {@linkcode BUILD_ID}. */
export function setBuildId(id: string): void {
  BUILD_ID = id;
}
