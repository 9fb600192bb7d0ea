import { door } from "@/lib/client/door.tsx";
import { TimerView } from "@/components/timer/view.tsx";

export default door(TimerView);
