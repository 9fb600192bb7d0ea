/** A page that cannot be drawn. */
export default function Broken(): never {
  throw new Error("drawing broke\nerror 00000000: forged");
}
