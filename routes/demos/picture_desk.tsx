import {
  Accordion,
  Blocks,
  button,
  Column,
  image,
  on,
  Row,
  slider,
  state,
  Tab,
  Tabs,
  textbox,
  update,
} from "atoll";
import { blur, edges, resize } from "./(_picture_desk)/steps.ts";

export default Blocks({
  title: "Picture desk",
  description:
    "A photograph blurred, reduced to its edges, or resized. Every step is shown as soon as it is done.",
  fields: {
    photo: image({ label: "Photo" }),
    radius: slider({ label: "Blur radius", min: 0, max: 40, step: 1, value: 8 }),
    width: slider({ label: "Width in pixels", min: 16, max: 2048, step: 16, value: 480 }),
    goBlur: button({ label: "Blur", variant: "primary" }),
    goEdges: button({ label: "Find edges", variant: "primary" }),
    goResize: button({ label: "Resize", variant: "primary" }),
    stop: button({ label: "Stop", variant: "stop" }),
    blurred: image({ label: "Blurred" }),
    edged: image({ label: "Edges" }),
    resized: image({ label: "Resized" }),
    caption: textbox({ label: "Caption", interactive: false }),
    seen: state(0),
  },
  actions: (
    { photo, radius, width, goBlur, goEdges, goResize, stop, blurred, edged, resized, caption, seen },
  ) => {
    const blurring = on([goBlur.click, radius.release], {
      inputs: { photo, radius },
      outputs: blurred,
      concurrencyLimit: 2,
      async *fn({ photo, radius }, { signal, progress }) {
        if (photo) yield* blur(photo, radius, { signal, progress });
      },
    });
    const edging = on(goEdges.click, {
      inputs: { photo },
      outputs: edged,
      concurrencyLimit: 2,
      async *fn({ photo }, { signal, progress }) {
        if (photo) yield* edges(photo, { signal, progress });
      },
    });
    const resizing = on(goResize.click, {
      inputs: { photo, width },
      outputs: { resized },
      concurrencyLimit: 2,
      fn: async ({ photo, width }) => photo ? { resized: await resize(photo, width) } : {},
    });
    const describe = on([blurring.success, edging.success, resizing.success], {
      inputs: { photo, seen },
      outputs: { caption, seen },
      fn: ({ photo, seen }) =>
        photo
          ? {
            caption: `${photo.name}, ${photo.width} × ${photo.height}, picture ${seen + 1} of this visit`,
            seen: seen + 1,
          }
          : { caption: update({ value: "Choose a photo first" }) },
    });
    const stopping = on(stop.click, { cancels: [blurring, edging, resizing] });
    return { blurring, edging, resizing, describe, stopping };
  },
  layout: (ui) => (
    <>
      <Row>
        <Column>
          <ui.photo />
        </Column>
        <Column>
          <Tabs>
            <Tab label="Blur">
              <ui.radius />
              <ui.goBlur />
              <ui.blurred />
            </Tab>
            <Tab label="Edges">
              <ui.goEdges />
              <ui.edged />
            </Tab>
            <Tab label="Resize">
              <ui.width />
              <ui.goResize />
              <ui.resized />
            </Tab>
          </Tabs>
          <ui.stop />
        </Column>
      </Row>
      <Accordion label="About this picture" open>
        <ui.caption />
      </Accordion>
    </>
  ),
});
