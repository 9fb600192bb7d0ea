import { door } from "@/lib/client/door.tsx";
import { TextboxView } from "@/components/textbox/view.tsx";

export default door(TextboxView);
