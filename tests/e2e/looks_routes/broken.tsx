/** A page that cannot be made. */
export default function Broken(): never {
  throw new Error("no page");
}
