import { door } from "@/lib/client/door.tsx";
import { HtmlView } from "@/components/html/view.tsx";

export default door(HtmlView);
