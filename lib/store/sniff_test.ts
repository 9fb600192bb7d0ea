import assert from "node:assert/strict";
import { sniff, SNIFF_BYTES } from "./sniff.ts";

const PNG = "\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x06\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDAT";

const cases: readonly (readonly [what: string, latin1: string, mime: string])[] = [
  ["nothing", "", "application/octet-stream"],
  ["a PNG", PNG, "image/png"],
  ["a PNG with HTML behind it", `${PNG}<html><script>alert(1)</script>`, "image/png"],
  ["a JPEG", "\xff\xd8\xff\xe0\0\x10JFIF\0\x01", "image/jpeg"],
  ["a GIF", "GIF89a\x01\0\x01\0\x80\0\0\0\0\0", "image/gif"],
  ["script that begins like a GIF", "GIF89a=1;alert(1)", "text/plain"],
  ["a WebP", "RIFF\x24\0\0\0WEBPVP8 ", "image/webp"],
  ["a WAV", "RIFF\x24\0\0\0WAVEfmt \x10\0\0\0", "audio/wav"],
  ["an MP3", "ID3\x04\0\0\0\0\0\x00\xff\xfb\x90\x64\0\0\0\0", "audio/mpeg"],
  ["an MP4", "\0\0\0\x20ftypisom\0\0\x02\0isomiso2avc1mp41\0\0\0\0", "video/mp4"],
  ["a PDF with script", "%PDF-1.4\n1 0 obj <</S/JavaScript/JS(app.alert(1))>>", "application/pdf"],
  ["a zip, whatever its name", "PK\x03\x04\x14\0\0\0\x08\0\0\0\0\0", "application/zip"],
  ["text", "hello, world\n", "text/plain"],
  ["text with a mark", "\xef\xbb\xbfhello", "text/plain"],
  ["UTF-8", "na\xc3\xafve", "text/plain"],
  ["text that begins like a bitmap", "BMW is a make of car\n", "text/plain"],
  ["text that begins like a program", "MZ is the initials of somebody", "text/plain"],
  ["text in colour", "\x1b[31mred\x1b[0m", "text/plain"],
  ["CSV", "a,b\n=cmd|' /C calc'!A0,2\n", "text/plain"],
  ["JSON", '{"a": "<script>"}', "text/plain"],
  ["script", "alert(1)", "text/plain"],
  ["UTF-7", "+ADw-script+AD4-alert(1)+ADw-/script+AD4-", "text/plain"],
  ["UTF-16 HTML", "\xff\xfe<\0h\0t\0m\0l\0>\0", "application/octet-stream"],
  ["Latin-1", "caf\xe9", "application/octet-stream"],
  ["text with a NUL", "a\0b", "application/octet-stream"],
  ["HTML", "<!DOCTYPE html><p>", "text/html"],
  ["HTML after white space", "\n \t<SCRIPT>alert(1)</SCRIPT>", "text/html"],
  ["HTML after a mark", "\xef\xbb\xbf<html>", "text/html"],
  ["HTML after a comment", "<!-- <svg> --><body onload=alert(1)>", "text/html"],
  ["a comment and no more", "<!-- x", "text/html"],
  ["XHTML", '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml">', "text/html"],
  ["an SVG", '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)">', "image/svg+xml"],
  [
    "an SVG after a prolog",
    '<?xml version="1.0"?><!-- x --><!DOCTYPE svg PUBLIC "a" "b"><svg>',
    "image/svg+xml",
  ],
  ["XML", '<?xml version="1.0"?><feed>', "application/xml"],
  ["something like a tag", "<3 you, and a <b", "text/plain"],
];

for (const [what, latin1, mime] of cases) {
  Deno.test(`sniff() finds ${mime} in ${what}`, async () => {
    assert.equal(await sniff(Uint8Array.from(latin1, (letter) => letter.charCodeAt(0))), mime);
  });
}

Deno.test("sniff() takes text for text when its head ends inside a letter", async () => {
  const text = new TextEncoder().encode("€".repeat(SNIFF_BYTES));
  for (let shift = 0; shift < 3; shift++) {
    const head = new Uint8Array(SNIFF_BYTES).fill(0x61);
    head.set(text.subarray(0, SNIFF_BYTES - shift), shift);
    assert.equal(await sniff(head), "text/plain");
  }
  assert.equal(await sniff(text.slice(0, 4)), "application/octet-stream");
});

Deno.test("sniff() ends for heads made to be slow", async () => {
  const slow = [
    "<!--",
    "<!doctype ",
    "<?xml ?>",
    " ",
    "<a",
    "ID3",
    "\0\0\0\x01ftyp",
    "PK\x03\x04",
    "\x30\x26\xb2\x75\x8e\x66\xcf\x11",
  ];
  for (const piece of slow) {
    await sniff(Uint8Array.from(piece.repeat(2000).slice(0, SNIFF_BYTES), (letter) => letter.charCodeAt(0)));
  }
});
