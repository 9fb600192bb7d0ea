/**
 * Script of a few bytes that pages with live fields carry inline, for the time before their fields are alive. It keeps a
 * press of a button, instead of sending the form away, and notes which controls were used. `lib/client/wake.ts` gives both
 * to the fields. If no field comes alive within 15 s (the script could not be loaded), the press sends the form, as it would
 * have without script.
 */
export const EARLY_SCRIPT =
  `(()=>{let e=window.atollEarly={pressed:new Set,used:new Map},u=v=>{e.used.set(v.target,v.type)},h=v=>{` +
  `let f=v.target,b=v.submitter;` +
  `if(!e.pressed||!b||!("atoll"in f.dataset))return;v.preventDefault();if(e.pressed.has(b))return;` +
  `e.pressed.add(b);setTimeout(()=>{if(e.pressed.delete(b)){removeEventListener("submit",h,!0);` +
  `f.requestSubmit(b)}},15e3)};addEventListener("submit",h,!0);addEventListener("input",u,!0);` +
  `addEventListener("change",u,!0);e.end=()=>{removeEventListener("input",u,!0);` +
  `removeEventListener("change",u,!0)}})()`;
