import { door } from "@/lib/client/door.tsx";
import { ButtonView } from "@/components/button/view.tsx";

export default door(ButtonView);
