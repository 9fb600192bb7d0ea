import { containerDoor } from "@/lib/client/container_door.tsx";
import { TabView } from "@/components/tab/view.tsx";

export default containerDoor(TabView);
