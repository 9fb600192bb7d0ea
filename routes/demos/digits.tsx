import { Fault, image, Interface, label } from "atoll";
import { loadDigits } from "./(_digits)/digits.ts";
import { pixelsOf } from "./(_digits)/picture.ts";

const digits = loadDigits();

export default Interface({
  title: "Digits",
  description: "A small network, trained on handwritten digits, says which one a picture shows. " +
    "Any size will do, dark on light or light on dark.",
  inputs: { picture: image({ label: "Picture of a digit" }) },
  outputs: { digit: label({ label: "Digit", numTopClasses: 4 }) },
  examples: [2, 3, 7].map((digit) => ({ picture: `static/samples/digit_${digit}.png` })),
  fn: async ({ picture }) => {
    if (!picture) throw new Fault("bad_input", "Choose a picture first", { field: "picture" });
    const pixels = await picture.decode(pixelsOf);
    if (!pixels) throw new Fault("refused", "No digit can be seen in this picture", { field: "picture" });
    const shares = (await digits).classify(pixels);
    return { digit: Object.fromEntries([...shares].map((share, digit) => [String(digit), share])) };
  },
});
