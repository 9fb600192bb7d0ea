import { containerDoor } from "@/lib/client/container_door.tsx";
import { SidebarView } from "@/components/sidebar/view.tsx";

export default containerDoor(SidebarView);
