import { door } from "@/lib/client/door.tsx";
import { LabelView } from "@/components/label/view.tsx";

export default door(LabelView);
