/**
 * Script of a few bytes that pages with live fields carry inline: a press of a button before its field is alive is
 * kept and given again by `lib/client/wake.ts` when it is, instead of sending the form away. If no field comes alive
 * within 15 s (the script could not be loaded), the press sends the form, as it would have without script.
 */
export const EARLY_SCRIPT =
  `(()=>{let e=window.atollEarly={pressed:new Set},h=v=>{let f=v.target,b=v.submitter;` +
  `if(!e.pressed||!b||!("atoll"in f.dataset))return;v.preventDefault();if(e.pressed.has(b))return;` +
  `e.pressed.add(b);setTimeout(()=>{if(e.pressed.delete(b)){removeEventListener("submit",h,!0);` +
  `f.requestSubmit(b)}},15e3)};addEventListener("submit",h,!0)})()`;
