import { h } from "preact";
import Large from "../islands/Large.ts";
import { Lazy } from "../islands/heavy_user.ts";
import Small from "../islands/Small.ts";

export default () => h("main", null, h(Small, null), h(Lazy, null), h(Large, null));
