import { door } from "@/lib/client/door.tsx";
import { NumberView } from "@/components/number/view.tsx";

export default door(NumberView);
