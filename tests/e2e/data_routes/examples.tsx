import { image, Interface, label, number } from "atoll";

/** Examples with pictures by their paths, with nothing, and with an input left out. */
export default Interface({
  title: "Examples",
  inputs: { photo: image({ size: "sm" }), steps: number({ value: 6 }) },
  outputs: { seen: label({ numTopClasses: 2 }), same: image({ size: "sm" }) },
  fn: ({ photo }) => ({ seen: { coffee: 0.9, tea: 0.1 }, same: photo }),
  examples: [{ photo: "static/samples/coffee.jpg", steps: 3 }, { photo: "static/samples/digit_3.png" }, {
    photo: null,
    steps: null,
  }],
});
