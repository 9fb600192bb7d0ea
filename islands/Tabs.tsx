import { containerDoor } from "@/lib/client/container_door.tsx";
import { TabsView } from "@/components/tabs/view.tsx";

export default containerDoor(TabsView);
