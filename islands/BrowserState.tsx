import { door } from "@/lib/client/door.tsx";
import { BrowserStateView } from "@/components/browser_state/view.tsx";

export default door(BrowserStateView);
