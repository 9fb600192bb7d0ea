import { door } from "@/lib/client/door.tsx";
import { DropdownView } from "@/components/dropdown/view.tsx";

export default door(DropdownView);
