import { image, Interface, textbox } from "atoll";

export default Interface({
  title: "Pictures",
  inputs: { photo: image() },
  outputs: { same: image({ label: "The same" }), facts: textbox() },
  fn: ({ photo }) => ({
    same: photo && { ...photo, alt: `What ${photo.name} shows` },
    facts: photo ? `${photo.name} ${photo.width} x ${photo.height}` : "none",
  }),
});
