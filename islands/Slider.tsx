import { door } from "@/lib/client/door.tsx";
import { SliderView } from "@/components/slider/view.tsx";

export default door(SliderView);
