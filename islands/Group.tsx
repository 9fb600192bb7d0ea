import { containerDoor } from "@/lib/client/container_door.tsx";
import { GroupView } from "@/components/group/view.tsx";

export default containerDoor(GroupView);
