import { door } from "@/lib/client/door.tsx";
import { CheckboxView } from "@/components/checkbox/view.tsx";

export default door(CheckboxView);
