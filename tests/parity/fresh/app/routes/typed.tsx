import { define } from "../utils.ts";
import Typed from "../islands/Typed.tsx";
export default define.page(() => <Typed />);
