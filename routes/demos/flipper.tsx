import { Accordion, Blocks, button, image, markdown, on, Row, Tab, Tabs, textbox } from "atoll";
import { flop } from "./(_flipper)/flop.ts";

export default Blocks({
  title: "Flipper",
  description: "Flip text or pictures.",
  fields: {
    textInput: textbox({ label: "Text" }),
    textOutput: textbox({ label: "Flipped text" }),
    flipText: button({ label: "Flip text", variant: "primary" }),
    imageInput: image({ label: "Picture" }),
    imageOutput: image({ label: "Flipped picture" }),
    flipImage: button({ label: "Flip picture", variant: "primary" }),
    about: markdown({
      value: "Text is reversed by **characters as people see them**; pictures are mirrored left to right.",
    }),
  },
  actions: ({ textInput, textOutput, flipText, imageInput, imageOutput, flipImage }) => ({
    text: on([flipText.click, textInput.submit], { inputs: textInput, outputs: textOutput, fn: reverse }),
    picture: on(flipImage.click, {
      inputs: { imageInput },
      outputs: { imageOutput },
      fn: async ({ imageInput }) => ({ imageOutput: imageInput && await imageInput.decode(flop) }),
    }),
  }),
  layout: (ui) => (
    <>
      <Tabs>
        <Tab label="Flip text">
          <ui.textInput />
          <ui.textOutput />
          <ui.flipText />
        </Tab>
        <Tab label="Flip picture">
          <Row>
            <ui.imageInput />
            <ui.imageOutput />
          </Row>
          <ui.flipImage />
        </Tab>
      </Tabs>
      <Accordion label="How it works">
        <ui.about />
      </Accordion>
    </>
  ),
});

function reverse(text: string): string {
  const characters = [...new Intl.Segmenter().segment(text)].map(({ segment }) => segment);
  return characters.reverse().join("");
}
