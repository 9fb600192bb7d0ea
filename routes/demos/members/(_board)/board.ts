import sharp from "sharp";

const MOST = 12;
const WIDTH = 640;
const LINE = 44;

/** A board that everybody sees the same: the newest notes, oldest first. */
export class Board {
  readonly #notes: string[] = ["High water at 09:40 and 22:05", "The dinghy needs a coat of paint"];

  /** Puts a note up; the oldest goes when there is no room. */
  add(note: string): void {
    this.#notes.push(note.replace(/\s+/g, " ").trim().slice(0, 60));
    if (this.#notes.length > MOST) this.#notes.shift();
  }

  /** Takes down the note with this number, counted from 1. */
  remove(number: number): boolean {
    return this.#notes.splice(number - 1, 1).length === 1;
  }

  /** The notes, numbered, one to a line. */
  text(): string {
    return this.#notes.map((note, at) => `${at + 1}. ${note}`).join("\n") || "There is nothing on the board";
  }

  /** The notes as a picture to print. */
  async poster(): Promise<Uint8Array> {
    const lines = this.text().split("\n").map((line, at) =>
      `<text x="32" y="${72 + at * LINE}" font-size="20" font-family="sans-serif">${escape(line)}</text>`
    );
    const height = 72 + lines.length * LINE;
    const picture = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}">` +
      `<rect width="100%" height="100%" fill="#fffdf5"/>${lines.join("")}</svg>`;
    return new Uint8Array(await sharp(new TextEncoder().encode(picture)).png().toBuffer());
  }
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);
}
