import { containerDoor } from "@/lib/client/container_door.tsx";
import { AccordionView } from "@/components/accordion/view.tsx";

export default containerDoor(AccordionView);
